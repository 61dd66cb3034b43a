"""Coalesces the appends of this process: who waits meanwhile shares the next batch and its fsync.

One batch is under way at a time, a stream once per batch, and a conflict fails only its own
caller. Batch size follows load by itself.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from adapters.postgres.append_statement import EVENTS_MAX, check
from adapters.postgres.errors import NotStorable, OutcomeUnknown
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, Appended

WAITING_MAX = 10_000
"""Appends that may wait before callers have to wait to be taken in."""


class WriterClosed(Exception):
    """Nothing is taken in any more."""


class Waiting(NamedTuple):
    """An append and the caller who waits for its answer."""

    append: Append
    answer: asyncio.Future[Appended]


class Writer:
    """A shared way to append; use as an async context manager, leaving it appends all that waits."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Waiting] = deque()
        self._room = asyncio.Semaphore(WAITING_MAX)
        self._news = asyncio.Event()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closed = True
        self._news.set()
        await self._running

    async def append(self, append: Append) -> Appended:
        """Append to one stream; raises as `Journal.append` does, and WriterClosed."""
        check([append])
        async with self._room:
            if self._is_closed:
                raise WriterClosed
            waiting = Waiting(append, asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
            self._news.set()
            return await waiting.answer

    async def append_all(self, appends: Sequence[Append]) -> list[Appended]:
        """Append to several streams, each by itself, beside whatever else is under way."""
        return await asyncio.gather(*(self.append(append) for append in appends))

    async def _run(self) -> None:
        try:
            while not self._is_closed:
                await self._news.wait()
                self._news.clear()
                while batch := self._take():
                    await self._write(batch)
        finally:
            self._is_closed = True
            _settle_with(WriterClosed(), self._waiting)

    def _take(self) -> list[Waiting]:
        """Take what may share a batch, in order of arrival; the rest stays in order."""
        batch: list[Waiting] = []
        left: list[Waiting] = []
        seen: set[object] = set()
        events = 0
        while self._waiting and len(batch) < EVENTS_MAX:
            waiting = self._waiting.popleft()
            append = waiting.append
            touched = {append.stream, *((entry.shop, entry.message_id) for entry in append.inbox)}
            if waiting.answer.cancelled():
                continue
            is_held_back = not seen.isdisjoint(touched)
            seen |= touched
            if is_held_back:
                left.append(waiting)
                continue
            if events + len(append.rows) > EVENTS_MAX:
                left.append(waiting)
                break
            events += len(append.rows)
            batch.append(waiting)
        self._waiting.extendleft(reversed(left))
        return batch

    async def _write(self, batch: list[Waiting]) -> None:
        appends = [waiting.append for waiting in batch]
        try:
            # Whatever goes wrong belongs to the callers; the writer goes on with the next batch.
            [outcome] = await asyncio.gather(self._journal.append(appends), return_exceptions=True)
            if isinstance(outcome, NotStorable) and len(batch) > 1:
                for waiting in batch:
                    await self._write([waiting])
            elif isinstance(outcome, BaseException):
                _settle_with(outcome, batch)
            else:
                _answer(outcome, batch)
        finally:
            _settle_with(OutcomeUnknown("the writer was ended meanwhile"), batch)


def _answer(answers: list[Appended], batch: list[Waiting]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        if not waiting.answer.done():
            waiting.answer.set_result(answer)


def _settle_with(problem: BaseException, batch: Iterable[Waiting]) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(problem)
