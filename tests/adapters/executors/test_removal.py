"""What Kajabi may say to a removal by its deactivation URL, and what that comes to."""

import json

import pytest
from msgspec.structs import replace

from adapters.executors.kajabi.removal import AccessRemovalExecutor
from adapters.executors.kajabi.removal_target import ByWebhook, encode_target
from adapters.postgres.journal import Journal
from adapters.reading.grants import Grants
from adapters.running.positions import START_AT_BEGINNING
from domain.configuration.settings import AccessRemoval
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded
from projections.grants.projection import GRANTS
from tests.adapters.executors.courses import courses
from tests.adapters.executors.tasks import task_of
from tests.examples import GRANT, GRANT_ACTION, REFUND, done
from tests.http_receiver import HttpReceiver, http_receiver
from tests.sandbox_program import SandboxProgram
from tests.support import Database

MEMBER = {
    "name": "Aino V",
    "email": "Aino@example.com",
    "external_user_id": "aino@example.com",
}


async def removal(database: Database, sandbox: SandboxProgram, receiver: HttpReceiver) -> Outcome:
    """Make one attempt at a plain receiver."""
    target = ByWebhook(deactivation_url=receiver.url("/off?site=1"), **MEMBER)
    asked, begun, given = done(GRANT_ACTION)
    granted = replace(given, personal=Answer(removal_target=encode_target(target)))
    async with courses(database, sandbox) as executors:
        async with executors.pool.connection() as connection:
            await connection.execute(START_AT_BEGINNING, (GRANTS.name,))
        grants = Grants(executors.pool, Journal(executors.pool))
        executor = AccessRemovalExecutor(executors.http, executors.secrets, "", grants)
        settings = AccessRemoval(granted_by=GRANT, refund_id=REFUND)
        task = task_of(settings, also=(GRANT_ACTION,), before=(asked, begun, granted))
        return await executor.execute(task)


async def test_the_very_member_is_posted_that_the_grant_was_made_for(
    database: Database, sandbox: SandboxProgram
) -> None:
    async with http_receiver() as receiver:
        outcome = await removal(database, sandbox, receiver)
        [posted] = receiver.received
    assert isinstance(outcome, Succeeded)
    assert (posted.method, posted.target) == ("POST", "/off?site=1")
    assert json.loads(posted.body) == MEMBER


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (422, "Offer grant not found for offer on member"),
        (404, "Offer grant not found for offer on member"),
        (400, "The offer was already deactivated"),
        (409, "The offer has already been deactivated"),
        (409, "already revoked"),
        (422, "This offer has already been revoked"),
    ],
)
async def test_what_is_gone_already_is_a_success(
    database: Database, sandbox: SandboxProgram, status: int, words: str
) -> None:
    async with http_receiver() as receiver:
        receiver.status, receiver.body = status, json.dumps({"errors": [words]}).encode()
        outcome = await removal(database, sandbox, receiver)
    assert isinstance(outcome, Succeeded)
    assert words in outcome.answer.excerpt


@pytest.mark.parametrize(
    ("status", "words"),
    [(422, "Email: is invalid"), (404, "no such page"), (403, "Offer grant not found")],
)
async def test_another_refusal_needs_a_person_and_says_it_in_kajabis_words(
    database: Database, sandbox: SandboxProgram, status: int, words: str
) -> None:
    async with http_receiver() as receiver:
        receiver.status, receiver.body = status, words.encode()
        outcome = await removal(database, sandbox, receiver)
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == (f"http_{status}", False)
    assert words in outcome.message
