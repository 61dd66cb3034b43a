"""What every provider promises, whatever it talks to: the contract of `processors.refund_provider`."""

import re
from itertools import count

import pytest

from processors.refund_provider import InProgress, NotKnown, Refused, Returned, Standing
from tests.adapters.providers.subjects import SECRET, SUBJECTS, Wrong
from tests.examples import TOTAL
from tests.sandbox_program import SandboxProgram
from tests.support import Database

every = pytest.mark.parametrize("name", SUBJECTS)
marks = count(900_001)
"""Payments of these tests alone; the sandbox is one for all of them."""


@every
async def test_money_that_is_back_has_the_providers_own_reference(
    database: Database, sandbox: SandboxProgram, name: str
) -> None:
    async with SUBJECTS[name](database, sandbox, None, next(marks)) as subject:
        standing = await subject.provider.refund(subject.task(TOTAL))

        assert isinstance(standing, Returned), standing
        assert standing.reference
        assert subject.returned() == TOTAL


@every
async def test_more_than_was_paid_is_refused_for_good(
    database: Database, sandbox: SandboxProgram, name: str
) -> None:
    async with SUBJECTS[name](database, sandbox, None, next(marks)) as subject:
        standing = await subject.provider.refund(subject.task(TOTAL + 1))

        assert isinstance(standing, Refused), standing
        assert standing.message
        assert subject.returned() == 0


@every
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Wrong.IS_AWAY, "connection_refused"),
        (Wrong.HAS_NO_CREDENTIALS, "credentials_missing"),
    ],
)
async def test_what_never_left_is_safe_to_ask_anew(
    database: Database, sandbox: SandboxProgram, name: str, wrong: Wrong, code: str
) -> None:
    async with SUBJECTS[name](database, sandbox, wrong, next(marks)) as subject:
        standing = await subject.provider.refund(subject.task(TOTAL))

        assert standing == NotKnown(code=code, was_asked=False)
        assert subject.returned() == 0


@every
@pytest.mark.parametrize("wrong", [Wrong.HANGS, Wrong.BREAKS_OFF, Wrong.FAILS])
async def test_what_may_have_been_heard_is_not_known(
    database: Database, sandbox: SandboxProgram, name: str, wrong: Wrong
) -> None:
    async with SUBJECTS[name](database, sandbox, wrong, next(marks)) as subject:
        standing = await subject.provider.refund(subject.task(TOTAL))

        assert isinstance(standing, NotKnown), standing
        assert standing.was_asked


@every
async def test_money_that_left_before_the_answer_was_lost_is_not_known_and_never_refused(
    database: Database, sandbox: SandboxProgram, name: str
) -> None:
    wrong = Wrong.LOSES_ITS_ANSWER
    async with SUBJECTS[name](database, sandbox, wrong, next(marks)) as subject:
        standing = await subject.provider.refund(subject.task(TOTAL))

        assert isinstance(standing, NotKnown), standing
        assert standing.was_asked
        assert subject.returned() == TOTAL


@every
async def test_a_look_moves_no_money(
    database: Database, sandbox: SandboxProgram, name: str
) -> None:
    async with SUBJECTS[name](database, sandbox, None, next(marks)) as subject:
        found = await subject.provider.look_up(subject.task(TOTAL))

        assert found is None or isinstance(found, NotKnown), found
        assert subject.returned() == 0


@every
@pytest.mark.parametrize("wrong", Wrong)
async def test_a_look_raises_nothing_whatever_the_other_side_does(
    database: Database, sandbox: SandboxProgram, name: str, wrong: Wrong
) -> None:
    async with SUBJECTS[name](database, sandbox, wrong, next(marks)) as subject:
        found = await subject.provider.look_up(subject.task(TOTAL))
        assert found is None or isinstance(found, NotKnown), found


@every
@pytest.mark.parametrize("wrong", [None, *Wrong])
async def test_no_standing_holds_a_secret_or_an_address_and_no_code_is_personal(
    database: Database, sandbox: SandboxProgram, name: str, wrong: Wrong | None
) -> None:
    async with SUBJECTS[name](database, sandbox, wrong, next(marks)) as subject:
        for amount in (TOTAL + 1, TOTAL):
            words = _words(await subject.provider.refund(subject.task(amount)))
            assert SECRET not in words
            assert "://" not in words


def _words(standing: Standing) -> str:
    """Join what people may see of a standing; its code is for programs."""
    if isinstance(standing, Returned | InProgress):
        return standing.reference
    assert re.fullmatch("[a-z0-9_]+", standing.code), standing
    return f"{standing.code} {standing.message if isinstance(standing, Refused) else ''}"
