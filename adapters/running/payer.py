"""What a payer does: take transfers to their providers, or look up where their money stands.

The rule to know: a provider is asked only once RefundTransferStarted is recorded in this payer's
name, which the order grants only where asking cannot pay twice. What it does not grant is looked
up, which moves no money. An ask that would begin late is not begun: by then the attempt may be
another's.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.log import log_mistake
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.order_store import OrderStore
from adapters.postgres.work_list import CLAIM_SECONDS, Claimed, Room
from adapters.running.hands import Finished, Hands, Work, log_refusals, named
from domain.identifiers import TransferId
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.transfers import StartTransfer, TransferWish
from domain.order.parts import TransferState
from domain.order.stages import TransferStage
from domain.order.state import Order
from domain.order.transfer_plan import refund_of
from domain.order.transfer_steps import TransferStep, look_delay, next_step, refund_kind
from processors.refund_provider import RefundProvider, Standing, TransferTask
from processors.transferring import (
    CUT_OFF,
    INTERNAL_ERROR,
    LEDGER_UNAVAILABLE,
    TOO_LATE,
    told_of_attempt,
    told_of_look,
)

ACTOR = Actor(ActorKind.SYSTEM, "payer")
ASK_WITHIN = timedelta(seconds=CLAIM_SECONDS)
"""After its claim; with the longest call this ends before the attempt's lease does."""

Found: TypeAlias = Standing | None
"""What a provider said; None of a look: it has no such refund."""


class TransferInHand(NamedTuple):
    """A transfer that this payer asks for, or asks about."""

    item: Claimed
    step: TransferStep
    task: TransferTask
    claimed_seconds: float


class Payer:
    """The steps of one payer process. Not to be shared between tasks, but for `carry_out`."""

    def __init__(
        self,
        *,
        name: str,
        work: Work,
        recorder: CommandRecorder,
        orders: OrderStore,
        providers: Mapping[str, RefundProvider],
        steady_seconds: Callable[[], float],
    ) -> None:
        self.name = name
        self._hands = Hands(work=work, recorder=recorder, steady_seconds=steady_seconds)
        self._orders = orders
        self._providers = providers
        self._kinds = [refund_kind(provider) for provider in providers]

    async def take(self, room: Room) -> list[TransferInHand]:
        """Begin what is due: an attempt where the order grants one, else a look.

        After an operating error some may be begun and some not: the next call asks for those
        same again, before it claims any other.
        """
        claimed = await self._hands.claim(self._kinds, room)
        answers = await self._hands.record([self._start(item) for item in claimed])
        answered = [
            (item, answer)
            for item, answer in zip(claimed, answers, strict=True)
            if answer and not self._hands.is_in_hand(item)
        ]
        loaded = await self._orders.load([item.stream for item, _ in answered])
        paired = [self._taken(i, answer, loaded[i.stream].order) for i, answer in answered]
        taken = [one for one in paired if one is not None]
        self._hands.begin(taken)
        return taken

    async def carry_out(self, taken: TransferInHand) -> Found:
        """Ask or look once; whatever happens is a standing, a mistake of ours too."""
        is_asking = taken.step is TransferStep.ASK
        if is_asking and self._hands.since_claim(taken) > ASK_WITHIN:
            return TOO_LATE
        provider = self._providers[taken.item.destination]
        task = replace(taken.task, now=self._hands.now(taken))
        try:
            found = await (provider.refund(task) if is_asking else provider.look_up(task))
            is_nothing_found = found is None and not is_asking
            assert isinstance(found, Standing) or is_nothing_found, type(found)
            msgspec.json.encode(found)  # what cannot be written down must not hold up the others
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except Exception as problem:  # noqa: BLE001 - one transfer's mistake must not stop the others
            log_mistake("provider_mistake", problem, **named(taken.item))
            return INTERNAL_ERROR
        return found

    def cut_off(self, taken: TransferInHand) -> Found:  # noqa: ARG002 - the same of every one
        """Say what is known of a call that was cut off."""
        return CUT_OFF

    async def report(self, finished: Sequence[Finished[TransferInHand, Found]]) -> None:
        """Record what was found out; put off what was looked up and is as it was.

        After an operating error the same may be reported again.
        """
        told = [(one.taken, self._told(one)) for one in finished]
        news = [(taken, wish) for taken, wish in told if wish is not None]
        answers = await self._hands.record([_request(taken, wish) for taken, wish in news])
        log_refusals([taken for taken, _ in news], answers)
        changed = {
            taken.item
            for (taken, _), answer in zip(news, answers, strict=True)
            if answer and answer.facts
        }
        await self._put_off([taken for taken, _ in told if taken.item not in changed])
        self._hands.end([taken for taken, _ in told])

    async def leave(self) -> None:
        """Give back what was claimed and perhaps not begun; the orders know which."""
        await self._hands.leave()

    async def _put_off(self, taken: Sequence[TransferInHand]) -> None:
        looked = [one for one in taken if one.step is TransferStep.LOOK]
        pauses = [look_delay(one.task.transfer, self._hands.now(one)) for one in looked]
        await self._hands.put_off(looked, pauses)

    def _told(self, one: Finished[TransferInHand, Found]) -> TransferWish | None:
        now = self._hands.now(one.taken)
        if one.taken.step is TransferStep.ASK and one.outcome is not None:
            return told_of_attempt(one.taken.task, one.outcome, now)
        return told_of_look(one.taken.task, one.outcome, now)

    def _taken(self, item: Claimed, answer: Answered, order: Order) -> TransferInHand | None:
        """Pair them, unless there is newer news of the transfer than the claim knew."""
        transfer_id = TransferId(item.item_id)
        refund_id = refund_of(transfer_id)
        transfer = order.transfer(refund_id, transfer_id)
        assert transfer is not None, "what waits is of the order"
        step = self._step(item, answer, transfer)
        if step is None:
            return None
        task = TransferTask(
            order=order,
            refund=order.refunds_by_id[refund_id],
            transfer=transfer,
            payment=order.payments_by_id[transfer.payment_id],
            now=item.claimed_at,
        )
        return TransferInHand(item, step, task, self._hands.claimed_seconds)

    def _step(
        self, item: Claimed, answer: Answered, transfer: TransferState
    ) -> TransferStep | None:
        if answer.rejection is None:
            here = (TransferStage.STARTED, item.attempt, self.name)
            is_ours = (transfer.stage, transfer.attempt, transfer.worker) == here
            return TransferStep.ASK if is_ours else None
        step = next_step(transfer, item.destination, item.claimed_at)
        is_next = item.attempt == transfer.attempt + 1
        return TransferStep.LOOK if is_next and step is TransferStep.LOOK else None

    def _start(self, item: Claimed) -> OrderRequest:
        transfer_id = TransferId(item.item_id)
        wish = StartTransfer(
            now=item.claimed_at,
            refund_id=refund_of(transfer_id),
            transfer_id=transfer_id,
            attempt=item.attempt,
            worker=self.name,
        )
        return OrderRequest(item.stream, wish, _metadata(item, "start"))


def _request(taken: TransferInHand, wish: TransferWish) -> OrderRequest:
    return OrderRequest(taken.item.stream, wish, _metadata(taken.item, taken.step))


def _metadata(item: Claimed, what: str) -> Metadata:
    order_id = item.stream.rpartition("/")[2]
    transfer = f"{order_id}/{item.item_id}"
    return Metadata(
        actor=ACTOR,
        correlation_id=transfer,
        causation_id=transfer,
        command_id=f"{transfer}/{item.attempt}/{what}",
    )
