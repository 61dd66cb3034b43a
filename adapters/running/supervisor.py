"""Keeps a process role running: one that ends by an operating error starts again, later and later.

A programmer error is not caught here: it ends the process, whose owner sees it and starts anew.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats.errors
import structlog

from adapters.postgres.errors import UNAVAILABLE
from adapters.running.backoff import Backoff

DELAY_SECONDS_MIN = 0.5
DELAY_SECONDS_MAX = 30.0
KILLED_DELAY_SECONDS_MAX = 5.0
"""For a process that a signal ended: it came from outside, and starting does no harm."""
HEALTHY_SECONDS = 10.0
"""A role that ran for so long is taken for well: its next delay is short again."""

OPERATING_ERRORS = (*UNAVAILABLE, nats.errors.Error, OSError)

_log = structlog.get_logger()


class Delays:
    """Growing waits between the starts of something that keeps ending."""

    def __init__(self) -> None:
        self._backoff = Backoff(DELAY_SECONDS_MIN, DELAY_SECONDS_MAX)

    def after_seconds(self, ran_seconds: float, *, was_killed: bool = False) -> float:
        """Give the next wait, with jitter, given how long the last run lasted."""
        if ran_seconds >= HEALTHY_SECONDS:
            self._backoff.reset()
        seconds_max = KILLED_DELAY_SECONDS_MAX if was_killed else DELAY_SECONDS_MAX
        return self._backoff.next_seconds(seconds_max) * random.uniform(0.5, 1.0)


async def keep_running(name: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run something until `stop` is set, starting it again after operating errors."""
    delays = Delays()
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        try:
            await run()
        except* OPERATING_ERRORS as group:
            delay_seconds = delays.after_seconds(clock() - began)
            _log.warning(
                "role_restarts",
                role=name,
                errors=[f"{type(error).__name__}: {error}" for error in group.exceptions],
                after_seconds=round(delay_seconds, 1),
            )
            await stopped_within(stop, delay_seconds)


async def stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `stop`, but no longer than this; say whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()
