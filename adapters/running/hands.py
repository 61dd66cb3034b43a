"""What one worker process has claimed and begun: what workers of actions and of transfers share.

The rule to know: what was claimed is kept until its starts are answered. So after an operating
error the same starts are asked for again, before anything else is claimed.

Only ports are awaited here, and nothing is started beside: `workers` runs it on asyncio, the
simulator by hand.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

import structlog

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.postgres.work_list import Claimed, Room
from adapters.running.opening import UNREADABLE

OutcomeT = TypeVar("OutcomeT")

logger = structlog.get_logger()


class Work(Protocol):
    """Where a worker finds what is to be done: `WorkList`."""

    async def claim(self, kinds: Collection[str], room: Room) -> list[Claimed]:
        """Take what is due."""

    async def release(self, items: Sequence[Claimed]) -> None:
        """Give back what was not begun."""

    async def put_off(self, items: Sequence[Claimed], pauses: Sequence[timedelta]) -> None:
        """Let nobody take these for a while."""


class Begun(Protocol):
    """An attempt that this process has begun."""

    @property
    def item(self) -> Claimed:
        """What was claimed for it."""

    @property
    def claimed_seconds(self) -> float:
        """When it was claimed, by the process's steady clock."""


BegunT = TypeVar("BegunT", bound=Begun)


class Finished(NamedTuple, Generic[BegunT, OutcomeT]):
    """An attempt, and what came of it."""

    taken: BegunT
    outcome: OutcomeT


class Steps(Protocol[BegunT, OutcomeT]):
    """What a worker's loop runs: take, carry out beside each other, report, leave at the end."""

    async def take(self, room: Room) -> list[BegunT]:
        """Begin what is due."""

    async def carry_out(self, taken: BegunT) -> OutcomeT:
        """Make one attempt."""

    def cut_off(self, taken: BegunT) -> OutcomeT:
        """Say what is known of an attempt that was cut off."""

    async def report(self, finished: Sequence[Finished[BegunT, OutcomeT]]) -> None:
        """Record outcomes."""

    async def leave(self) -> None:
        """Give back what was claimed and not begun."""


class Hands:
    """One process's claims, its recorder and its clock. Not to be shared between tasks.

    What time it is, the database says; the steady clock only counts the seconds since a claim.
    """

    def __init__(
        self, *, work: Work, recorder: CommandRecorder, steady_seconds: Callable[[], float]
    ) -> None:
        self._work = work
        self._recorder = recorder
        self._steady_seconds = steady_seconds
        self._claimed: list[Claimed] = []
        self._in_hand: set[tuple[str, str, str, int, int]] = set()
        self.claimed_seconds = 0.0
        """When the last claim was made, by the steady clock."""

    async def claim(self, kinds: Collection[str], room: Room) -> Sequence[Claimed]:
        """Take what is due, or what was taken before and is not begun yet."""
        if not self._claimed:
            self._claimed = await self._work.claim(kinds, room)
            self.claimed_seconds = self._steady_seconds()
        return self._claimed

    def is_in_hand(self, item: Claimed) -> bool:
        """Say whether this process is at this very attempt already."""
        return _attempt(item) in self._in_hand

    def begin(self, taken: Iterable[Begun]) -> None:
        """Take these in hand; what else was claimed is not wanted any more."""
        self._in_hand |= {_attempt(one.item) for one in taken}
        self._claimed = []

    def end(self, taken: Iterable[Begun]) -> None:
        """Let go of attempts whose outcomes are recorded."""
        self._in_hand -= {_attempt(one.item) for one in taken}

    async def put_off(self, taken: Sequence[Begun], pauses: Sequence[timedelta]) -> None:
        """Let nobody take these for a while."""
        if taken:
            await self._work.put_off([one.item for one in taken], pauses)

    async def leave(self) -> None:
        """Give back what was claimed and perhaps not begun; the orders know which."""
        if self._claimed:
            await self._work.release(self._claimed)

    def since_claim(self, taken: Begun) -> timedelta:
        """Say how long ago it was claimed."""
        return timedelta(seconds=self._steady_seconds() - taken.claimed_seconds)

    def now(self, taken: Begun) -> datetime:
        """Say what time it is by the database's clock."""
        return taken.item.claimed_at + self.since_claim(taken)

    async def record(self, requests: Sequence[OrderRequest]) -> list[Answered | None]:
        """Record what can be; halves find the orders that cannot be read, which stop no others."""
        try:
            return [*await self._recorder.record(requests)] if requests else []
        except UNREADABLE as problem:
            if len(requests) == 1:
                _log_unreadable(requests[0], problem)
                return [None]
        middle = len(requests) // 2
        return [*await self.record(requests[:middle]), *await self.record(requests[middle:])]


def log_refusals(taken: Iterable[Begun], answers: Iterable[Answered | None]) -> None:
    """Say of which attempts the order refused the outcome: a mistake of ours."""
    for one, answer in zip(taken, answers, strict=True):
        if answer and answer.rejection:
            logger.error("outcome_refused", **named(one.item), code=answer.rejection.code)


def named(item: Claimed) -> dict[str, str | int]:
    """Name an attempt in the log."""
    return {
        "stream": item.stream,
        "kind": item.kind,
        "item": item.item_id,
        "run": item.run,
        "attempt": item.attempt,
    }


def _log_unreadable(request: OrderRequest, problem: Exception) -> None:
    what = type(problem).__name__
    logger.error("order_unreadable", attempt=request.metadata.command_id, problem=what)


def _attempt(item: Claimed) -> tuple[str, str, str, int, int]:
    return (item.stream, item.kind, item.item_id, item.run, item.attempt)
