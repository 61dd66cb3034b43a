"""The port of payment providers over a bank in memory, with what goes wrong on the way.

The rule to know: what was sent may take hold although its sender never hears of it, also later.
"""

from datetime import timedelta

from domain.identifiers import order_stream
from domain.order.parts import Payment
from domain.order.state import Order
from processors.refund_provider import (
    InProgress,
    NotKnown,
    Refused,
    Returned,
    Standing,
    TransferTask,
)
from scripts.simulation.providers import Bank, BankRefund, Charge, Status
from scripts.simulation.scheduler import Place, Scheduler

TIME_LIMIT = timedelta(seconds=30)
SLOW = timedelta(seconds=20)
AWAY = NotKnown(code="connection_refused", was_asked=False)


class SimulatedProvider:
    """One process's way to a bank."""

    def __init__(self, bank: Bank, scheduler: Scheduler, *, finds_by_key: bool) -> None:
        self._bank = bank
        self._scheduler = scheduler
        self._finds_by_key = finds_by_key

    async def refund(self, task: TransferTask) -> Standing:
        """Ask for the transfer."""
        await Place("ask")
        if self._bank.is_away(self._scheduler.time):
            return self._scheduler.random.choice((AWAY, NotKnown(code="http_503")))
        trouble = self._trouble(("refuse", "fail", "hang", "slow", "reset"))
        match trouble:
            case "refuse":
                answer = self._bank.refuse(self.key(task), "declined", self._scheduler.time)
                return _standing(answer)
            case "fail":
                return NotKnown(code="http_503")
            case "hang":
                await Place("ask hangs", until=self._scheduler.time + TIME_LIMIT)
                return NotKnown(code="timeout")
            case "slow":
                await Place("ask is slow", until=self._scheduler.time + SLOW)
            case _:
                pass

        def take_hold() -> BankRefund | str:
            charge = charge_of(task.order, task.payment)
            amount = task.transfer.amount.amount
            meant_for = task.transfer.key
            return self._bank.ask(self.key(task), charge, amount, self._scheduler.time, meant_for)

        await Place("ask under way", under_way=take_hold)
        answer = take_hold()
        await Place("asked")
        is_lost = trouble == "reset" or self._bank.drops_answer()
        return NotKnown(code="connection_lost") if is_lost else _standing(answer)

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Look the transfer up."""
        await Place("look up")
        is_away = self._bank.is_away(self._scheduler.time)
        if is_away or self._trouble(("fail", "hang")) is not None:
            return NotKnown(code="http_503")
        self._bank.settle(self._scheduler.time)
        found = self._bank.get(task.transfer.reference)
        if found is None and not self._finds_by_key:
            return NotKnown(code="not_found_by_stamp")
        found = found or self._bank.find(self.key(task))
        await Place("looked up")
        return None if found is None else _standing(found)

    def key(self, task: TransferTask) -> str:
        """Say under which key it is asked for: its own, for ever."""
        return task.transfer.key

    def _trouble(self, names: tuple[str, ...]) -> str | None:
        chance = self._scheduler.random.random()
        for name in names:
            rate: float = getattr(self._scheduler.faults, name)
            if chance < rate:
                self._scheduler.injected[name] += 1
                return name
            chance -= rate
        return None


def charge_of(order: Order, payment: Payment) -> Charge:
    """Say what a provider knows of a payment."""
    assert order.order_id is not None, "it has a payment"
    return Charge(
        stream=order_stream(order.shop, order.order_id),
        payment_id=payment.payment_id,
        transaction_id=payment.transaction_id,
        amount=payment.amount.amount,
    )


def _standing(answer: BankRefund | str) -> Standing:
    if isinstance(answer, str):
        return Refused(code=answer)
    match answer.status:
        case Status.PENDING:
            return InProgress(reference=answer.reference)
        case Status.DONE:
            return Returned(reference=answer.reference)
        case _:
            return Refused(code="failed_later")
