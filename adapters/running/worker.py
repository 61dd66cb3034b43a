"""What a worker does: take attempts of actions, carry each out, report what came of it.

The rule to know: an attempt is begun once ActionStarted is recorded, in this worker's name, and
nothing goes outside before. Numbers of run and attempt are the fence, not the lease: whatever
comes late is refused by the order itself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.log import log_mistake
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.order_store import OrderStore
from adapters.postgres.work_list import Claimed, Room
from adapters.running.hands import Finished, Hands, Work, log_refusals, named
from domain.identifiers import ActionId
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import StartAction
from domain.order.parts import ActionState
from domain.order.state import Order
from processors.attempts import (
    INTERNAL_ERROR,
    LEDGER_UNAVAILABLE,
    cut_off,
    outcome_command,
    refused,
)
from processors.ports import Executor, Outcome, Task

ACTOR = Actor(ActorKind.SYSTEM, "worker")


class Taken(NamedTuple):
    """An attempt that this worker has begun."""

    item: Claimed
    order: Order
    action: ActionState
    claimed_seconds: float


class Worker:
    """The steps of one worker process. Not to be shared between tasks, but for `carry_out`."""

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
        self._hands = Hands(work=work, recorder=recorder, steady_seconds=steady_seconds)
        self._orders = orders
        self._executors = executors
        self._chance = chance

    async def take(self, room: Room) -> list[Taken]:
        """Begin what is due, and of that what the orders still want.

        After an operating error some may be begun and some not: the next call asks for those
        same again, before it claims any other.
        """
        claimed = await self._hands.claim(self._executors.keys(), room)
        answers = await self._hands.record([self._start(item) for item in claimed])
        begun = [
            item
            for item, answer in zip(claimed, answers, strict=True)
            if answer and not answer.rejection and not self._hands.is_in_hand(item)
        ]
        loaded = await self._orders.load([item.stream for item in begun])
        paired = [self._taken(item, loaded[item.stream].order) for item in begun]
        taken = [one for one in paired if one is not None]
        self._hands.begin(taken)
        return taken

    async def carry_out(self, taken: Taken) -> Outcome:
        """Make one attempt; whatever happens is an outcome, a mistake of ours too."""
        refusal = refused(taken.order, taken.action)
        if refusal is not None:
            return refusal
        executor = self._executors[taken.action.kind]
        task = Task(order=taken.order, action=taken.action, now=self._hands.now(taken))
        try:
            outcome = await executor.execute(task)
            assert isinstance(outcome, Outcome), type(outcome)
            msgspec.json.encode(outcome)  # what cannot be written down must not hold up the others
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except Exception as problem:  # noqa: BLE001 - one action's mistake must not stop the others
            log_mistake("executor_mistake", problem, **named(taken.item))
            return INTERNAL_ERROR
        return outcome

    def cut_off(self, taken: Taken) -> Outcome:
        """Say what is known of an attempt that was cut off."""
        return cut_off(taken.action)

    async def report(self, finished: Sequence[Finished[Taken, Outcome]]) -> None:
        """Record outcomes; after an operating error the same may be reported again."""
        taken = [one.taken for one in finished]
        log_refusals(taken, await self._hands.record([self._told(one) for one in finished]))
        self._hands.end(taken)

    async def leave(self) -> None:
        """Give back what was claimed and perhaps not begun; the orders know which."""
        await self._hands.leave()

    def _taken(self, item: Claimed, order: Order) -> Taken | None:
        """Pair them, unless a newer run has taken the attempt's place meanwhile."""
        action = order.actions_by_id[ActionId(item.item_id)]
        is_current = (action.run, action.attempt) == (item.run, item.attempt)
        return Taken(item, order, action, self._hands.claimed_seconds) if is_current else None

    def _start(self, item: Claimed) -> OrderRequest:
        wish = StartAction(
            now=item.claimed_at,
            action_id=ActionId(item.item_id),
            run=item.run,
            attempt=item.attempt,
            worker=self.name,
        )
        return OrderRequest(item.stream, wish, _metadata(item, "start"))

    def _told(self, one: Finished[Taken, Outcome]) -> OrderRequest:
        wish = outcome_command(
            one.taken.action, one.outcome, now=self._hands.now(one.taken), jitter=self._chance()
        )
        return OrderRequest(one.taken.item.stream, wish, _metadata(one.taken.item, "report"))


def _metadata(item: Claimed, what: str) -> Metadata:
    order_id = item.stream.rpartition("/")[2]
    run = f"{order_id}/{item.item_id}/{item.run}"
    return Metadata(
        actor=ACTOR,
        correlation_id=run,
        causation_id=run,
        command_id=f"{run}/{item.attempt}/{what}",
    )
