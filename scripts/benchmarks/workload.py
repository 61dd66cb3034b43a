"""The orders that benchmarks append: nine facts each, a sealed customer, about 220 bytes a fact."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import uuid4

from adapters.postgres.codec import encode
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.rows import Append
from domain.configuration.settings import ActionLevel, ReceiptEmail
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    LineId,
    OrderId,
    PaymentId,
    ShopId,
    order_stream,
)
from domain.message import Actor, ActorKind, Metadata
from domain.money import Money
from domain.order.events import (
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    NoteAdded,
    OrderCompleted,
    OrderFact,
    OrderPlaced,
    OrderStarted,
    PaymentReceived,
    PaymentStarted,
)
from domain.order.values import Customer, Line, LineKind, Link, Offer, PlannedAction, RunCause

SHOP = ShopId("bench")
EVENTS_PER_ORDER = 9
ORDERS_PER_APPEND = 111
"""Times nine events is the largest batch below 1,000."""
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
METADATA = Metadata(
    actor=Actor(kind=ActorKind.CHECKOUT, id="bench"),
    correlation_id="bench",
    causation_id="bench",
    command_id="bench",
)
FactsOf: TypeAlias = Callable[[OrderId, CustomerKeyId, int], tuple[OrderFact, ...]]
RECEIPT = ActionId("receipt")
PAYMENT = PaymentId("pay-1")
PRICE = Money(9_900, "EUR")
LINE = Line(
    line_id=LineId("1"),
    kind=LineKind.PRODUCT,
    product_id="course-1",
    name="Watercolours for beginners",
    quantity=1,
    list_price=9_900,
    discount=0,
    gross=9_900,
    vat_rate=2_550,
    vat=2_012,
)
RECEIPT_ACTION = PlannedAction(
    action_id=RECEIPT, name="Receipt", level=ActionLevel.CHECKOUT, settings=ReceiptEmail()
)


def nine_facts(order_id: OrderId, key: CustomerKeyId, number: int) -> tuple[OrderFact, ...]:
    """Tell the story of one order: opened, filled in, paid, receipt sent, completed, noted."""
    return (
        OrderStarted(
            at=AT,
            shop=SHOP,
            order_id=order_id,
            offer=Offer(id="offer-1", name="Watercolours for beginners"),
            link=Link(id="link-1", source="newsletter", tags=("spring",)),
            currency="EUR",
        ),
        _placed(key, number),
        PaymentStarted(at=AT, payment_id=PAYMENT, provider="stripe", method="card", amount=PRICE),
        PaymentReceived(
            at=AT,
            payment_id=PAYMENT,
            provider="stripe",
            method="card",
            amount=PRICE,
            transaction_id=f"pi_{number}",
        ),
        _requested(order_id),
        ActionStarted(at=AT, action_id=RECEIPT, run=1, attempt=1, worker="bench"),
        ActionSucceeded(at=AT, action_id=RECEIPT, run=1, attempt=1),
        OrderCompleted(at=AT),
        NoteAdded(at=AT, by="bench", command_id="bench"),
    )


def _placed(key: CustomerKeyId, number: int) -> OrderPlaced:
    return OrderPlaced(
        at=AT,
        number=f"B{number:07d}",
        customer_key=key,
        country="FI",
        analytics_consent=True,
        lines=(LINE,),
        total=PRICE.amount,
        actions=(RECEIPT_ACTION,),
        personal=Customer(
            email=f"buyer{number}@example.com", first_name="Bench", last_name=f"Buyer{number}"
        ),
    )


def _requested(order_id: OrderId) -> ActionRequested:
    return ActionRequested(
        at=AT,
        action_id=RECEIPT,
        run=1,
        cause=RunCause.PAYMENT,
        key=f"{order_id}/receipt/1",
        settings=ReceiptEmail(),
        revision=0,
    )


async def order_appends(
    key_ring: KeyRing,
    orders: int,
    first: int = 0,
    facts_of: FactsOf = nine_facts,
    shop: ShopId = SHOP,
) -> AsyncIterator[list[Append]]:
    """Make batches of whole new orders, ready to be appended; the customers' keys are stored."""
    for begin in range(first, first + orders, ORDERS_PER_APPEND):
        numbers = range(begin, min(begin + ORDERS_PER_APPEND, first + orders))
        customers = [CustomerRef(shop, f"buyer{number}@example.com") for number in numbers]
        keys = await key_ring.ensure(customers)
        yield [
            _append(key_ring, keys[customer], number, facts_of, shop)
            for customer, number in zip(customers, numbers, strict=True)
        ]


def _append(
    key_ring: KeyRing, key: CustomerKeyId, number: int, facts_of: FactsOf, shop: ShopId
) -> Append:
    order_id = OrderId(uuid4())
    facts = facts_of(order_id, key, number)
    return Append(
        stream=order_stream(shop, order_id),
        expected_version=0,
        rows=tuple(encode(fact, METADATA, key_ring, key) for fact in facts),
    )
