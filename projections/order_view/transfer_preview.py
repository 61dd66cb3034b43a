"""The money of a refund before it moves: to which payment, how much, and whether by itself."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from domain.money import Money
from domain.order.events import RefundRequested
from domain.order.providers import Obstacle
from domain.order.refunds import already_back
from domain.order.state import Order
from domain.order.transfer_plan import payback_obstacle
from domain.order.values import Transfer, TransferMethod
from domain.phrase import say
from projections.order_view.payback_words import payback_says, went_back_says

NO_PROVIDERS: frozenset[str] = frozenset()


class TransferPreview(Struct, frozen=True, kw_only=True):
    """Money that would go back to one payment."""

    payment_id: str
    provider: str
    payment_method: str
    sub_method: str
    amount: Money
    method: TransferMethod
    moves_by_itself: bool
    went_back_as: str
    """The provider's id of its own refund that this was before; empty where it was none."""
    says: str


def transfer_previews(order: Order, requested: RefundRequested) -> Iterator[TransferPreview]:
    """Show the transfers that a request came to."""
    back = {fact.transfer_id: fact.reference for fact in already_back(requested, order)}
    for transfer in requested.transfers:
        payment = order.payments_by_id[transfer.payment_id]
        reference = back.get(transfer.transfer_id, "")
        yield TransferPreview(
            payment_id=transfer.payment_id,
            provider=payment.provider,
            payment_method=payment.method,
            sub_method=payment.sub_method,
            amount=transfer.amount,
            method=transfer.method,
            moves_by_itself=transfer.method is TransferMethod.PROVIDER,
            went_back_as=reference,
            says=went_back_says(payment.provider, reference)
            if reference
            else planned_says(order, requested, transfer),
        )


def planned_says(order: Order, requested: RefundRequested, transfer: Transfer) -> str:
    """Say how a planned transfer's money goes back, on the order as the request found it.

    What the shop had configured then need not be known: it comes last among the obstacles.
    """
    payment = order.payments_by_id[transfer.payment_id]
    obstacle = (
        Obstacle.BY_HAND
        if requested.by_hand
        else payback_obstacle(
            order, transfer.payment_id, transfer.amount, providers=NO_PROVIDERS, now=requested.at
        )
    )
    return payback_says(transfer.method, payment, transfer.amount, obstacle)


def in_short(total: Money, transfers: Sequence[TransferPreview], *, refund_payments: bool) -> str:
    """Say in one sentence what happens to the money."""
    if total.amount == 0:
        return say("No money goes back.")
    went_back = Money(sum(t.amount.amount for t in transfers if t.went_back_as), total.currency)
    if went_back.amount:
        return say(
            "{total} is recorded as refunded; {went_back} of it went back already.",
            total=total,
            went_back=went_back,
        )
    if not refund_payments:
        return say("{total} is recorded as refunded, and no money is returned.", total=total)
    by_hand = sum(one.amount.amount for one in transfers if not one.moves_by_itself)
    if by_hand == 0:
        return say("{total} goes back by itself.", total=total)
    if by_hand == total.amount:
        return say("{total} must be paid back by hand: no money moves by itself.", total=total)
    rest, hand = (Money(part, total.currency) for part in (total.amount - by_hand, by_hand))
    return say(
        "{rest} goes back by itself; {hand} must be paid back by hand.", rest=rest, hand=hand
    )
