"""What every executor promises, whatever it talks to: the contract of `processors.ports`."""

import re

import pytest

from processors.ports import Failed, Succeeded, Unwanted
from tests.adapters.executors.subjects import (
    HTTP_SUBJECTS,
    KEYED_SUBJECTS,
    LONG_SECONDS,
    SECRET,
    SHORT_SECONDS,
    SUBJECTS,
    Subject,
    Wrong,
)
from tests.adapters.executors.tasks import task_of
from tests.smtp_server import PASSWORD
from tests.support import Database

every = pytest.mark.parametrize("name", SUBJECTS)
every_over_http = pytest.mark.parametrize("name", HTTP_SUBJECTS)
every_that_tells_its_key = pytest.mark.parametrize("name", KEYED_SUBJECTS)
every_that_tells_none = pytest.mark.parametrize("name", sorted(SUBJECTS.keys() - KEYED_SUBJECTS))


async def attempt(subject: Subject, *, run: int = 1, number: int = 1) -> Succeeded | Failed:
    task = task_of(
        subject.settings, run=run, attempt=number, also=subject.also, before=subject.before
    )
    outcome = await subject.executor.execute(task)
    assert not isinstance(outcome, Unwanted)
    return outcome


async def failure(database: Database, name: str, wrong: Wrong) -> Failed:
    """Make one attempt while the other side does wrong."""
    seconds_max = SHORT_SECONDS if wrong is Wrong.HANGS else LONG_SECONDS
    async with SUBJECTS[name](database, wrong, seconds_max) as subject:
        outcome = await attempt(subject)
        assert isinstance(outcome, Failed), outcome
        return outcome


@every
async def test_a_success_says_who_received_it_and_under_which_reference(
    database: Database, name: str
) -> None:
    async with SUBJECTS[name](database, None, LONG_SECONDS) as subject:
        outcome = await attempt(subject)

        assert isinstance(outcome, Succeeded), outcome
        assert outcome.answer.recipient == subject.recipient
        assert outcome.answer.reference
        assert subject.effects() == 1


@every
async def test_no_answer_in_time_is_retryable(database: Database, name: str) -> None:
    outcome = await failure(database, name, Wrong.HANGS)

    assert (outcome.code, outcome.is_retryable) == ("timeout", True)


@every
async def test_nobody_there_is_retryable(database: Database, name: str) -> None:
    outcome = await failure(database, name, Wrong.IS_AWAY)

    assert (outcome.code, outcome.is_retryable) == ("connection_refused", True)


@every
async def test_a_line_that_is_lost_before_anything_took_hold_is_retryable(
    database: Database, name: str
) -> None:
    outcome = await failure(database, name, Wrong.BREAKS_OFF)

    assert (outcome.code, outcome.is_retryable) == ("connection_lost", True)


@every
async def test_trouble_of_the_other_side_is_retryable(database: Database, name: str) -> None:
    outcome = await failure(database, name, Wrong.FAILS)

    assert outcome.is_retryable
    assert outcome.code


@every_over_http
async def test_retry_after_is_handed_on(database: Database, name: str) -> None:
    outcome = await failure(database, name, Wrong.THROTTLES)

    assert (outcome.code, outcome.is_retryable) == ("http_429", True)
    assert outcome.retry_after_seconds == 42


@every
async def test_a_refusal_for_good_is_left_to_a_person_with_the_other_sides_words(
    database: Database, name: str
) -> None:
    outcome = await failure(database, name, Wrong.REFUSES)

    assert not outcome.is_retryable
    assert "no entry" in outcome.message or "no such mailbox" in outcome.message


@every
async def test_no_outcome_holds_a_secret_or_a_web_address_and_no_code_is_personal(
    database: Database, name: str
) -> None:
    for wrong in (None, *Wrong):
        seconds_max = SHORT_SECONDS if wrong is Wrong.HANGS else LONG_SECONDS
        async with SUBJECTS[name](database, wrong, seconds_max) as subject:
            outcome = await attempt(subject)

            words = _words(outcome)
            assert SECRET not in words
            assert PASSWORD not in words
            assert "://" not in words
            assert isinstance(outcome, Succeeded) or re.fullmatch("[a-z0-9_]+", outcome.code)


@every_that_tells_its_key
async def test_the_key_is_one_for_a_runs_attempts_and_another_for_the_next_run(
    database: Database, name: str
) -> None:
    async with SUBJECTS[name](database, None, LONG_SECONDS) as subject:
        for run, number in ((1, 1), (1, 2), (2, 1)):
            await attempt(subject, run=run, number=number)

        first, again, next_run = subject.keys()
        assert first == again != next_run


@every_that_tells_none
async def test_a_repeat_names_the_same_member_and_the_same_thing(
    database: Database, name: str
) -> None:
    async with SUBJECTS[name](database, None, LONG_SECONDS) as subject:
        for run, number in ((1, 1), (1, 2), (2, 1)):
            await attempt(subject, run=run, number=number)

        assert len(subject.keys()) == 3
        assert len(set(subject.keys())) == 1


def _words(outcome: Succeeded | Failed) -> str:
    """Join what people may see of an outcome: a removal target is for the ledger alone."""
    if isinstance(outcome, Failed):
        return f"{outcome.code} {outcome.message}"
    answer = outcome.answer
    return f"{answer.recipient} {answer.excerpt} {answer.reference}"
