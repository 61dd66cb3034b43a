"""One customer of a shop: orders, money and access, read by email.

The rule to know: what is listed is bounded and says so; the sums are of all orders.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from adapters.postgres.query import fetch
from adapters.reading.order_reader import OrderReader
from adapters.reading.order_rows import OrderSummary, summary_of
from adapters.web.customers.access_held import (
    HeldAccess,
    SparedAccess,
    held_access,
    spared_access,
)
from adapters.web.customers.queries import (
    CustomerMatch,
    customers_matching,
    orders_of,
    totals_of,
)
from adapters.web.parts import PageParts
from domain.identifiers import OrderId, ShopId
from domain.money import Money
from domain.order.state import Order
from projections.grants.queries import GrantListed, access_of
from projections.order_view.payment_details import PaymentDetails, payment_details
from projections.order_view.refund_details import RefundDetails, refund_details
from projections.order_view.view import fold
from projections.orders.projection import OrderRow

ORDERS_MAX = 50
MATCHES_MAX = 20


class CustomerTotal(Struct, frozen=True, kw_only=True):
    """What all orders come to in one currency."""

    orders: int
    received: Money
    refunded: Money


class OrderPayment(Struct, frozen=True, kw_only=True):
    """A payment, and whose it is."""

    order_id: OrderId
    number: str
    payment: PaymentDetails


class OrderRefund(Struct, frozen=True, kw_only=True):
    """A refund, and whose it is."""

    order_id: OrderId
    number: str
    refund: RefundDetails


class CustomerView(Struct, frozen=True, kw_only=True):
    """Everything about one email."""

    email: str
    name: str
    """By the newest order."""
    totals: tuple[CustomerTotal, ...]
    orders: tuple[OrderSummary, ...]
    are_more: bool
    """Older orders are not listed, nor are their payments and refunds."""
    payments: tuple[OrderPayment, ...]
    refunds: tuple[OrderRefund, ...]
    access: tuple[HeldAccess, ...]
    spared: tuple[SparedAccess, ...]


class Matches(Struct, frozen=True, kw_only=True):
    """Customers whose email has a part."""

    customers: tuple[CustomerMatch, ...]
    are_more: bool


async def find_matches(parts: PageParts, shop: ShopId, part: str) -> Matches:
    """List the customers whose email has this part."""
    found = await fetch(parts.pool, customers_matching(shop, part, MATCHES_MAX + 1))
    return Matches(customers=tuple(found[:MATCHES_MAX]), are_more=len(found) > MATCHES_MAX)


async def read_customer(parts: PageParts, shop: ShopId, email: str) -> CustomerView | None:
    """Read all about who has exactly this email, in any case; None if nobody bought with it."""
    rows = await fetch(parts.pool, orders_of(shop, email, ORDERS_MAX + 1))
    if not rows:
        return None
    listed = rows[:ORDERS_MAX]
    orders = await _orders(parts.order_reader, shop, listed)
    grants = await _grants(parts, shop, orders)
    totals = await fetch(parts.pool, totals_of(shop, email))
    newest = rows[0]
    return CustomerView(
        email=newest.email,
        name=f"{newest.first_name} {newest.last_name}".strip(),
        totals=tuple(
            CustomerTotal(
                orders=one.orders,
                received=Money(one.received, one.currency),
                refunded=Money(one.refunded, one.currency),
            )
            for one in totals
        ),
        orders=tuple(summary_of(row) for row in listed),
        are_more=len(rows) > ORDERS_MAX,
        payments=_payments(orders),
        refunds=_refunds(orders),
        access=held_access(grants),
        spared=spared_access(orders),
    )


async def _orders(reader: OrderReader, shop: ShopId, rows: Iterable[OrderRow]) -> list[Order]:
    return [fold(await reader.facts(shop, row.order_id)) for row in rows]


async def _grants(parts: PageParts, shop: ShopId, orders: Iterable[Order]) -> list[GrantListed]:
    keys = {order.customer_key for order in orders if order.customer_key}
    return [
        grant for key in sorted(keys) for grant in await fetch(parts.pool, access_of(shop, key))
    ]


def _payments(orders: Sequence[Order]) -> tuple[OrderPayment, ...]:
    return tuple(
        OrderPayment(order_id=order.order_id, number=order.number, payment=payment_details(payment))
        for order in orders
        if order.order_id
        for payment in reversed(order.payments)
    )


def _refunds(orders: Sequence[Order]) -> tuple[OrderRefund, ...]:
    return tuple(
        OrderRefund(
            order_id=order.order_id,
            number=order.number,
            refund=refund_details(refund, order, {line.line_id: line.name for line in order.lines}),
        )
        for order in orders
        if order.order_id
        for refund in reversed(order.refunds)
    )
