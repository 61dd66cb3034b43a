"""What Stripe, or somebody on the way to it, answers besides a refund; and what stays secret."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.providers.stripe.refunds import StripeRefunds
from processors.refund_provider import NotKnown, Refused, Returned, Standing
from processors.refund_source import RefundPage
from tests.adapters.executors.subjects import closed_port
from tests.adapters.providers.given_stripe import API_KEY, payment, stripe, stripe_task
from tests.examples import NOW, SHOP
from tests.http_receiver import HttpReceiver, http_receiver
from tests.support import Database

REFUND = {"id": "re_1", "amount": 14_000, "currency": "eur", "created": 1, "status": "succeeded"}
TASK = stripe_task(payment(1))


def error(code: str = "", *, kind: str = "invalid_request_error", message: str = "") -> bytes:
    return json.dumps({"error": {"type": kind, "code": code, "message": message}}).encode()


@asynccontextmanager
async def answering(
    database: Database, status: int, body: bytes, **headers: str
) -> AsyncIterator[tuple[StripeRefunds, HttpReceiver]]:
    async with http_receiver() as receiver:
        receiver.status, receiver.body = status, body
        receiver.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        async with stripe(database, receiver.url("")) as provider:
            yield provider, receiver


async def refund(database: Database, status: int, body: bytes, **headers: str) -> Standing:
    async with answering(database, status, body, **headers) as (provider, _):
        return await provider.refund(TASK)


class TestWhatIsRefused:
    @pytest.mark.parametrize("status", [400, 402, 404])
    async def test_in_stripes_own_words_is_refused_for_good(
        self, database: Database, status: int
    ) -> None:
        said = error("charge_disputed", message="The charge is disputed.")
        standing = await refund(database, status, said)
        assert standing == Refused(code="charge_disputed", message="The charge is disputed.")

    async def test_without_a_code_is_named_by_its_status(self, database: Database) -> None:
        standing = await refund(database, 400, error(code="No code at all!"))
        assert isinstance(standing, Refused)
        assert standing.code == "http_400"

    @pytest.mark.parametrize("status", [400, 404])
    async def test_by_somebody_on_the_way_says_nothing_of_the_money(
        self, database: Database, status: int
    ) -> None:
        standing = await refund(database, status, b"<html>no such page</html>")
        assert standing == NotKnown(code=f"http_{status}")

    async def test_because_the_money_is_gone_is_looked_into(self, database: Database) -> None:
        gone = error("charge_already_refunded", message="Already refunded.")
        async with answering(database, 400, gone) as (provider, receiver):
            standing = await provider.refund(TASK)
            assert [one.method for one in receiver.received] == ["POST", "GET"]
        assert standing == NotKnown(code="charge_already_refunded")


class TestWhatIsNotKnown:
    @pytest.mark.parametrize("status", [409, 424, 500, 502, 503, 504])
    async def test_may_have_been_asked(self, database: Database, status: int) -> None:
        assert await refund(database, status, error("api_error")) == NotKnown(code=f"http_{status}")

    @pytest.mark.parametrize("status", [401, 403])
    async def test_with_a_refused_credential_was_not_asked(
        self, database: Database, status: int
    ) -> None:
        standing = await refund(database, status, error())
        assert standing == NotKnown(code="credentials_refused", was_asked=False)

    @pytest.mark.parametrize("body", [error("rate_limit"), b"slow down"])
    async def test_above_the_rate_limit_was_not_asked(
        self, database: Database, body: bytes
    ) -> None:
        assert await refund(database, 429, body) == NotKnown(code="http_429", was_asked=False)

    async def test_behind_a_lock_had_begun(self, database: Database) -> None:
        assert await refund(database, 429, error("lock_timeout")) == NotKnown(code="http_429")

    async def test_where_nobody_listens_was_not_asked(self, database: Database) -> None:
        async with stripe(database, f"http://127.0.0.1:{closed_port()}") as provider:
            standing = await provider.refund(TASK)
        assert standing == NotKnown(code="connection_refused", was_asked=False)

    @pytest.mark.parametrize("body", [b"", b"<html>", b'{"object": "refund"}', b"[]"])
    async def test_is_a_success_that_cannot_be_read(self, database: Database, body: bytes) -> None:
        assert await refund(database, 200, body) == NotKnown(code="answer_unreadable")

    async def test_is_a_status_that_nobody_knows_yet(self, database: Database) -> None:
        strange = json.dumps(REFUND | {"status": "on_its_way"}).encode()
        assert await refund(database, 200, strange) == NotKnown(code="status_unknown")

    async def test_is_a_list_that_cannot_be_read(self, database: Database) -> None:
        krona = REFUND | {"currency": "isk", "amount": 150}
        listed = json.dumps({"object": "list", "data": [krona], "has_more": False}).encode()
        async with answering(database, 200, listed) as (provider, _):
            found = await provider.refunds_of(SHOP, payment(1))
        assert found == NotKnown(code="amount_unreadable")

    @pytest.mark.parametrize("change", [{"currency": "isk", "amount": 150}, {"amount": 10**30}])
    async def test_is_a_page_of_which_one_refund_cannot_be_read(
        self, database: Database, change: dict[str, object]
    ) -> None:
        data = [REFUND, REFUND | {"id": "re_strange"} | change]
        listed = json.dumps({"object": "list", "data": data, "has_more": True}).encode()
        async with answering(database, 200, listed) as (provider, _):
            page = await provider.refunds_since(SHOP, NOW)
        assert isinstance(page, RefundPage)
        assert [seen.refund_id for seen in page.refunds] == [REFUND["id"]]
        assert (page.is_whole, page.next_after) == (False, "re_strange")

    async def test_is_a_payments_list_of_which_one_cannot_be_read(self, database: Database) -> None:
        data = [REFUND, REFUND | {"amount": 10**12}]
        listed = json.dumps({"object": "list", "data": data, "has_more": False}).encode()
        async with answering(database, 200, listed) as (provider, _):
            found = await provider.refunds_of(SHOP, payment(1))
        assert found == NotKnown(code="answer_unreadable")

    async def test_is_a_list_without_an_end(self, database: Database) -> None:
        endless = json.dumps({"object": "list", "data": [REFUND], "has_more": True}).encode()
        async with answering(database, 200, endless) as (provider, _):
            assert await provider.look_up(TASK) == NotKnown(code="list_too_long")


class TestAskingAgain:
    async def test_is_done_where_stripe_says_so_under_the_same_key(
        self, database: Database
    ) -> None:
        async with answering(database, 409, error(), Stripe_Should_Retry="true") as (
            provider,
            receiver,
        ):
            standing = await provider.refund(TASK)
            keys = {one.headers["idempotency-key"] for one in receiver.received}
            assert (len(receiver.received), keys) == (3, {TASK.transfer.key})
        assert standing == NotKnown(code="http_409")

    async def test_leaves_a_limit_met_afterwards_unknown(self, database: Database) -> None:
        standing = await refund(database, 429, error("rate_limit"), Stripe_Should_Retry="true")
        assert standing == NotKnown(code="http_429")

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Stripe_Should_Retry": "false"},
            {"Stripe_Should_Retry": "true", "Retry_After": "60"},
        ],
    )
    async def test_is_not_done_otherwise(self, database: Database, headers: dict[str, str]) -> None:
        async with answering(database, 500, error(), **headers) as (provider, receiver):
            await provider.refund(TASK)
            assert len(receiver.received) == 1


class TestTheKeyOfTheAccount:
    async def test_signs_in_and_the_version_of_the_api_is_the_librarys(
        self, database: Database
    ) -> None:
        async with answering(database, 200, json.dumps(REFUND).encode()) as (provider, receiver):
            assert await provider.refund(TASK) == Returned(reference="re_1")
        (asked,) = receiver.received
        assert asked.headers["authorization"] == f"Bearer {API_KEY}"
        assert asked.headers["stripe-version"]
        assert "x-stripe-client-telemetry" not in asked.headers

    @pytest.mark.parametrize("status", [200, 400, 401, 402, 429, 500])
    async def test_is_in_no_outcome_and_no_log(
        self, database: Database, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        echoed = error(API_KEY, message=f"Invalid API Key provided: {API_KEY}")
        standing = await refund(database, status, echoed)
        assert API_KEY not in repr(standing)
        assert API_KEY not in caplog.text
