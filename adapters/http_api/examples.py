"""One made-up order, folded by the real fold, so that no example can say what no answer would."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import asdict

from adapters.commands.rerun_answer import RerunAnswer
from adapters.http_api.messages import MessagePage, MessageShown, MessageShownPage
from adapters.messaging.queries import MessageRow
from adapters.messaging.verdicts import Outcome
from adapters.reading.order_reader import History
from adapters.reading.order_rows import (
    AttentionPage,
    CausePage,
    Count,
    OrderPage,
    ShownCause,
    attention_orders,
    listed_orders,
)
from adapters.shops.settings import ShopSettings
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
from domain.message import Actor, ActorKind, Metadata, Recorded
from domain.money import Money
from domain.order.attention import AttentionKind
from domain.order.events import OrderFact, OrderPlaced, OrderStarted, PaymentReceived
from domain.order.values import Customer, Line, LineKind, Link, Offer, PlannedAction
from projections.attention.projection import row as attention_row
from projections.attention.queries import AttentionListed
from projections.attention.rerun_targets import Chosen
from projections.order_view.history import history
from projections.order_view.view import fold, view
from projections.orders.projection import row as order_row
from projections.orders.queries import OrderListed

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GRACE = ShopSettings().grace
NOW = AT + timedelta(minutes=10)
SHOP = ShopId("kauppa")
ORDER_ID = OrderId(UUID("0192e4a1-7c3b-4d5e-8f60-718293a4b5c6"))
MESSAGE_ID = "evt-0192e4a1"

STARTED = OrderStarted(
    at=AT,
    shop=SHOP,
    order_id=ORDER_ID,
    offer=Offer(id="watercolours", name="Watercolours from the beginning"),
    link=Link(id="autumn", source="newsletter", tags=("autumn",)),
    currency="EUR",
)
PLACED = OrderPlaced(
    at=AT + timedelta(minutes=1),
    number="2026-1042",
    customer_key=CustomerKeyId(UUID(int=0)),
    country="FI",
    analytics_consent=True,
    lines=(
        Line(
            line_id=LineId("1"),
            kind=LineKind.PRODUCT,
            product_id="watercolours",
            name="Watercolours from the beginning",
            quantity=1,
            list_price=34_700,
            discount=0,
            gross=34_700,
            vat_rate=2_550,
            vat=7_051,
        ),
    ),
    total=34_700,
    actions=(
        PlannedAction(
            action_id=ActionId("receipt"),
            name="Receipt",
            level=ActionLevel.CHECKOUT,
            settings=ReceiptEmail(),
        ),
    ),
    personal=Customer(email="maija@example.com", first_name="Maija", last_name="Meikäläinen"),
)
PAID = PaymentReceived(
    at=AT + timedelta(minutes=2),
    payment_id=PaymentId("pay-1"),
    provider="stripe",
    method="card",
    amount=Money(34_700, "EUR"),
    transaction_id="ch_3Q1",
)


def _recorded(version: int, fact: OrderFact) -> Recorded[OrderFact]:
    return Recorded(
        event_id=UUID(int=version),
        stream=order_stream(SHOP, ORDER_ID),
        version=version,
        position=version,
        recorded_at=fact.at,
        metadata=Metadata(
            actor=Actor(ActorKind.CHECKOUT, SHOP),
            correlation_id=MESSAGE_ID,
            causation_id=MESSAGE_ID,
            command_id=MESSAGE_ID,
        ),
        event=fact,
    )


FACTS = [_recorded(1, STARTED), _recorded(2, PLACED), _recorded(3, PAID)]
ROW = asdict(order_row(fold(FACTS), len(FACTS), len(FACTS)))
WAITING = filter(None, [attention_row(fold(FACTS), len(FACTS), len(FACTS))])
MESSAGE = MessageRow(
    held_id=7,
    shop=SHOP,
    message_id=MESSAGE_ID,
    outcome=Outcome.PARKED,
    code="not_placed",
    reason="The order has not been placed yet.",
    type="payment.received.v1",
    stream=order_stream(SHOP, ORDER_ID),
    received_at=AT,
    last_seen_at=AT,
    times_seen=1,
    body_bytes=2,
    needs_look=False,
    facts=(),
)


LISTED = OrderListed(**ROW, needs_attention=True)
ASKING = [AttentionListed(**ROW, due_at=NOW, problems=one.problems) for one in WAITING]

EXAMPLES: Mapping[str, object] = {
    "listOrders": OrderPage(
        orders=listed_orders([LISTED]),
        count=Count(count=1, more=False),
        next_cursor=None,
    ),
    "showOrder": view(FACTS, NOW, GRACE),
    "orderHistory": History(tuple(history(FACTS))),
    "listAttention": AttentionPage(count=1, orders=attention_orders(ASKING, NOW, GRACE)),
    "listCauses": CausePage(
        causes=(
            ShownCause(
                cause_id=ASKING[0].problems[0].cause,
                kind=AttentionKind.ACTION_UNFINISHED,
                code="http_503",
                error="http_503",
                action_kind="webhook",
                destination="crm.example.com",
                orders=12,
                actions=12,
                running=0,
                since=AT,
                due_at=AT + GRACE,
                numbers=("2026-1042", "2026-1043"),
                newer_settings=12,
            ),
        )
    ),
    "rerunMany": RerunAnswer(
        is_dry_run=False,
        requested=(Chosen(order_id=ORDER_ID, action_id=ActionId("receipt")),),
        refused=(),
        remaining=11,
        needs_force=0,
        fires=(),
        position=4_711,
        by="laura",
        recorded_at=NOW,
        is_repeat=False,
    ),
    "listMessages": MessagePage((MESSAGE,)),
    "showMessage": MessageShownPage((MessageShown(**asdict(MESSAGE), body="{}"),)),
    "replayMessage": MessagePage((MESSAGE,)),
}
"""By operation id."""
