"""Refunds asked of Paytrail: what it answers, and what that says about the money."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from psycopg_pool import PoolClosed

from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import Secrets
from adapters.providers.paytrail.client import PaytrailClient
from adapters.providers.paytrail.provider import PaytrailProvider
from adapters.settings import InnerAddresses
from processors.refund_provider import InProgress, NotKnown, Refused, Returned, Standing
from scripts.receivers.paytrail import Ending, Instruction
from scripts.receivers.paytrail_account import Manner, Refund
from scripts.receivers.paytrail_signing import answer_headers
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.subjects import closed_port
from tests.adapters.providers.given_paytrail import payment, paytrail
from tests.adapters.providers.refunds import task_of
from tests.examples import CUSTOMER, ORDER_ID, TOTAL
from tests.http_receiver import HttpReceiver, http_receiver
from tests.sandbox_program import SandboxProgram
from tests.support import Database

TAKEN = {"transactionId": "t-1", "provider": "nordea", "status": "ok"}


async def refund(
    database: Database, sandbox: SandboxProgram, transaction: str, **more: Any
) -> Standing:
    """Ask the sandbox's Paytrail once."""
    async with paytrail(database, sandbox.places.url(Receiver.PAYTRAIL)) as provider:
        return await provider.refund(task_of("paytrail", transaction, **more))


async def look_up(
    database: Database, sandbox: SandboxProgram, transaction: str, reference: str
) -> Standing | None:
    async with paytrail(database, sandbox.places.url(Receiver.PAYTRAIL)) as provider:
        return await provider.look_up(task_of("paytrail", transaction, reference=reference))


def refunds_of(sandbox: SandboxProgram, transaction: str) -> list[Refund]:
    return [one for one in sandbox.paytrail_money().refunds if one.payment_id == transaction]


def returned(sandbox: SandboxProgram, transaction: str) -> int:
    """Sum what Paytrail's own ledger says went back."""
    return sandbox.paytrail_money().returned.get(transaction, 0)


def instruct(sandbox: SandboxProgram, manner: Manner) -> None:
    sandbox.instruct_paytrail(Instruction(manner=manner, next=1, callbacks=0))


@asynccontextmanager
async def answering(
    database: Database, status: int, document: object, *, is_signed: bool = True
) -> AsyncIterator[tuple[PaytrailProvider, HttpReceiver]]:
    """Let another than the sandbox answer."""
    async with http_receiver() as receiver:
        receiver.status, receiver.body = status, msgspec.json.encode(document)
        if is_signed:
            receiver.headers = answer_headers(receiver.body, "nonce")
        async with paytrail(database, receiver.url("")) as provider:
            yield provider, receiver


class TestARefund:
    async def test_that_is_ok_is_returned_under_paytrails_own_id(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, payment(1))

        (made,) = refunds_of(sandbox, payment(1))
        assert standing == Returned(reference=made.transaction_id)
        assert returned(sandbox, payment(1)) == TOTAL

    async def test_tells_paytrail_amount_stamp_number_addresses_and_email(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(2), amount=5_000)

        (made,) = refunds_of(sandbox, payment(2))
        assert made.asked.amount == 5_000
        assert made.asked.refund_stamp == f"{ORDER_ID}/refund-1/1"
        assert made.asked.refund_reference == "1001"
        assert made.asked.email == CUSTOMER.email
        start, _, end = made.asked.callback_urls.success.rpartition("/")
        assert start.startswith("http://127.0.0.1:9/webhooks/paytrail/courses/")
        assert (end, made.asked.callback_urls.cancel) == ("success", f"{start}/cancel")

    async def test_of_a_part_leaves_the_rest_to_be_refunded(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(3), amount=5_000)
        rest = await refund(database, sandbox, payment(3), amount=9_000, refund="refund-2")
        above = await refund(database, sandbox, payment(3), amount=1, refund="refund-3")

        assert isinstance(rest, Returned)
        assert isinstance(above, Refused)
        assert returned(sandbox, payment(3)) == TOTAL

    async def test_has_a_stamp_of_bounded_length_that_is_always_the_same(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        for _ in range(2):
            await refund(database, sandbox, payment(4), amount=1, refund="r" * 300)

        first, again = (one.asked.refund_stamp for one in refunds_of(sandbox, payment(4)))
        assert first == again
        assert len(first) == 64

    async def test_that_is_pending_is_in_progress_until_paytrail_ends_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        instruct(sandbox, Manner.PENDING)
        standing = await refund(database, sandbox, payment(5))
        assert isinstance(standing, InProgress)
        assert returned(sandbox, payment(5)) == 0

        reference = standing.reference
        assert await look_up(database, sandbox, payment(5), reference) == standing
        sandbox.end_at_paytrail(Ending(callbacks=0))
        assert await look_up(database, sandbox, payment(5), reference) == Returned(
            reference=reference
        )

    async def test_that_fails_later_is_refused_when_it_is_looked_up(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        instruct(sandbox, Manner.PENDING)
        standing = await refund(database, sandbox, payment(6))
        assert isinstance(standing, InProgress)
        sandbox.end_at_paytrail(Ending(status="fail", callbacks=0))

        ended = await look_up(database, sandbox, payment(6), standing.reference)
        assert isinstance(ended, Refused)
        assert ended.code == "refund_failed"

    @pytest.mark.parametrize(
        ("manner", "code", "words"),
        [
            (Manner.FAIL, "refund_failed", "the refund failed"),
            (Manner.REFUSED, "refund_refused", "provider refused the refund"),
            (Manner.UNSUPPORTED, "refund_not_supported", "does not support refunds"),
        ],
    )
    async def test_that_is_refused_says_so_in_paytrails_words(
        self, database: Database, sandbox: SandboxProgram, manner: Manner, code: str, words: str
    ) -> None:
        instruct(sandbox, manner)
        standing = await refund(database, sandbox, payment(7))

        assert isinstance(standing, Refused)
        assert standing.code == code
        assert words in standing.message
        assert returned(sandbox, payment(7)) == 0

    async def test_of_a_payment_that_paytrail_does_not_know_is_refused(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, "4b300af6-9a22-11e8-9184-abb6de7fd2d0")

        assert isinstance(standing, Refused)
        assert standing.code == "payment_not_found"

    async def test_of_a_payment_without_a_transaction_is_left_to_a_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, "")

        assert isinstance(standing, Refused)
        assert standing.code == "transaction_unknown"


class TestTheCustomersEmail:
    @pytest.mark.parametrize("provider", ["spankki", "alandsbanken"])
    async def test_is_how_some_banks_payments_go_back(
        self, database: Database, sandbox: SandboxProgram, provider: str
    ) -> None:
        transaction = payment(20, provider)
        standing = await refund(database, sandbox, transaction, sub_method=provider)

        assert isinstance(standing, Returned)
        assert [one.by_email for one in refunds_of(sandbox, transaction)] == [True]

    async def test_is_needed_there_so_after_erasure_a_person_must_pay_back(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        transaction = payment(21, "spankki")
        standing = await refund(
            database, sandbox, transaction, sub_method="spankki", is_erased=True
        )

        assert isinstance(standing, Refused)
        assert standing.code == "customer_erased"
        assert "merchant panel" in standing.message
        assert refunds_of(sandbox, transaction) == []

    async def test_is_not_told_after_erasure_where_it_is_not_needed(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, payment(22), is_erased=True)

        assert isinstance(standing, Returned)
        assert [one.asked.email for one in refunds_of(sandbox, payment(22))] == [""]

    async def test_pays_back_what_a_bank_returns_only_once(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        transaction = payment(23, "nordea")
        for number in (1, 2):
            await refund(database, sandbox, transaction, amount=100, refund=f"refund-{number}")

        assert [one.by_email for one in refunds_of(sandbox, transaction)] == [False, True]


class TestWhatIsMissing:
    async def test_a_public_address_is_waited_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        url = sandbox.places.url(Receiver.PAYTRAIL)
        async with paytrail(database, url, public_url="") as provider:
            standing = await provider.refund(task_of("paytrail", payment(30)))

        assert standing == NotKnown(code="public_url_not_set", was_asked=False)
        assert refunds_of(sandbox, payment(30)) == []

    async def test_credentials_are_waited_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with paytrail(database, sandbox.places.url(Receiver.PAYTRAIL), secret="") as provider:
            asked = await provider.refund(task_of("paytrail", payment(31)))
            looked = await provider.look_up(task_of("paytrail", payment(31), reference="r"))

        assert asked == NotKnown(code="credentials_missing", was_asked=False)
        assert looked == NotKnown(code="credentials_missing")

    async def test_credentials_that_are_wrong_are_waited_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        url = sandbox.places.url(Receiver.PAYTRAIL)
        async with paytrail(database, url, secret="another") as provider:
            asked = await provider.refund(task_of("paytrail", payment(32)))
            looked = await provider.look_up(task_of("paytrail", payment(32), reference="r"))

        assert asked == NotKnown(code="credentials_refused", was_asked=False)
        assert looked == NotKnown(code="credentials_refused")

    async def test_a_database_that_is_away_raises_before_anything_goes_out(
        self, database: Database
    ) -> None:
        async with (
            http_receiver() as receiver,
            open_pool(database.url, min_size=1, max_size=1) as pool,
        ):
            secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
            async with OutboundHttp(InnerAddresses.ALLOWED) as http:
                client = PaytrailClient(http, receiver.url(""))
                provider = PaytrailProvider(client, secrets, "https://ledger.example.com")
                await pool.close()
                with pytest.raises(PoolClosed):
                    await provider.refund(task_of("paytrail", payment(33)))
            assert receiver.received == []


class TestTrouble:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [(Kind.HANG, "timeout"), (Kind.RESET, "connection_lost"), (Kind.ERROR, "http_500")],
    )
    async def test_after_the_request_left_nobody_knows(
        self, database: Database, sandbox: SandboxProgram, kind: Kind, code: str
    ) -> None:
        sandbox.trouble(Trouble(target="paytrail", kind=kind))
        url = sandbox.places.url(Receiver.PAYTRAIL)
        async with paytrail(database, url, seconds_max=0.5) as provider:
            standing = await provider.refund(task_of("paytrail", payment(40)))

        assert standing == NotKnown(code=code, was_asked=True)

    async def test_an_answer_that_is_lost_leaves_the_money_unknown_though_it_went_back(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.trouble(Trouble(target="paytrail", kind=Kind.LOST))
        standing = await refund(database, sandbox, payment(41))

        assert standing == NotKnown(code="connection_lost", was_asked=True)
        assert returned(sandbox, payment(41)) == TOTAL
        assert await look_up(database, sandbox, payment(41), "") == NotKnown(
            code="not_found_by_stamp"
        )

    async def test_a_request_that_was_put_off_was_not_taken(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.trouble(Trouble(target="paytrail", kind=Kind.THROTTLE))
        standing = await refund(database, sandbox, payment(42))
        assert standing == NotKnown(code="http_429", was_asked=False)

    async def test_nobody_there_heard_nothing(self, database: Database) -> None:
        async with paytrail(database, f"http://127.0.0.1:{closed_port()}") as provider:
            standing = await provider.refund(task_of("paytrail", payment(43)))
        assert standing == NotKnown(code="connection_refused", was_asked=False)

    async def test_of_a_look_up_never_says_that_nothing_was_asked(self, database: Database) -> None:
        async with paytrail(database, f"http://127.0.0.1:{closed_port()}") as provider:
            standing = await provider.look_up(
                task_of("paytrail", payment(44), reference="reference")
            )
        assert standing == NotKnown(code="connection_refused", was_asked=True)

    async def test_a_refund_that_paytrail_forgot_is_not_known(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await look_up(database, sandbox, payment(45), "forgotten")
        assert standing == NotKnown(code="http_404")


class TestAnAnswer:
    @pytest.mark.parametrize("status", [201, 400, 404, 422])
    async def test_that_is_not_signed_says_nothing(self, database: Database, status: int) -> None:
        async with answering(database, status, TAKEN, is_signed=False) as (provider, _):
            standing = await provider.refund(task_of("paytrail", payment(50)))
        assert standing == NotKnown(code="answer_unsigned")

    @pytest.mark.parametrize(
        ("document", "expected"),
        [
            (TAKEN, Returned(reference="t-1")),
            (TAKEN | {"status": "delayed"}, InProgress(reference="t-1")),
            (TAKEN | {"status": "unheard-of"}, NotKnown(code="status_unknown")),
            ({"status": "ok"}, Returned(reference="")),
            ({"status": "pending"}, NotKnown(code="answer_without_id")),
            ([], NotKnown(code="answer_unreadable")),
        ],
    )
    async def test_is_read_as_documented(
        self, database: Database, document: object, expected: Standing
    ) -> None:
        async with answering(database, 201, document) as (provider, _):
            assert await provider.refund(task_of("paytrail", payment(51))) == expected

    @pytest.mark.parametrize(
        ("document", "words"),
        [
            ({"message": "No.", "meta": ["one", "two"]}, "No.: one: two"),
            ({"message": "No."}, "No."),
            (["no error"], '["no error"]'),
        ],
    )
    async def test_that_refuses_is_told_in_its_words(
        self, database: Database, document: object, words: str
    ) -> None:
        async with answering(database, 400, document) as (provider, _):
            standing = await provider.refund(task_of("paytrail", payment(52)))
        assert standing == Refused(code="refund_refused", message=words)

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (302, NotKnown(code="http_302")),
            (403, NotKnown(code="credentials_refused", was_asked=False)),
            (408, NotKnown(code="http_408")),
            (413, Refused(code="http_413")),
            (503, NotKnown(code="http_503")),
        ],
    )
    async def test_with_another_status_is_taken_for_what_is_certain(
        self, database: Database, status: int, expected: Standing
    ) -> None:
        async with answering(database, status, {}) as (provider, _):
            assert await provider.refund(task_of("paytrail", payment(53))) == expected

    @pytest.mark.parametrize("document", [TAKEN, {}])
    async def test_about_another_refund_says_nothing_about_this_one(
        self, database: Database, document: object
    ) -> None:
        async with answering(database, 200, document) as (provider, _):
            task = task_of("paytrail", payment(54), reference="t-2")
            assert await provider.look_up(task) == NotKnown(code="answer_unreadable")

    async def test_comes_on_a_line_of_its_own(self, database: Database) -> None:
        """A line that is kept may be closed under a request, whose fate nobody could tell then."""
        async with answering(database, 201, TAKEN) as (provider, receiver):
            for _ in range(3):
                await provider.refund(task_of("paytrail", payment(55)))
        assert (receiver.connections, len(receiver.received)) == (3, 3)
