"""Granting a Kajabi offer by its activation URL."""

import asyncio
import json

import pytest
from msgspec.structs import replace

from adapters.executors.kajabi.executor import KajabiGrantExecutor
from adapters.executors.kajabi.removal_target import ByWebhook, decode_target
from domain.configuration.settings import KajabiGrant
from domain.order.values import Customer
from processors.ports import Failed, Outcome, Succeeded, Task
from scripts.receivers.book import Effect
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.courses import courses, of_customer
from tests.adapters.executors.tasks import task_of
from tests.examples import CUSTOMER
from tests.http_receiver import HttpReceiver, http_receiver
from tests.sandbox_program import SandboxProgram
from tests.support import Database


def offer(sandbox: SandboxProgram, token: str, **more: str | bool) -> KajabiGrant:
    url = f"{sandbox.places.url(Receiver.KAJABI)}/webhooks/offers/{token}/1"
    settings = KajabiGrant(
        offer_name="Spring",
        activation_url=f"{url}/activate",
        deactivation_url=f"{url}/deactivate",
    )
    return replace(settings, **more)


def grant(database: Database, sandbox: SandboxProgram, task: Task, seconds_max: float = 5.0) -> Outcome:  # fmt: skip
    async def attempt() -> Outcome:
        async with courses(database, sandbox, seconds_max=seconds_max) as executors:
            return await executors.kajabi.execute(task)

    return asyncio.run(attempt())


class TestTheGrant:
    def test_succeeds_with_recipient_reference_and_removal_target(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        settings = offer(sandbox, "grant")
        outcome = grant(database, sandbox, task_of(settings))

        assert isinstance(outcome, Succeeded)
        assert (outcome.answer.recipient, outcome.answer.reference) == (CUSTOMER.email,) * 2
        assert decode_target(outcome.answer.removal_target) == ByWebhook(
            deactivation_url=settings.deactivation_url,
            name="Aino Virtanen",
            email=CUSTOMER.email,
            external_user_id=CUSTOMER.email,
        )
        assert sandbox.received("kajabi")[-1].effect is Effect.DONE

    def test_of_what_is_granted_already_is_a_success(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        task = task_of(offer(sandbox, "twice"))
        first, again = grant(database, sandbox, task), grant(database, sandbox, task)

        assert isinstance(first, Succeeded)
        assert isinstance(again, Succeeded)
        assert "already been granted" in again.answer.excerpt
        assert again.answer.removal_target == first.answer.removal_target
        assert sandbox.received("kajabi")[-1].effect is Effect.KNOWN

    def test_after_a_lost_answer_succeeds_at_the_next_attempt_and_took_effect_once(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.trouble(Trouble(target="kajabi/lost", kind=Kind.LOST, next=1))
        task = task_of(offer(sandbox, "lost"))
        lost, again = grant(database, sandbox, task), grant(database, sandbox, task)

        assert isinstance(lost, Failed)
        assert lost.is_retryable
        assert isinstance(again, Succeeded)
        effects = [one.effect for one in sandbox.received("kajabi") if one.part == "lost"]
        assert effects == [Effect.DONE, Effect.KNOWN]

    def test_without_a_deactivation_url_leaves_no_removal_target(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        outcome = grant(database, sandbox, task_of(offer(sandbox, "kept", deactivation_url="")))
        assert isinstance(outcome, Succeeded)
        assert outcome.answer.removal_target == ""

    def test_uses_one_external_id_however_the_email_is_written(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        shouting = replace(CUSTOMER, email="Shout@Example.com")
        quiet = replace(CUSTOMER, email="shout@example.com")
        task = task_of(offer(sandbox, "case"))
        outcomes = [grant(database, sandbox, of_customer(task, who)) for who in (shouting, quiet)]
        assert all(isinstance(outcome, Succeeded) for outcome in outcomes)

    def test_without_any_way_needs_a_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        outcome = grant(database, sandbox, task_of(KajabiGrant(offer_name="Nothing")))
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_retryable) == ("not_configured", False)


class TestWhatIsPosted:
    def test_is_name_email_and_external_id_as_json(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        target, posted = _post(database, sandbox, KajabiGrant(offer_name="A"), CUSTOMER)
        assert target == "/activate?site=1"
        assert posted == {
            "name": "Aino Virtanen",
            "email": "aino@example.com",
            "external_user_id": "aino@example.com",
        }

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", "?send_offer_grant_email=true"),
            ("?site=1&a=%2B", "?site=1&a=%2B&send_offer_grant_email=true"),
            ("?send_offer_grant_email=false&site=1", "?site=1&send_offer_grant_email=true"),
        ],
    )
    def test_asks_for_kajabis_own_email_where_it_is_wanted(
        self, database: Database, sandbox: SandboxProgram, query: str, expected: str
    ) -> None:
        settings = KajabiGrant(offer_name="A", send_grant_email=True)
        target, _ = _post(database, sandbox, settings, CUSTOMER, query)
        assert target == f"/activate{expected}"

    @pytest.mark.parametrize(
        ("customer", "name"),
        [
            (CUSTOMER, "Aino V"),
            (replace(CUSTOMER, last_name=""), "Aino"),
            (replace(CUSTOMER, first_name=""), "V"),
            (replace(CUSTOMER, first_name="", last_name=" ", company="Oy Ab"), "Oy Ab"),
            (replace(CUSTOMER, first_name="", last_name=""), "aino@example.com"),
        ],
    )
    def test_of_a_hidden_last_name_is_only_its_first_letter(
        self, database: Database, sandbox: SandboxProgram, customer: Customer, name: str
    ) -> None:
        settings = KajabiGrant(offer_name="A", hide_last_name=True)
        _, posted = _post(database, sandbox, settings, customer)
        assert posted["name"] == name


class TestAFailure:
    @pytest.mark.parametrize(
        ("kind", "code", "wait_seconds"),
        [
            (Kind.ERROR, "http_500", 0),
            (Kind.THROTTLE, "http_429", 9),
            (Kind.HANG, "timeout", 0),
            (Kind.RESET, "connection_lost", 0),
        ],
    )
    def test_that_may_pass_is_tried_again_and_tells_no_secret(
        self, database: Database, sandbox: SandboxProgram, kind: Kind, code: str, wait_seconds: int
    ) -> None:
        sandbox.trouble(Trouble(target="kajabi", kind=kind, seconds=9))
        task = task_of(offer(sandbox, "a-secret-token"))
        outcome = grant(database, sandbox, task, seconds_max=0.5)

        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_retryable) == (code, True)
        assert outcome.retry_after_seconds == wait_seconds
        assert "a-secret-token" not in outcome.message

    def test_by_another_refusal_needs_a_person_and_says_it_in_kajabis_words(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async def attempt() -> Outcome:
            async with courses(database, sandbox) as executors, http_receiver() as receiver:
                receiver.status, receiver.body = 422, b'{"errors": ["Email: is invalid"]}'
                return await executors.kajabi.execute(task_of(_at(receiver)))

        outcome = asyncio.run(attempt())
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_retryable) == ("http_422", False)
        assert "Email: is invalid" in outcome.message

    def test_of_the_whole_chain_in_time_is_one_to_try_again(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async def attempt() -> Outcome:
            async with courses(database, sandbox) as executors:
                impatient = KajabiGrantExecutor(
                    executors.http, executors.secrets, "", seconds_max=0.1
                )
                return await impatient.execute(task_of(offer(sandbox, "chain")))

        sandbox.trouble(Trouble(target="kajabi", kind=Kind.HANG))
        outcome = asyncio.run(attempt())
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_retryable) == ("timeout", True)


def _at(
    receiver: HttpReceiver, settings: KajabiGrant | None = None, query: str = ""
) -> KajabiGrant:
    settings = settings or KajabiGrant(offer_name="A")
    return replace(settings, activation_url=f"{receiver.url('/activate')}{query}")


def _post(
    database: Database,
    sandbox: SandboxProgram,
    settings: KajabiGrant,
    customer: Customer,
    query: str = "?site=1",
) -> tuple[str, dict[str, str]]:
    """Grant at a plain receiver, and tell what it received."""

    async def attempt() -> tuple[str, dict[str, str]]:
        async with courses(database, sandbox) as executors, http_receiver() as receiver:
            task = of_customer(task_of(_at(receiver, settings, query)), customer)
            assert isinstance(await executors.kajabi.execute(task), Succeeded)
            (received,) = receiver.received
            assert received.headers["content-type"] == "application/json"
            return received.target, json.loads(received.body)

    return asyncio.run(attempt())
