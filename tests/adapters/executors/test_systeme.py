"""Adding the customer to Systeme.io, with tags."""

import asyncio

import pytest
from msgspec.structs import replace

from adapters.executors.systeme import SystemeContactExecutor
from domain.configuration.settings import SystemeContact
from processors.ports import Failed, Outcome, Succeeded, Task
from scripts.receivers.book import Effect, Received
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.courses import CREDENTIAL, courses, of_customer
from tests.adapters.executors.tasks import task_of
from tests.examples import CUSTOMER
from tests.http_receiver import http_receiver
from tests.sandbox_program import SandboxProgram
from tests.scripts.receivers.calling import ask
from tests.support import Database


def task_for(email: str, *tags: str) -> Task:
    return of_customer(task_of(SystemeContact(tags=tags)), replace(CUSTOMER, email=email))


def add(
    database: Database, sandbox: SandboxProgram, *tasks: Task, has_credentials: bool = True
) -> list[Outcome]:
    async def attempts() -> list[Outcome]:
        made = courses(database, sandbox, seconds_max=0.5, has_credentials=has_credentials)
        async with made as executors:
            return [await executors.systeme.execute(task) for task in tasks]

    return asyncio.run(attempts())


def done(sandbox: SandboxProgram, email: str) -> list[Received]:
    return [
        one
        for one in sandbox.received("systeme")
        if one.key.endswith(email) and one.effect is Effect.DONE
    ]


def test_it_makes_a_contact_with_names_and_gives_it_every_tag(
    database: Database, sandbox: SandboxProgram
) -> None:
    (outcome,) = add(database, sandbox, task_for("new@example.com", "yoga", "customer"))

    assert isinstance(outcome, Succeeded)
    assert outcome.answer.recipient == "new@example.com"
    url = f"{sandbox.places.url(Receiver.SYSTEME)}/api/contacts?email=new@example.com"
    (contact,) = ask(url, "GET", X_API_Key="any").document["items"]
    assert outcome.answer.reference == f"contact {contact['id']}"
    assert contact["fields"] == [
        {"slug": "first_name", "value": "Aino"},
        {"slug": "surname", "value": "Virtanen"},
    ]
    assert [tag["name"] for tag in contact["tags"]] == ["yoga", "customer"]


def test_what_is_there_is_taken_as_it_is_and_only_what_is_missing_is_added(
    database: Database, sandbox: SandboxProgram
) -> None:
    task = task_for("again@example.com", "sleep", "sleep")
    outcomes = add(database, sandbox, task, task, task_for("Again@example.com", "sleep", "more"))
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    keys = [one.key for one in done(sandbox, "again@example.com")]
    assert keys == [
        "contact again@example.com",
        "sleep again@example.com",
        "more again@example.com",
    ]
    received = sandbox.received("systeme")
    assert not [one for one in received if one.effect is Effect.KNOWN and "again@" in one.key]


def test_a_tag_whose_name_only_contains_it_is_another_tag(
    database: Database, sandbox: SandboxProgram
) -> None:
    add(database, sandbox, task_for("tags@example.com", "knitting for all", "knitting"))
    assert len(done(sandbox, "tags@example.com")) == 3


def test_two_at_once_end_with_one_contact_that_has_the_tag(
    database: Database, sandbox: SandboxProgram
) -> None:
    async def attempts() -> list[Outcome]:
        async with courses(database, sandbox) as executors:
            tasks = [task_for("race@example.com", "race")] * 5
            return list(await asyncio.gather(*map(executors.systeme.execute, tasks)))

    sandbox.trouble(Trouble(target="systeme", kind=Kind.SLOW, seconds=0.05))
    outcomes = asyncio.run(attempts())
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    assert len(done(sandbox, "race@example.com")) == 2


def test_a_tag_that_many_make_at_once_is_made_once(
    database: Database, sandbox: SandboxProgram
) -> None:
    emails = [f"many{number}@example.com" for number in range(5)]

    async def attempts() -> list[Outcome]:
        async with courses(database, sandbox) as executors:
            tasks = [task_for(email, "many") for email in emails]
            return list(await asyncio.gather(*map(executors.systeme.execute, tasks)))

    sandbox.trouble(Trouble(target="systeme", kind=Kind.SLOW, seconds=0.1))
    outcomes = asyncio.run(attempts())
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    assert all(len(done(sandbox, email)) == 2 for email in emails)


def test_an_answer_that_cannot_be_read_is_asked_for_again(
    database: Database, sandbox: SandboxProgram
) -> None:
    async def attempt() -> Outcome:
        async with courses(database, sandbox) as executors, http_receiver() as receiver:
            receiver.body = b"<html>"
            http, url = executors.http, receiver.url("")
            executor = SystemeContactExecutor(http, executors.secrets, url)
            return await executor.execute(task_for("a@example.com", "a"))

    outcome = asyncio.run(attempt())
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("answer_unreadable", True)


def test_secrets_that_cannot_be_read_now_are_read_again_later(
    database: Database, sandbox: SandboxProgram
) -> None:
    async def attempt() -> Outcome:
        async with courses(database, sandbox) as executors:
            await executors.pool.close()
            return await executors.systeme.execute(task_for("a@example.com", "a"))

    outcome = asyncio.run(attempt())
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("ledger_unavailable", True)


def test_a_missing_key_says_how_to_set_it(database: Database, sandbox: SandboxProgram) -> None:
    (outcome,) = add(database, sandbox, task_for("a@example.com", "a"), has_credentials=False)
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("credentials_missing", False)
    assert "secrets set systeme.api_key --shop courses" in outcome.message


@pytest.mark.parametrize(
    ("kind", "code", "wait_seconds"),
    [
        (Kind.ERROR, "http_500", 0),
        (Kind.THROTTLE, "http_429", 30),
        (Kind.HANG, "timeout", 0),
        (Kind.RESET, "connection_lost", 0),
    ],
)
def test_trouble_is_tried_again_and_a_wait_that_is_asked_for_is_kept(
    database: Database, sandbox: SandboxProgram, kind: Kind, code: str, wait_seconds: int
) -> None:
    sandbox.trouble(Trouble(target="systeme", kind=kind, seconds=30))
    (outcome,) = add(database, sandbox, task_for("a@example.com", "a"))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == (code, True)
    assert outcome.retry_after_seconds == wait_seconds
    assert CREDENTIAL not in outcome.message


def test_a_lost_answer_at_any_call_is_made_good_by_the_next_attempts(
    database: Database, sandbox: SandboxProgram
) -> None:
    task = task_for("lost@example.com", "lost tag")
    for _ in range(7):
        sandbox.trouble(Trouble(target="systeme", kind=Kind.LOST, share=0.4))
        add(database, sandbox, task)
    sandbox.calm()
    (outcome,) = add(database, sandbox, task)
    assert isinstance(outcome, Succeeded)
    assert len(done(sandbox, "lost@example.com")) == 2
