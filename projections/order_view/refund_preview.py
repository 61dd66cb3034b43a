"""What a refund would do, before anybody decides: how much can go back, to where, and how.

The rule to know: the request itself is decided on, dry. What the preview shows is what the same
request then records, and a request that would be refused is refused here.
"""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from domain.identifiers import ActionId
from domain.money import Money
from domain.order.access import can_remove_offer_access
from domain.order.commands.refunds import RequestRefund
from domain.order.completing import fold
from domain.order.events import RefundRequested
from domain.order.refundable import refundable
from domain.order.refunds import amount_of, gives_nothing, request_refund
from domain.order.rejections import require_placed
from domain.order.removal_wishes import lines_refunded_in_full
from domain.order.state import Order
from domain.order.values import Justification
from projections.order_view.access_preview import (
    NOTHING_SPARED,
    AccessPreview,
    access_previews,
)
from projections.order_view.general import customer_named
from projections.order_view.line_preview import LinePreview, line_previews
from projections.order_view.refund_limits import refund_limits
from projections.order_view.refund_telling import telling_of
from projections.order_view.transfer_preview import TransferPreview, in_short, transfer_previews


class RefundPreview(Struct, frozen=True, kw_only=True):
    """What a refund would come to."""

    order_id: UUID
    number: str
    customer: str
    """Whose money it is, by name and email; "" once they are erased."""
    refund_payments: bool
    lines: tuple[LinePreview, ...]
    returnable: Money
    """The most that can be returned over all lines and the excess."""
    excess_maximum: Money
    """Money above the order's total that can be returned."""
    excess: Money
    """What is asked for of it."""
    amount: Money
    """All that is asked for."""
    limits: tuple[str, ...]
    """Why less can go back than the lines were sold for."""
    transfers: tuple[TransferPreview, ...]
    accesses: tuple[AccessPreview, ...]
    can_remove_offer_access: bool
    remove_offer_access: bool
    says: str
    """In short: what happens to the money."""
    telling: str
    """Whether the customer is told; "" where nothing is asked for."""


def refund_preview(
    order: Order, wish: RequestRefund, spared: Mapping[ActionId, Justification] = NOTHING_SPARED
) -> RefundPreview:
    """Show what a request would come to; raise the Rejection that it would meet.

    One that asks for nothing shows what could be asked for.
    """
    require_placed(order)
    assert order.order_id, "an order's first fact is that it was started"
    requested = None if gives_nothing(wish) else _requested(order, wish)
    now, amount = refundable(order), Money(amount_of(wish), order.currency)
    transfers = tuple(transfer_previews(order, requested)) if requested else ()
    accesses = _accesses(order, wish, requested, spared)
    return RefundPreview(
        order_id=order.order_id,
        number=order.number,
        customer=customer_named(order.customer),
        refund_payments=wish.refund_payments,
        lines=tuple(line_previews(order, wish, requested)),
        returnable=Money(now.returnable, order.currency),
        excess_maximum=Money(now.excess, order.currency),
        excess=Money(wish.excess, order.currency),
        amount=amount,
        limits=tuple(refund_limits(order)),
        transfers=transfers,
        accesses=accesses,
        can_remove_offer_access=can_remove_offer_access(order),
        remove_offer_access=wish.remove_offer_access,
        says=in_short(amount, transfers, refund_payments=wish.refund_payments),
        telling=telling_of(order, [requested] if requested else []),
    )


def _requested(order: Order, wish: RequestRefund) -> RefundRequested:
    first = request_refund(wish, order)[0]
    assert isinstance(first, RefundRequested), "a refund that is previewed is a new one"
    return first


def _accesses(
    order: Order,
    wish: RequestRefund,
    requested: RefundRequested | None,
    spared: Mapping[ActionId, Justification],
) -> tuple[AccessPreview, ...]:
    after = fold(order, [requested] if requested else [], wish.now)
    return access_previews(
        order,
        after.refunds_by_id.get(wish.refund_id) if requested else None,
        wish.now,
        in_full=lines_refunded_in_full(wish.lines, order),
        spared=spared,
    )
