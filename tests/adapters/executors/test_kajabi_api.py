"""Granting a Kajabi offer by the public API."""

import asyncio

import pytest
from msgspec.structs import replace

from adapters.executors.kajabi.removal_target import ByApi, decode_target
from adapters.postgres.secrets import KAJABI_CLIENT_SECRET
from domain.configuration.settings import KajabiGrant
from processors.ports import Failed, Outcome, Succeeded, Task
from scripts.receivers.book import Effect
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.courses import CREDENTIAL, courses, of_customer
from tests.adapters.executors.tasks import task_of
from tests.examples import CUSTOMER, SHOP
from tests.sandbox_program import SandboxProgram
from tests.support import Database

OFFER = KajabiGrant(offer_name="Spring", offer_id="2150", send_grant_email=True)


def task_for(email: str, settings: KajabiGrant = OFFER) -> Task:
    return of_customer(task_of(settings), replace(CUSTOMER, email=email))


def grant(
    database: Database, sandbox: SandboxProgram, *tasks: Task, has_credentials: bool = True
) -> list[Outcome]:
    async def attempts() -> list[Outcome]:
        made = courses(database, sandbox, seconds_max=0.5, has_credentials=has_credentials)
        async with made as executors:
            return [await executors.kajabi.execute(task) for task in tasks]

    return asyncio.run(attempts())


def words(sandbox: SandboxProgram, email: str) -> list[str]:
    return [one.words for one in sandbox.received("kajabi-api") if email in one.key]


def test_it_makes_a_contact_grants_the_offer_and_keeps_what_revokes_it(
    database: Database, sandbox: SandboxProgram
) -> None:
    (outcome,) = grant(database, sandbox, task_for("new@example.com"))

    assert isinstance(outcome, Succeeded)
    assert outcome.answer.recipient == "new@example.com"
    target = decode_target(outcome.answer.removal_target)
    assert isinstance(target, ByApi)
    assert (target.offer_id, target.customer_id) == ("2150", f"9{target.contact_id}")
    assert outcome.answer.reference == f"customer {target.customer_id}"
    assert words(sandbox, "new@example.com") == ["made a contact", "granted with its email"]


def test_a_contact_that_is_there_is_taken_and_what_is_granted_is_a_success(
    database: Database, sandbox: SandboxProgram
) -> None:
    first, again = grant(
        database, sandbox, task_for("Known@example.com"), task_for("known@example.com")
    )

    assert isinstance(first, Succeeded)
    assert isinstance(again, Succeeded)
    assert first.answer.removal_target == again.answer.removal_target
    effects = [one.effect for one in sandbox.received("kajabi-api") if "known@" in one.key]
    assert effects == [Effect.DONE, Effect.DONE, Effect.KNOWN]


def test_somebody_whose_email_only_contains_it_is_another_contact(
    database: Database, sandbox: SandboxProgram
) -> None:
    longer, shorter = grant(
        database, sandbox, task_for("x.part@example.com"), task_for("part@example.com")
    )
    assert isinstance(longer, Succeeded)
    assert isinstance(shorter, Succeeded)
    assert longer.answer.reference != shorter.answer.reference


def test_kajabis_email_is_sent_only_where_it_is_wanted(
    database: Database, sandbox: SandboxProgram
) -> None:
    silent = replace(OFFER, send_grant_email=False)
    grant(database, sandbox, task_for("silent@example.com", silent))
    assert words(sandbox, "silent@example.com")[-1] == "granted"


def test_a_token_serves_many_grants_and_is_renewed_once_it_is_refused(
    database: Database, sandbox: SandboxProgram
) -> None:
    async def attempts() -> list[Outcome]:
        async with courses(database, sandbox) as executors:
            sandbox.sign_out()
            first = await executors.kajabi.execute(task_for("token1@example.com"))
            second = await executors.kajabi.execute(task_for("token2@example.com"))
            assert sandbox.sign_out() == 1
            third = await executors.kajabi.execute(task_for("token3@example.com"))
            assert sandbox.sign_out() == 1
            return [first, second, third]

    outcomes = asyncio.run(attempts())
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)


def test_new_credentials_count_from_the_next_attempt_on(
    database: Database, sandbox: SandboxProgram
) -> None:
    async def attempts() -> None:
        async with courses(database, sandbox) as executors:
            sandbox.sign_out()
            await executors.kajabi.execute(task_for("before@example.com"))
            await executors.secrets.set(SHOP, KAJABI_CLIENT_SECRET, "another-credential")
            outcome = await executors.kajabi.execute(task_for("after@example.com"))
            assert isinstance(outcome, Succeeded)
            assert sandbox.sign_out() == 2

    asyncio.run(attempts())


def test_missing_credentials_say_which_and_how_to_set_them(
    database: Database, sandbox: SandboxProgram
) -> None:
    (outcome,) = grant(database, sandbox, task_for("a@example.com"), has_credentials=False)
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("credentials_missing", False)
    assert "secrets set kajabi.client_id --shop courses" in outcome.message


def test_an_offer_that_is_not_there_needs_a_person(
    database: Database, sandbox: SandboxProgram
) -> None:
    nowhere = replace(OFFER, offer_id="nowhere")
    (outcome,) = grant(database, sandbox, task_for("a@example.com", nowhere))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("http_404", False)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.ERROR, "http_500"),
        (Kind.THROTTLE, "http_429"),
        (Kind.HANG, "timeout"),
        (Kind.RESET, "connection_lost"),
    ],
)
def test_trouble_at_any_call_is_tried_again(
    database: Database, sandbox: SandboxProgram, kind: Kind, code: str
) -> None:
    sandbox.trouble(Trouble(target="kajabi-api", kind=kind, seconds=3))
    (outcome,) = grant(database, sandbox, task_for("a@example.com"))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == (code, True)
    assert CREDENTIAL not in outcome.message


def test_a_lost_answer_at_any_call_is_made_good_by_the_next_attempts(
    database: Database, sandbox: SandboxProgram
) -> None:
    task = task_for("lost@example.com")
    for _ in range(7):
        sandbox.trouble(Trouble(target="kajabi-api", kind=Kind.LOST, share=0.4))
        grant(database, sandbox, task)
    sandbox.calm()
    (outcome,) = grant(database, sandbox, task)
    assert isinstance(outcome, Succeeded)
    done = [one.words for one in sandbox.received("kajabi-api") if "lost@example.com" in one.key and one.effect is Effect.DONE]  # fmt: skip
    assert done == ["made a contact", "granted with its email"]
