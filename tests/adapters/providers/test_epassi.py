"""Whole payments cancelled at Epassi, as far as its interface is assumed."""

from typing import Any

import pytest

from adapters.providers.epassi.form import cancellation, cancelled_as, mac_of, read_form
from domain.money import Money
from processors.refund_provider import NotKnown, Refused, Returned, Standing
from scripts.receivers.epassi import PATH, SECRET
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.subjects import closed_port
from tests.adapters.providers.given_epassi import epassi
from tests.adapters.providers.refunds import task_of
from tests.examples import TOTAL
from tests.http_receiver import http_receiver
from tests.sandbox_program import SandboxProgram
from tests.support import Database


async def cancel(
    database: Database, sandbox: SandboxProgram, paid: str, **changed: Any
) -> Standing:
    """Ask the sandbox's Epassi once."""
    url = f"{sandbox.places.url(Receiver.EPASSI)}{PATH}"
    async with epassi(database, url, **changed) as provider:
        return await provider.refund(task_of("epassi", paid))


async def test_a_whole_payment_is_cancelled_once(
    database: Database, sandbox: SandboxProgram
) -> None:
    standing = await cancel(database, sandbox, "once")
    again = await cancel(database, sandbox, "once")

    assert isinstance(standing, Returned)
    assert standing.reference.startswith("C")
    assert again == Refused(code="invalid_request", message="Epassi answered INVALID_REQUEST.")
    assert sandbox.epassi_money()["once"] == TOTAL


async def test_a_part_is_never_asked_for(database: Database, sandbox: SandboxProgram) -> None:
    url = f"{sandbox.places.url(Receiver.EPASSI)}{PATH}"
    async with epassi(database, url) as provider:
        standing = await provider.refund(task_of("epassi", "part", amount=TOTAL - 1))

    assert isinstance(standing, Refused)
    assert standing.code == "only_whole_payments"
    assert "part" not in sandbox.epassi_money()


async def test_a_payment_without_an_id_is_left_to_a_person(
    database: Database, sandbox: SandboxProgram
) -> None:
    standing = await cancel(database, sandbox, "")
    assert isinstance(standing, Refused)
    assert standing.code == "transaction_unknown"


@pytest.mark.parametrize("missing", ["refund_url", "site", "secret"])
async def test_it_is_off_until_everything_is_configured(
    database: Database, sandbox: SandboxProgram, missing: str
) -> None:
    standing = await cancel(database, sandbox, "off", **{missing: ""})
    assert standing == NotKnown(code="credentials_missing", was_asked=False)


@pytest.mark.parametrize("wrong", ["site", "secret"])
async def test_wrong_credentials_are_waited_for(
    database: Database, sandbox: SandboxProgram, wrong: str
) -> None:
    standing = await cancel(database, sandbox, "wrong", **{wrong: "another"})
    assert standing == NotKnown(code="credentials_refused", was_asked=False)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.HANG, "timeout"),
        (Kind.RESET, "connection_lost"),
        (Kind.LOST, "connection_lost"),
        (Kind.ERROR, "http_500"),
        (Kind.THROTTLE, "http_429"),
    ],
)
async def test_what_is_not_plainly_answered_waits_for_a_person(
    database: Database, sandbox: SandboxProgram, kind: Kind, code: str
) -> None:
    sandbox.trouble(Trouble(target="epassi", kind=kind))
    standing = await cancel(database, sandbox, f"trouble-{kind}", seconds_max=0.5)

    assert standing == NotKnown(code=code, was_asked=True)


async def test_nobody_there_heard_nothing(database: Database) -> None:
    async with epassi(database, f"http://127.0.0.1:{closed_port()}/cancel") as provider:
        standing = await provider.refund(task_of("epassi", "away"))
    assert standing == NotKnown(code="connection_refused", was_asked=False)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"STAMP=s&CANCELLED=C1&MAC=0", "answer_unsigned"),
        (200, b"<html>", "answer_unsigned"),
        (200, "STAMP=ä".encode(), "answer_unsigned"),
        (400, b"<html>", "http_400"),
        (400, b"ERROR=see+https%3A%2F%2Fexample.com", "http_400"),
        (503, b"ERROR=INVALID_REQUEST", "http_503"),
    ],
)
async def test_an_answer_that_is_not_plain_leaves_the_money_unknown(
    database: Database, status: int, body: bytes, code: str
) -> None:
    async with http_receiver() as receiver:
        receiver.status, receiver.body = status, body
        async with epassi(database, receiver.url()) as provider:
            assert await provider.refund(task_of("epassi", "odd")) == NotKnown(code=code)


async def test_a_cancellation_of_another_stamp_is_none_of_ours(database: Database) -> None:
    async with http_receiver() as receiver:
        receiver.body = f"STAMP=other&CANCELLED=C1&MAC={mac_of(SECRET, 'other', 'C1')}".encode()
        async with epassi(database, receiver.url()) as provider:
            standing = await provider.refund(task_of("epassi", "other"))
    assert standing == NotKnown(code="answer_unsigned")


async def test_epassi_cannot_be_asked_where_a_cancellation_stands(database: Database) -> None:
    async with epassi(database, "http://127.0.0.1:9/cancel") as provider:
        standing = await provider.look_up(task_of("epassi", "any", reference="C1"))
    assert standing == NotKnown(code="no_look_up")


def test_a_cancellation_is_believed_by_its_mac_over_our_stamp() -> None:
    answer = {"STAMP": "s", "CANCELLED": "C1", "MAC": mac_of("new", "s", "C1").upper()}
    assert cancelled_as(answer, "s", ("new", "old")) == "C1"
    assert cancelled_as(answer, "s", ("another",)) == ""
    assert cancelled_as(answer, "other", ("new",)) == ""
    assert cancelled_as(answer | {"CANCELLED": "C2"}, "s", ("new",)) == ""
    assert cancelled_as({}, "s", ("new",)) == ""


def test_amounts_are_decimals_and_what_is_asked_is_authenticated() -> None:
    form = read_form(
        cancellation(stamp="s", site="1", amount=Money(1_230, "EUR"), paid="p", secret="secret")
    )
    # Made once with `printf 's&1&12.30&p&secret' | sha512sum`.
    assert form["AMOUNT"] == "12.30"
    assert form["MAC"] == (
        "0e0dcb7a7da693b99a50946e17312741c1b137335afb3d0547d67ab0f569ad4e"
        "c706d92bf14a5752308e7fe6dac4f366f91bc4005034695b73380e6b80657d93"
    )
