"""A worker process: one loop that reports and takes in turn, and calls outside beside it.

The rule to know: what is under way and what is not yet recorded count together against one limit.
So while the database is away outcomes are kept, nothing new is taken, and memory stays bounded.
"""

import asyncio
import os
import random
import secrets
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Generic

import structlog
from msgspec import Struct

from adapters.commands.recording import CommandRecorder
from adapters.postgres.database import Pool
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.news import News
from adapters.postgres.order_store import OrderStore
from adapters.postgres.work_list import Room, WorkList
from adapters.running.backoff import Backoff
from adapters.running.garbage import collect_seldom
from adapters.running.hands import Begun, BegunT, Finished, OutcomeT, Steps
from adapters.running.supervisor import stopped_within
from adapters.running.windows import Windows
from adapters.running.worker import Worker
from adapters.running.worker_beats import WorkerBeats
from adapters.settings import SMTP_CONNECTIONS_DEFAULT
from domain.configuration.destinations import EMAIL
from processors.ports import Executor

RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 5.0
LOOK_SECONDS_MIN = 0.02
"""After news; the work list is a follower too, and may be a moment behind the news."""
LOOK_SECONDS_MAX = 1.0
"""Between two looks when there is no news: how late a retry that is due can be noticed."""
TURN_SECONDS_MIN = 0.02
"""Between two turns, so that what comes in meanwhile shares an append."""

logger = structlog.get_logger()


class Limits(Struct, frozen=True, kw_only=True):
    """How much one worker process does at once, and for how long."""

    in_hand_max: int = 1_000
    """Calls under way and outcomes not yet recorded."""
    each_max: int = 256
    """Calls under way to one destination, once it has shown that it answers."""
    emails_max: int = SMTP_CONNECTIONS_DEFAULT
    """Emails under way: as many as there are connections, so that none is begun and waits."""
    call_seconds_max: float = 60.0
    """Then a call is cut off; less than the lease of an attempt."""
    stop_seconds_max: float = 10.0
    """How long calls under way may go on after a stop."""


LIMITS = Limits()


class Workers(Generic[BegunT, OutcomeT]):
    """The loop of one process. To be run once."""

    def __init__(
        self,
        worker: Steps[BegunT, OutcomeT],
        *,
        news: News,
        beats: WorkerBeats,
        limits: Limits = LIMITS,
    ) -> None:
        self._worker = worker
        self._news = news
        self._beats = beats
        self._limits = limits
        self._windows = Windows(limits.each_max, {EMAIL: limits.emails_max})
        self._calls: dict[asyncio.Task[None], BegunT] = {}
        self._finished: list[Finished[BegunT, OutcomeT]] = []
        self._wake = asyncio.Event()
        self._look = Backoff(LOOK_SECONDS_MIN, LOOK_SECONDS_MAX)
        self._retry = Backoff(RETRY_SECONDS_MIN, RETRY_SECONDS_MAX)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, through lost connections; a programmer error ends it."""
        alarms = [asyncio.create_task(self._ring_at_news()), asyncio.create_task(self._ring(stop))]
        try:
            while not stop.is_set():
                if await self._has_done(self._turn):
                    await self._rest()
                else:
                    await stopped_within(stop, self._retry.next_seconds())
            await self._finish()
        finally:
            for task in (*alarms, *self._calls):
                task.cancel()

    async def _turn(self) -> None:
        await self._report()
        await self._take()
        await self._beats.beat()

    async def _has_done(self, step: Callable[[], Awaitable[None]]) -> bool:
        """Do something with the database; say whether it was there."""
        try:
            await step()
        except UNAVAILABLE as problem:
            logger.warning("worker_waits_for_the_database", problem=str(problem))
            return False
        self._retry.reset()
        return True

    async def _report(self) -> None:
        """Record whatever has come in; it is kept until that is done."""
        finished = self._finished[:]
        if finished:
            await self._worker.report(finished)
            del self._finished[: len(finished)]

    async def _take(self) -> None:
        room = self._room()
        if room.overall < 1:
            return
        for taken in await self._worker.take(room):
            call = asyncio.create_task(self._call(taken))
            call.add_done_callback(self._calls.pop)
            self._calls[call] = taken
            self._look.reset()

    def _room(self) -> Room:
        busy = Counter(taken.item.destination for taken in self._calls.values())
        free = self._limits.in_hand_max - len(self._calls) - len(self._finished)
        return self._windows.room(busy, free)

    async def _call(self, taken: BegunT) -> None:
        """Make a call: however it ends, its attempt has an outcome."""
        begin = monotonic()
        outcome = self._worker.cut_off(taken)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.call_seconds_max):
                    outcome = await self._worker.carry_out(taken)
        except BaseException as problem:
            call = asyncio.current_task()
            if call is None or call.cancelling():
                raise
            _log_break(taken, problem)
        finally:
            self._windows.ended(taken.item.destination, monotonic() - begin)
            self._finished.append(Finished(taken, outcome))
            self._wake.set()

    async def _rest(self) -> None:
        """Wait for an outcome, news, the stop, or until it is time to look again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look.next_seconds()):
                await self._wake.wait()
        if self._wake.is_set():
            self._look.reset()
        self._wake.clear()
        await asyncio.sleep(TURN_SECONDS_MIN)

    async def _finish(self) -> None:
        """Let calls end, cut off those that do not, record all outcomes, give back the rest."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=self._limits.stop_seconds_max)
        cut = [*self._calls]
        for call in cut:
            call.cancel()
        await asyncio.gather(*cut, return_exceptions=True)
        for step in (self._report, self._worker.leave, self._beats.leave):
            while not await self._has_done(step):  # noqa: ASYNC110 - a database that is back tells nobody
                await asyncio.sleep(self._retry.next_seconds())

    async def _ring_at_news(self) -> None:
        while True:
            heard = self._news.heard
            await self._news.wait(LOOK_SECONDS_MAX, since=heard)
            if self._news.heard != heard:
                self._wake.set()

    async def _ring(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()


def _log_break(taken: Begun, problem: BaseException) -> None:
    """Say that what carries out raised what is no error: a cancellation of its own, or an exit."""
    logger.error("call_broken_off", kind=taken.item.kind, problem=type(problem).__name__)


def process_name() -> str:
    """Name this process, apart from all others and from its own earlier lives."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


async def run_workers(
    *,
    pool: Pool,
    recorder: CommandRecorder,
    orders: OrderStore,
    executors: Mapping[str, Executor],
    news: News,
    stop: asyncio.Event,
    limits: Limits = LIMITS,
) -> None:
    """Carry out actions until `stop` is set; any number of processes may."""
    collect_seldom()
    name = process_name()
    worker = Worker(
        name=name,
        work=WorkList(pool),
        recorder=recorder,
        orders=orders,
        executors=executors,
        steady_seconds=monotonic,
        chance=random.random,
    )
    await Workers(worker, news=news, beats=WorkerBeats(pool, name), limits=limits).run(stop)
