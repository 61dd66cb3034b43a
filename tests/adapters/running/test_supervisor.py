"""What keeps process roles running."""

import asyncio

import pytest
from psycopg.errors import ReadOnlySqlTransaction

from adapters.postgres.errors import JournalUnavailable
from adapters.running.supervisor import (
    DELAY_SECONDS_MAX,
    HEALTHY_SECONDS,
    KILLED_DELAY_SECONDS_MAX,
    Delays,
    keep_running,
)


@pytest.mark.parametrize("trouble", [JournalUnavailable, ReadOnlySqlTransaction])
async def test_a_role_that_ends_by_an_operating_error_starts_again(
    trouble: type[Exception],
) -> None:
    stop = asyncio.Event()
    starts: list[int] = []

    async def run() -> None:
        starts.append(len(starts))
        if len(starts) < 3:
            raise trouble
        stop.set()

    await keep_running("role", run, stop)

    assert starts == [0, 1, 2]


async def test_operating_errors_of_a_role_with_several_tasks_count_as_well() -> None:
    stop = asyncio.Event()
    starts: list[int] = []

    async def run() -> None:
        starts.append(len(starts))
        if len(starts) > 1:
            stop.set()
            return
        raise ExceptionGroup("tasks", [JournalUnavailable(), ConnectionRefusedError()])

    await keep_running("role", run, stop)

    assert starts == [0, 1]


async def test_a_programmer_error_is_not_kept_quiet() -> None:
    async def run() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        await keep_running("role", run, asyncio.Event())


def test_delays_grow_up_to_a_limit_and_are_short_again_after_a_healthy_run() -> None:
    delays = Delays()
    waits = [delays.after_seconds(0) for _ in range(12)]

    assert waits[0] <= 0.5
    assert DELAY_SECONDS_MAX / 2 <= waits[-1] <= DELAY_SECONDS_MAX
    assert delays.after_seconds(HEALTHY_SECONDS) <= 0.5


def test_who_is_killed_again_and_again_never_waits_long() -> None:
    delays = Delays()
    waits = [delays.after_seconds(0, was_killed=True) for _ in range(12)]

    assert waits[0] <= 0.5
    assert KILLED_DELAY_SECONDS_MAX / 2 <= waits[-1] <= KILLED_DELAY_SECONDS_MAX
