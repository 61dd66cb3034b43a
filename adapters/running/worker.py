"""What a worker does: take attempts, carry each out, report what came of it.

The rule to know: an attempt is begun once ActionStarted is recorded, in this worker's name, and
nothing goes outside before. Numbers of run and attempt are the fence, not the lease: whatever
comes late is refused by the order itself.

Only ports are awaited here, and nothing is started beside: `workers` runs it on asyncio, the
simulator by hand.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec
import structlog

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.log import log_mistake
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.order_store import OrderStore
from adapters.postgres.work_list import Claimed, Room
from adapters.running.opening import UNREADABLE
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import StartAction
from domain.order.parts import ActionState
from domain.order.state import Order
from processors.attempts import INTERNAL_ERROR, LEDGER_UNAVAILABLE, outcome_command, refused
from processors.ports import Executor, Outcome, Task

ACTOR = Actor(ActorKind.SYSTEM, "worker")

logger = structlog.get_logger()


class Work(Protocol):
    """Where a worker finds what is to be done: `WorkList`."""

    async def claim(self, kinds: Collection[str], room: Room) -> list[Claimed]:
        """Take what is due."""

    async def release(self, items: Sequence[Claimed]) -> None:
        """Give back what was not begun."""


class Taken(NamedTuple):
    """An attempt that this worker has begun."""

    item: Claimed
    order: Order
    action: ActionState
    claimed_seconds: float
    """When it was claimed, by the worker's steady clock."""


class Finished(NamedTuple):
    """An attempt, and what came of it."""

    taken: Taken
    outcome: Outcome


class Worker:
    """The steps of one worker process. Not to be shared between tasks, but for `carry_out`.

    What time it is, the database says; the steady clock only counts the seconds since a claim.
    """

    def __init__(
        self,
        *,
        name: str,
        work: Work,
        recorder: CommandRecorder,
        orders: OrderStore,
        executors: Mapping[str, Executor],
        steady_seconds: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self.name = name
        self._work = work
        self._recorder = recorder
        self._orders = orders
        self._executors = executors
        self._steady_seconds = steady_seconds
        self._chance = chance
        self._claimed: list[Claimed] = []
        self._claimed_seconds = 0.0
        self._in_hand: set[tuple[str, str, int, int]] = set()

    async def take(self, room: Room) -> list[Taken]:
        """Begin what is due, and of that what the orders still want.

        After an operating error some may be begun and some not: the next call asks for those
        same again, before it claims any other.
        """
        await self._claim(room)
        answers = await self._record([self._start(item) for item in self._claimed])
        begun = [
            item
            for item, answer in zip(self._claimed, answers, strict=True)
            if answer and not answer.rejection and _attempt(item) not in self._in_hand
        ]
        loaded = await self._orders.load([item.stream for item in begun])
        self._claimed = []
        orders = [loaded[item.stream].order for item in begun]
        paired = [self._taken(item, order) for item, order in zip(begun, orders, strict=True)]
        taken = [one for one in paired if one is not None]
        self._in_hand |= {_attempt(one.item) for one in taken}
        return taken

    async def carry_out(self, taken: Taken) -> Outcome:
        """Make one attempt; whatever happens is an outcome, a mistake of ours too."""
        refusal = refused(taken.order, taken.action)
        if refusal is not None:
            return refusal
        executor = self._executors[taken.action.kind]
        task = Task(order=taken.order, action=taken.action, now=self._now(taken))
        try:
            outcome = await executor.execute(task)
            assert isinstance(outcome, Outcome), type(outcome)
            msgspec.json.encode(outcome)  # what cannot be written down must not hold up the others
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except Exception as problem:  # noqa: BLE001 - one action's mistake must not stop the others
            kind = taken.action.kind
            log_mistake("executor_mistake", problem, **_named(taken.item), kind=kind)
            return INTERNAL_ERROR
        return outcome

    async def report(self, finished: Sequence[Finished]) -> None:
        """Record outcomes; after an operating error the same may be reported again."""
        answers = await self._record([self._told(one) for one in finished])
        for one, answer in zip(finished, answers, strict=True):
            item = one.taken.item
            if answer and answer.rejection:
                logger.error("outcome_refused", **_named(item), code=answer.rejection.code)
        self._in_hand -= {_attempt(one.taken.item) for one in finished}

    async def leave(self) -> None:
        """Give back what was claimed and perhaps not begun; the orders know which."""
        if self._claimed:
            await self._work.release(self._claimed)

    async def _claim(self, room: Room) -> None:
        if not self._claimed:
            self._claimed = await self._work.claim(self._executors.keys(), room)
            self._claimed_seconds = self._steady_seconds()

    def _now(self, taken: Taken) -> datetime:
        passed = self._steady_seconds() - taken.claimed_seconds
        return taken.item.claimed_at + timedelta(seconds=passed)

    def _taken(self, item: Claimed, order: Order) -> Taken | None:
        """Pair them, unless a newer run has taken the attempt's place meanwhile."""
        action = order.actions_by_id[item.action_id]
        is_current = (action.run, action.attempt) == (item.run, item.attempt)
        return Taken(item, order, action, self._claimed_seconds) if is_current else None

    async def _record(self, requests: Sequence[OrderRequest]) -> list[Answered | None]:
        """Record what can be; halves find the orders that cannot be read, which stop no others."""
        try:
            return [*await self._recorder.record(requests)] if requests else []
        except UNREADABLE as problem:
            if len(requests) == 1:
                self._log_unreadable(requests[0], problem)
                return [None]
        middle = len(requests) // 2
        return [*await self._record(requests[:middle]), *await self._record(requests[middle:])]

    def _start(self, item: Claimed) -> OrderRequest:
        wish = StartAction(
            now=item.claimed_at,
            action_id=item.action_id,
            run=item.run,
            attempt=item.attempt,
            worker=self.name,
        )
        return OrderRequest(item.stream, wish, _metadata(item, "start"))

    def _told(self, one: Finished) -> OrderRequest:
        wish = outcome_command(
            one.taken.action, one.outcome, now=self._now(one.taken), jitter=self._chance()
        )
        return OrderRequest(one.taken.item.stream, wish, _metadata(one.taken.item, "report"))

    def _log_unreadable(self, request: OrderRequest, problem: Exception) -> None:
        what = type(problem).__name__
        logger.error("order_unreadable", attempt=request.metadata.command_id, problem=what)


def _named(item: Claimed) -> dict[str, str | int]:
    """Name an attempt in the log."""
    return {
        "stream": item.stream,
        "action": item.action_id,
        "run": item.run,
        "attempt": item.attempt,
    }


def _attempt(item: Claimed) -> tuple[str, str, int, int]:
    return (item.stream, item.action_id, item.run, item.attempt)


def _metadata(item: Claimed, what: str) -> Metadata:
    order_id = item.stream.rpartition("/")[2]
    run = f"{order_id}/{item.action_id}/{item.run}"
    return Metadata(
        actor=ACTOR,
        correlation_id=run,
        causation_id=run,
        command_id=f"{run}/{item.attempt}/{what}",
    )
