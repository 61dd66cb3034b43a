"""Webhooks: signed by the published standard, the order in the words of the API."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from standardwebhooks import WebhookVerificationError

from adapters.executors.webhook import WebhookExecutor, message_id_of
from adapters.executors.webhook_payload import payload_of, payload_schema
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import Secrets
from adapters.settings import InnerAddresses
from adapters.webhooks.secret_names import secret_name_of
from adapters.webhooks.signing import SignedPost, signed_headers
from domain.configuration.settings import Webhook
from domain.identifiers import LineId
from processors.ports import Failed, Outcome, Succeeded, Task
from tests.adapters.executors.tasks import task_of
from tests.examples import COURSE_LINE, CUSTOMER, ORDER_ID, SHOP
from tests.http_receiver import HttpReceiver, Received, http_receiver
from tests.support import Database

AIM_BYTES = 20_000
"""What Standard Webhooks recommends as the most."""
HOOK = Webhook(url="https://hooks.example.com/a")


@asynccontextmanager
async def webhook(
    database: Database, inner: InnerAddresses = InnerAddresses.ALLOWED
) -> AsyncIterator[tuple[WebhookExecutor, HttpReceiver, Secrets]]:
    async with (
        http_receiver() as receiver,
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(inner) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        yield WebhookExecutor(SignedPost(http, secrets)), receiver, secrets


def attempt(receiver: HttpReceiver, run: int = 1, attempt: int = 1) -> Task:
    """Take an attempt now, since receivers refuse old signatures."""
    url = receiver.url("/hook?key=query-secret")
    return task_of(Webhook(url=url), run=run, attempt=attempt, now=datetime.now(UTC))


def is_verified(received: Received, secret: str) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(received.body, dict(received.headers))
    except WebhookVerificationError:
        return False
    return True


def told(task: Task) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(payload_of(task))
    return document


class TestTheSignature:
    def test_is_that_of_the_published_vector(self) -> None:
        # standard-webhooks/standard-webhooks, libraries/go/webhook_test.go
        headers = signed_headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            datetime.fromtimestamp(1_614_265_330, UTC),
            b'{"test": 2432232314}',
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        )

        assert headers == {
            "Content-Type": "application/json",
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_is_of_the_moment_whatever_zone_it_is_told_in(self) -> None:
        secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        utc = datetime.fromtimestamp(1_614_265_330, UTC)
        helsinki = utc.astimezone(datetime.fromisoformat("2021-02-25T00:00+02:00").tzinfo)

        assert signed_headers("m", helsinki, b"{}", secrets) == signed_headers(
            "m", utc, b"{}", secrets
        )

    async def test_is_verified_with_the_shops_own_secret_and_no_other(
        self, database: Database
    ) -> None:
        async with webhook(database) as (executor, receiver, secrets):
            outcome = await executor.execute(attempt(receiver))

            assert isinstance(outcome, Succeeded)
            [received] = receiver.received
            [secret] = await secrets.valid(SHOP, secret_name_of(receiver.url()))
            assert is_verified(received, secret)
            assert not is_verified(received, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            assert not is_verified(replace(received, body=received.body + b" "), secret)

    async def test_is_made_with_the_old_secret_too_while_it_rotates(
        self, database: Database
    ) -> None:
        async with webhook(database) as (executor, receiver, secrets):
            name = secret_name_of(receiver.url())
            await executor.execute(attempt(receiver))
            [old] = await secrets.valid(SHOP, name)
            await secrets.rotate(SHOP, name)
            await executor.execute(attempt(receiver, run=2))

            new, _ = await secrets.valid(SHOP, name)
            before, during = receiver.received
            assert not is_verified(before, new)
            assert is_verified(during, old)
            assert is_verified(during, new)
            signatures = during.headers["webhook-signature"].split(" ")
            assert [one[:3] for one in signatures] == ["v1,", "v1,"]
            assert is_verified(
                replace(during, headers={**during.headers, "webhook-signature": signatures[0]}), new
            )


class TestTheId:
    async def test_is_one_for_every_attempt_of_a_run_and_another_for_the_next_run(
        self, database: Database
    ) -> None:
        async with webhook(database) as (executor, receiver, _):
            for run, number in ((1, 1), (1, 2), (2, 1)):
                await executor.execute(attempt(receiver, run, number))

            first, again, next_run = (one.headers["webhook-id"] for one in receiver.received)
            assert first == again != next_run
            assert first == message_id_of(f"{ORDER_ID}/action/1")

    def test_holds_nothing_that_separates_what_is_signed(self) -> None:
        assert message_id_of("order/a.b/1").removeprefix("msg_").isalnum()


class TestTheOutcome:
    async def test_of_success_says_who_took_it_under_which_id(self, database: Database) -> None:
        async with webhook(database) as (executor, receiver, _):
            receiver.status = 202
            outcome = await executor.execute(attempt(receiver))

            assert isinstance(outcome, Succeeded)
            assert outcome.answer.recipient == "127.0.0.1"
            assert outcome.answer.excerpt == "thanks"
            assert outcome.answer.reference == receiver.received[0].headers["webhook-id"]

    async def test_of_a_failure_says_the_status_and_the_start_of_the_answer(
        self, database: Database
    ) -> None:
        async with webhook(database) as (executor, receiver, _):
            receiver.status, receiver.body = 422, b"no such product; key was query-secret"
            outcome = await executor.execute(attempt(receiver))

            assert outcome == Failed(
                code="http_422",
                message="127.0.0.1 answered 422: no such product; key was •••",
            )

    async def test_of_an_inner_address_is_a_refusal_before_anything_is_sent(
        self, database: Database
    ) -> None:
        async with webhook(database, InnerAddresses.REFUSED) as (executor, receiver, _):
            secure = receiver.url().replace("http:", "https:")
            outcome = await executor.execute(task_of(Webhook(url=secure)))

            assert _code(outcome) == "address_refused"
            assert receiver.connections == 0

    async def test_of_an_unreadable_url_is_a_refusal(self, database: Database) -> None:
        async with webhook(database) as (executor, _, _):
            outcome = await executor.execute(task_of(Webhook(url="not a url")))

            assert _code(outcome) == "url_refused"

    @pytest.mark.parametrize("unusable", ["not base64 \u00e9", "whsec_", "whsec_a"])
    async def test_of_a_secret_that_signs_nothing_says_how_to_set_another(
        self, database: Database, unusable: str
    ) -> None:
        async with webhook(database) as (executor, receiver, secrets):
            await secrets.set(SHOP, secret_name_of(receiver.url()), unusable)
            outcome = await executor.execute(attempt(receiver))

            assert isinstance(outcome, Failed)
            assert (outcome.code, outcome.is_retryable) == ("secret_unusable", False)
            assert "secrets set webhook:URL" in outcome.message
            assert receiver.received == []

    @pytest.mark.parametrize("path", ["/" + "\u00e9" * 1_900, "/\u00e9" * 950])
    async def test_of_the_longest_url_is_as_any_other(self, database: Database, path: str) -> None:
        async with webhook(database) as (executor, receiver, _):
            url = receiver.url(path)

            assert isinstance(await executor.execute(task_of(Webhook(url=url))), Succeeded)

    async def test_without_the_database_is_to_be_tried_again(self, database: Database) -> None:
        async with http_receiver() as receiver, OutboundHttp(InnerAddresses.ALLOWED) as http:
            async with open_pool(database.url, min_size=0, max_size=1) as pool:
                secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
            outcome = await WebhookExecutor(SignedPost(http, secrets)).execute(attempt(receiver))

            assert isinstance(outcome, Failed)
            assert (outcome.code, outcome.is_retryable) == ("ledger_unavailable", True)
            assert receiver.received == []

    async def test_of_many_at_once_is_each_its_own(self, database: Database) -> None:
        async with webhook(database) as (executor, receiver, _):
            tasks = [attempt(receiver, run) for run in range(1, 9)]
            outcomes = await asyncio.gather(*(executor.execute(task) for task in tasks))

            assert [_reference(outcome) for outcome in outcomes] == [
                message_id_of(task.action.key) for task in tasks
            ]


class TestThePayload:
    def test_is_as_its_published_schema_says(self) -> None:
        schema = payload_schema()
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)

        for task in (task_of(HOOK), task_of(HOOK, run=2), task_of(HOOK, is_erased=True)):
            validator.validate(told(task))
        assert not validator.is_valid(told(task_of(HOOK)) | {"type": "order.other"})

    def test_tells_the_order_in_the_words_of_the_api(self) -> None:
        document = told(task_of(HOOK))
        order = document["data"]

        assert list(document) == ["type", "timestamp", "data"]
        assert document["type"] == "order.purchased"
        assert order["order_id"] == str(ORDER_ID)
        assert (order["shop"], order["number"]) == (SHOP, "1001")
        assert (order["status"], order["payment_status"]) == ("paid", "paid")
        assert order["customer"]["email"] == CUSTOMER.email
        assert order["general"]["source"] == "newsletter"
        assert order["general"]["tags"] == ["spring", "early"]
        assert order["general"]["total"] == {"amount": 14_000, "currency": "EUR"}
        assert [line["name"] for line in order["general"]["lines"]] == ["Course", "Workbook"]
        assert order["general"]["vat"][0]["vat"] == {"amount": 2_845, "currency": "EUR"}
        assert order["payments"][0]["provider"] == "stripe"

    def test_says_which_run_of_which_action_it_is_and_why(self) -> None:
        first, repeated = told(task_of(HOOK)), told(task_of(HOOK, run=2))

        assert first["data"]["action"] == {
            "action_id": "action",
            "name": "Bookkeeping",
            "run": 1,
            "cause": "payment",
        }
        assert repeated["data"]["action"]["run"] == 2
        assert repeated["data"]["action"]["cause"] == "rerun"

    def test_is_the_same_for_each_attempt_while_the_order_stays_as_it_is(self) -> None:
        later = task_of(HOOK).now + timedelta(minutes=1)

        assert payload_of(task_of(HOOK)) == payload_of(task_of(HOOK, attempt=2, now=later))

    def test_of_an_erased_customer_tells_everything_but_the_person(self) -> None:
        order = told(task_of(HOOK, is_erased=True))["data"]

        assert order["customer"]["is_erased"] is True
        assert order["customer"]["email"] == ""
        assert CUSTOMER.email not in json.dumps(order)
        assert order["general"]["total"]["amount"] == 14_000

    def test_of_an_ordinary_order_is_as_small_as_the_standard_recommends(self) -> None:
        assert len(payload_of(task_of(HOOK))) < AIM_BYTES / 5

    async def test_of_a_thousand_lines_still_goes(self, database: Database) -> None:
        lines = tuple(
            replace(COURSE_LINE, line_id=LineId(f"line-{number}"), name="A course with a long name")
            for number in range(1_000)
        )
        async with webhook(database) as (executor, receiver, _):
            task = task_of(Webhook(url=receiver.url()), lines=lines)

            assert isinstance(await executor.execute(task), Succeeded)
            document = json.loads(receiver.received[0].body)
            assert len(document["data"]["general"]["lines"]) == 1_000


def _code(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed)
    return outcome.code


def _reference(outcome: Outcome) -> str:
    assert isinstance(outcome, Succeeded)
    return outcome.answer.reference
