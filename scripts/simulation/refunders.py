"""What people do about refunds: ask for them in every way, pay by hand, say what others were for.

The rule to know: a person acts on the order as it is shown, and may be too late.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.identifiers import LineId, RefundId
from domain.order.commands.refunds import AllocateExternalRefund, LineRefund, RequestRefund
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.decide import OrderWish
from domain.order.parts import ExternalRefund, Payment, Refund, TransferState
from domain.order.refundable import refundable
from domain.order.state import Order
from scripts.simulation.paying import charge_of
from scripts.simulation.providers import Bank, BankRefund

CLERK = "tero"
PART = 1_500
CONFIGURED = frozenset({"stripe", "paytrail"})


class Ticks(Struct, frozen=True, kw_only=True):
    """Three ticks of a dialog; what each means depends on the button."""

    first: bool
    second: bool
    third: bool


def recorded_only(command_id: str, ticks: Ticks, order: Order, now: datetime) -> OrderWish:
    """Take all of the first line out of the order's data, or a part of each, and access away."""
    lines = [line.line_id for line in order.lines]
    amounts = dict.fromkeys(lines, 500) if ticks.first else dict.fromkeys(lines[:1], 10_000)
    return RequestRefund(
        now=now,
        refund_id=RefundId(command_id),
        by=CLERK,
        lines=_lines(amounts, remove_access=not ticks.first),
        refund_payments=False,
        remove_offer_access=ticks.second,
    )


def paid_back(command_id: str, ticks: Ticks, order: Order, now: datetime) -> OrderWish:
    """Give back all that is left, or a part of each line, or what is above the total."""
    left = refundable(order)
    whole = {line.line_id: line.maximum for line in left.lines if line.maximum}
    part = {line_id: min(PART, maximum) for line_id, maximum in whole.items()}
    return RequestRefund(
        now=now,
        refund_id=RefundId(command_id),
        by=CLERK,
        lines=_lines(whole if ticks.first else part, remove_access=ticks.first),
        excess=left.excess if ticks.third else 0,
        refund_payments=True,
        providers=CONFIGURED if ticks.second or ticks.first else frozenset({"stripe"}),
    )


def paid_by_hand(
    order: Order, banks: Mapping[str, Bank], ticks: Ticks, now: datetime
) -> OrderWish | None:
    """Pay one owed transfer back in the provider's dashboard, and say so, perhaps without its name."""
    owed = [(refund, transfer) for refund in order.refunds for transfer in refund.owed]
    if not owed:
        return None
    refund, transfer = owed[0 if ticks.first else -1]
    payment = order.payments_by_id[transfer.payment_id]
    done = banks[payment.provider].by_hand(
        charge_of(order, payment), transfer.amount.amount, now, is_certain=True
    )
    if not isinstance(done, BankRefund):
        return None
    wish = confirmation(refund, transfer, done, now)
    return replace(wish, reference="") if ticks.third else wish


def confirmation(
    refund: Refund, transfer: TransferState, done: BankRefund, now: datetime
) -> ConfirmManualRefund:
    """Say that the money is back."""
    return ConfirmManualRefund(
        now=now,
        refund_id=refund.refund_id,
        transfer_id=transfer.transfer_id,
        by=CLERK,
        reference=done.reference,
    )


def refund_in_dashboard(
    order: Order, banks: Mapping[str, Bank], ticks: Ticks, now: datetime
) -> None:
    """Pay back in the provider's dashboard, and tell the ledger nothing."""
    payment = _received(order, ticks)
    if payment is not None:
        amount = payment.amount.amount if ticks.second else min(PART, payment.amount.amount)
        waiting = _waiting(order, payment)
        amount = waiting[0].amount.amount if waiting and (ticks.first or ticks.third) else amount
        banks[payment.provider].by_hand(charge_of(order, payment), amount, now)


def _waiting(order: Order, payment: Payment) -> list[TransferState]:
    """Find what a payment's own refund would settle: what is owed, or recorded only."""
    return [
        transfer
        for refund, transfer in order.transfers
        if refund.is_in_force and transfer.payment_id == payment.payment_id
        if transfer in refund.owed or transfer.is_recorded_only
    ]


def allocated(command_id: str, order: Order, now: datetime) -> OrderWish | None:
    """Say which lines a provider's own refund was for, as far as they go."""
    external = next((one for one in order.external_refunds if one.is_unallocated), None)
    if external is None:
        return None
    settles = _by_word(order, external)
    left, amounts = 0 if settles else external.amount.amount, {}
    for line in refundable(order).lines:
        part = min(left, line.left)
        left -= part
        if part:
            amounts[line.line_id] = part
    return AllocateExternalRefund(
        now=now,
        external_refund_id=external.external_refund_id,
        refund_id=RefundId(command_id),
        by=CLERK,
        lines=_lines(amounts, remove_access=False),
        settles=settles,
    )


def _by_word(order: Order, external: ExternalRefund) -> RefundId | None:
    """Find a refund that was paid back by hand, and nobody said under which name."""
    equal = (external.payment_id, external.amount)
    return next(
        (
            refund.refund_id
            for refund, transfer in order.transfers
            if transfer.is_vouched_for and (transfer.payment_id, transfer.amount) == equal
        ),
        None,
    )


def _received(order: Order, ticks: Ticks) -> Payment | None:
    received = [payment for payment in order.payments if payment.is_received]
    return received[0 if ticks.first else -1] if received else None


def _lines(amounts: Mapping[LineId, int], *, remove_access: bool) -> tuple[LineRefund, ...]:
    return tuple(
        LineRefund(line_id=line_id, amount=amount, remove_access=remove_access)
        for line_id, amount in amounts.items()
    )
