"""The row of the orders table: what its columns and filters need, and no more.

An order that was only opened has no number, no customer and no total yet: empty text and 0.
"""

from datetime import datetime

from domain.order.stages import OrderStatus, PaymentStage, PaymentStatus
from domain.order.state import Order
from domain.order.values import Customer, LineKind
from projections.row_model import ModelRow, RowModel


class OrderRow(ModelRow, frozen=True, kw_only=True):
    """One order. Amounts are minor units of its currency."""

    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    created_at: datetime
    email: str
    """Empty before the billing form, and for ever once the customer is erased; so are the names."""
    first_name: str
    last_name: str
    currency: str
    total: int
    """The original less the refunds in force."""
    original_total: int
    refunded: int
    """The refunds in force."""
    received: int
    is_paid: bool
    products: tuple[str, ...]
    order_bumps: tuple[str, ...]
    pre_upsells: tuple[str, ...]
    payment_provider: str
    """Of the payment that paid, else of the latest; empty when nobody tried to pay."""
    payment_method: str
    payment_stage: PaymentStage | None
    source: str
    tags: tuple[str, ...]
    discount_codes: tuple[str, ...]
    country: str
    is_imported: bool


NOBODY = Customer(email="")


def row(order: Order, version: int, position: int) -> OrderRow:
    """Show an order as it stands after the event of this version and position."""
    assert order.order_id, "an order's first fact is that it was started"
    assert order.created_at
    assert order.link
    customer = order.customer or NOBODY
    payment = order.shown_payment
    return OrderRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        created_at=order.created_at,
        email=customer.email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        currency=order.currency,
        total=order.total,
        original_total=order.original_total,
        refunded=order.refunded_total,
        received=order.received_total,
        is_paid=order.is_paid,
        products=_names(order, LineKind.PRODUCT),
        order_bumps=_names(order, LineKind.ORDER_BUMP),
        pre_upsells=_names(order, LineKind.PRE_UPSELL),
        payment_provider=payment.provider if payment else "",
        payment_method=payment.method if payment else "",
        payment_stage=payment.status if payment else None,
        source=order.link.source,
        tags=order.link.tags,
        discount_codes=tuple(discount.code for discount in order.discounts),
        country=order.country,
        is_imported=order.is_imported,
    )


def _names(order: Order, kind: LineKind) -> tuple[str, ...]:
    return tuple(line.name for line in order.lines if line.kind is kind)


ORDERS = RowModel(
    name="orders",
    table="read_models.orders_v1",
    row_type=OrderRow,
    row=row,
    personal=frozenset({"OrderPlaced", "OrderRevised"}),
)
