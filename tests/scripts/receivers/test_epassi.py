"""The sandbox's Epassi, all of whose behaviour is assumed."""

import hashlib
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from scripts.receivers.epassi import PATH, SECRET, SITE
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED
from tests.sandbox_program import SandboxProgram


def mac(*values: str) -> str:
    return hashlib.sha512("&".join((*values, SECRET)).encode()).hexdigest()


def cancel(sandbox: SandboxProgram, **changed: str) -> tuple[int, dict[str, str]]:
    form = {"STAMP": "stamp", "SITE": SITE, "AMOUNT": "12.30", "PAID": "paid"} | changed
    form = {"MAC": mac(form["STAMP"], form["SITE"], form["AMOUNT"], form["PAID"])} | form
    parts = urlsplit(sandbox.places.url(Receiver.EPASSI))
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("POST", PATH, urlencode(form))
        answer = connection.getresponse()
        return answer.status, dict(parse_qsl(answer.read().decode()))
    finally:
        connection.close()


def test_a_payment_is_cancelled_once_and_its_money_is_seen(sandbox: SandboxProgram) -> None:
    status, said = cancel(sandbox, PAID="once")
    assert (status, said["STAMP"]) == (200, "stamp")
    assert said["MAC"] == mac("stamp", said["CANCELLED"])
    assert cancel(sandbox, PAID="once") == (400, {"ERROR": "INVALID_REQUEST"})
    assert sandbox.epassi_money()["once"] == 1_230


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"MAC": "0"}, "INVALID_REQUEST_SIGNATURE"),
        ({"SITE": "70002"}, "SITE_DOES_NOT_EXIST"),
        ({"STAMP": ""}, "INVALID_REQUEST"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_payment_form(
    sandbox: SandboxProgram, changed: dict[str, str], error: str
) -> None:
    assert cancel(sandbox, PAID="wrong", **changed) == (400, {"ERROR": error})
    assert "wrong" not in sandbox.epassi_money()


def test_everything_it_does_is_labelled_as_assumed(sandbox: SandboxProgram) -> None:
    behaviours = [one for one in sandbox.standing().behaviours if one.receiver == Receiver.EPASSI]
    assert behaviours
    assert {one.source for one in behaviours} == {ASSUMED}
