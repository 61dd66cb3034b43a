"""Decide on a person's wish to refund: nothing is returned twice, also not by two at once.

Asked dry, the decision tells how the money of each payment would go back.
"""

from domain.money import Money
from domain.order.commands.refunds import RequestRefund
from domain.order.events import OrderFact, RefundRequested, RefundTransferred
from domain.order.issuing import settled
from domain.order.matching import unallocated_equal_to
from domain.order.parts import Refund
from domain.order.refund_lines import refunded_lines
from domain.order.refundable import Refundable, refundable
from domain.order.rejections import RefundDiffers, require_fit, require_placed
from domain.order.removal_wishes import lines_losing_access, require_offer_access
from domain.order.state import Order
from domain.order.transfer_plan import planned_transfers, recorded_transfers
from domain.order.values import FreeText, Transfer, TransferMethod
from domain.phrase import say
from domain.rejection import Rejection


class NothingToRefund(Rejection):
    """A refund gives something back or takes access away."""

    code = "nothing_to_refund"

    def __init__(self) -> None:
        super().__init__(say("The refund gives nothing back and removes no access."))


class NothingByHand(Rejection):
    """What is recorded only is paid back by nobody."""

    code = "nothing_by_hand"

    def __init__(self) -> None:
        super().__init__(
            say("Recorded only, nothing is paid back by hand either; ask for one of the two.")
        )


class RefundableChanged(Rejection):
    """What a person decided on is no longer so."""

    code = "refundable_changed"

    def __init__(self, line_id: str, maximum: Money) -> None:
        super().__init__(
            say(
                "The most that line {line_id!r} can be refunded is now {maximum}.",
                line_id=line_id,
                maximum=maximum,
            )
        )


class OverReturnable(Rejection):
    """No more money goes back than is left of what came in."""

    code = "over_returnable"

    def __init__(self, amount: Money, returnable: Money) -> None:
        super().__init__(
            say(
                "Only {returnable} can still be returned, not {amount}.",
                returnable=returnable,
                amount=amount,
            )
        )


class OverExcess(Rejection):
    """Only what is above the order's total goes back without touching lines."""

    code = "over_excess"

    def __init__(self, amount: Money, excess: Money) -> None:
        super().__init__(
            say(
                "The order has {excess} above its total, not {amount}.",
                excess=excess,
                amount=amount,
            )
        )


def request_refund(command: RequestRefund, order: Order) -> list[OrderFact]:
    """Begin a refund; it is issued at once unless a provider has to be asked."""
    require_placed(order)
    known = order.refunds_by_id.get(command.refund_id)
    if known is not None:
        if not _is_same(command, known):
            raise RefundDiffers(command.refund_id)
        return []
    _check_wish(command, order)
    lines = refunded_lines(command.lines, order)
    _check_money(command, order)
    requested = RefundRequested(
        at=command.now,
        refund_id=command.refund_id,
        lines=lines,
        transfers=_transfers(command, order),
        by=command.by,
        excess=command.excess,
        by_hand=command.by_hand,
        remove_access=lines_losing_access(command.lines, order),
        remove_offer_access=command.remove_offer_access,
        tell_customer=command.tell_customer,
        personal=FreeText(text=command.reason) if command.reason else None,
    )
    facts: list[OrderFact] = [requested, *already_back(requested, order)]
    return settled(order, command.refund_id, facts, command.now)


def already_back(requested: RefundRequested, order: Order) -> list[RefundTransferred]:
    """Find the parts of a recorded-only refund that the provider returned by itself before."""
    return [
        RefundTransferred(
            at=requested.at,
            refund_id=requested.refund_id,
            transfer_id=transfer.transfer_id,
            reference=external.external_refund_id,
        )
        for transfer in requested.transfers
        if transfer.method is TransferMethod.NONE
        and (external := unallocated_equal_to(transfer.payment_id, transfer.amount, order))
    ]


def amount_of(command: RequestRefund) -> int:
    """Say how much the wish gives back, of lines and of the excess together."""
    return sum(line.amount for line in command.lines) + command.excess


def gives_nothing(command: RequestRefund) -> bool:
    """Say whether the wish neither gives anything back nor removes access."""
    removes_access = command.remove_offer_access or any(c.remove_access for c in command.lines)
    return amount_of(command) == 0 and not removes_access


def _check_wish(command: RequestRefund, order: Order) -> None:
    require_fit(order, Money(command.excess, order.currency))
    if command.by_hand and not command.refund_payments:
        raise NothingByHand
    _check_seen(command, refundable(order), order.currency)
    if gives_nothing(command):
        raise NothingToRefund


def _check_money(command: RequestRefund, order: Order) -> None:
    now, wanted = refundable(order), amount_of(command)
    if command.excess > now.excess:
        raise OverExcess(Money(command.excess, order.currency), Money(now.excess, order.currency))
    if command.refund_payments and wanted > now.returnable:
        raise OverReturnable(Money(wanted, order.currency), Money(now.returnable, order.currency))
    if command.remove_offer_access:
        require_offer_access(order)


def _check_seen(command: RequestRefund, now: Refundable, currency: str) -> None:
    maxima = {
        line.line_id: line.most(refund_payments=command.refund_payments) for line in now.lines
    }
    for line in command.lines:
        maximum = maxima.get(line.line_id, 0)
        if line.maximum_seen not in (None, maximum):
            raise RefundableChanged(line.line_id, Money(maximum, currency))


def _transfers(command: RequestRefund, order: Order) -> tuple[Transfer, ...]:
    if not command.refund_payments:
        return recorded_transfers(order, command.refund_id, amount_of(command))
    return planned_transfers(
        order,
        command.refund_id,
        amount_of(command),
        providers=command.providers,
        by_hand=command.by_hand,
        now=command.now,
    )


def _is_same(command: RequestRefund, known: Refund) -> bool:
    asked = (
        {line.line_id: line.amount for line in command.lines},
        command.excess,
        {line.line_id for line in command.lines if line.remove_access},
        command.remove_offer_access,
        command.tell_customer,
        command.by_hand,
        command.refund_payments or not known.transfers,
    )
    return asked == (
        {line.line_id: line.amount for line in known.lines},
        known.excess,
        set(known.remove_access),
        known.remove_offer_access,
        known.tells_customer,
        known.is_by_hand,
        any(t.method is not TransferMethod.NONE for t in known.transfers) or not known.transfers,
    )
