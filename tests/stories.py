"""Whole orders as their facts tell them, for tests of what people look at.

`COURSE` has something of everything; `OPENED` never came further than the open checkout.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from adapters.postgres.codec import encode
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.rows import Append, AppendStatus
from domain.configuration.settings import ActionLevel, KajabiGrant, ReceiptEmail, Webhook
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    ExternalRefundId,
    LineId,
    OrderId,
    PaymentId,
    RefundId,
    ShopId,
    StreamName,
    TransferId,
    order_stream,
)
from domain.message import Actor, ActorKind, Metadata, Recorded
from domain.money import Money
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    ExternalRefundObserved,
    NoteAdded,
    OrderFact,
    OrderPlaced,
    OrderStarted,
    PaymentFailed,
    PaymentReceived,
    PaymentStarted,
    RefundIssued,
    RefundRequested,
    RefundTransferred,
)
from domain.order.values import (
    Address,
    Answer,
    Customer,
    Discount,
    FreeText,
    Line,
    LineKind,
    Link,
    Offer,
    PlannedAction,
    RefundLine,
    RunCause,
    Transfer,
    TransferMethod,
)

SHOP = ShopId("demo")
BEGAN_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CUSTOMER_KEY = CustomerKeyId(UUID(int=7))
CHECKOUT = Actor(ActorKind.CHECKOUT, "demo")

SECRET = "s3cret"
"""Stands in every place of `COURSE` that must never be shown."""

KAJABI = KajabiGrant(
    offer_name="Piano course",
    activation_url=f"https://school.example.com/{SECRET}/activate",
    deactivation_url=f"https://school.example.com/{SECRET}/deactivate",
)
WEBHOOK = Webhook(url=f"https://user:{SECRET}@crm.example.com/orders?token={SECRET}")


class Story(Struct, frozen=True, kw_only=True):
    """An order's facts, each a minute after the one before."""

    order_id: OrderId
    facts: tuple[OrderFact, ...]

    @property
    def stream(self) -> StreamName:
        return order_stream(SHOP, self.order_id)


def _at(minutes: int) -> datetime:
    return BEGAN_AT + timedelta(minutes=minutes)


def started(order_id: OrderId, at: datetime = BEGAN_AT) -> OrderStarted:
    """Open the checkout."""
    return OrderStarted(
        at=at,
        shop=SHOP,
        order_id=order_id,
        offer=Offer(id="piano", name="Piano for beginners"),
        link=Link(id="link-1", source="newsletter", tags=("autumn", "early")),
        currency="EUR",
    )


PLACED = OrderPlaced(
    at=_at(1),
    number="1001",
    customer_key=CUSTOMER_KEY,
    country="FI",
    analytics_consent=True,
    lines=(
        Line(
            line_id=LineId("course"),
            kind=LineKind.PRODUCT,
            product_id="p1",
            name="Piano course",
            quantity=1,
            list_price=20_000,
            discount=2_000,
            gross=18_000,
            vat_rate=2550,
            vat=3_657,
            replaces_product="Piano trial",
        ),
        Line(
            line_id=LineId("book"),
            kind=LineKind.ORDER_BUMP,
            product_id="p2",
            name="Sheet music",
            quantity=2,
            list_price=5_000,
            discount=0,
            gross=5_000,
            vat_rate=1400,
            vat=614,
        ),
        Line(
            line_id=LineId("lesson"),
            kind=LineKind.PRE_UPSELL,
            product_id="p3",
            name="Private lesson",
            quantity=1,
            list_price=7_000,
            discount=0,
            gross=7_000,
            vat_rate=2550,
            vat=1_422,
        ),
    ),
    total=30_000,
    discounts=(Discount(code="AUTUMN10", amount=2_000),),
    actions=(
        PlannedAction(
            action_id=ActionId("receipt"),
            name="Receipt",
            level=ActionLevel.CHECKOUT,
            settings=ReceiptEmail(),
        ),
        PlannedAction(
            action_id=ActionId("grant"),
            name="Course access",
            level=ActionLevel.PRODUCT,
            settings=KAJABI,
            line_id=LineId("course"),
        ),
        PlannedAction(
            action_id=ActionId("hook"),
            name="Tell the CRM",
            level=ActionLevel.OFFER,
            settings=WEBHOOK,
        ),
    ),
    personal=Customer(
        email="Aino.Virtanen@example.com",
        first_name="Aino",
        last_name="Virtanen",
        phone="+358 40 0000000",
        company="Virtanen Oy",
        business_id="1234567-8",
        address=Address(street="Katu 1", postal_code="00100", city="Helsinki"),
        custom_fields={"Level": "Beginner"},
    ),
)

COURSE_ID = OrderId(UUID(int=1001))
COURSE = Story(
    order_id=COURSE_ID,
    facts=(
        started(COURSE_ID),
        PLACED,
        PaymentStarted(
            at=_at(2),
            payment_id=PaymentId("pay-1"),
            provider="stripe",
            method="card",
            amount=Money(30_000, "EUR"),
        ),
        PaymentFailed(
            at=_at(3),
            payment_id=PaymentId("pay-1"),
            provider="stripe",
            method="card",
            code="card_declined",
            personal=FreeText(text="The card of Aino was declined"),
        ),
        PaymentReceived(
            at=_at(4),
            payment_id=PaymentId("pay-2"),
            provider="paytrail",
            method="bank",
            sub_method="osuuspankki",
            amount=Money(30_000, "EUR"),
            transaction_id="tx-2",
        ),
        ActionRequested(
            at=_at(4),
            action_id=ActionId("grant"),
            run=1,
            cause=RunCause.PAYMENT,
            key="k1",
            settings=KAJABI,
            revision=0,
        ),
        ActionStarted(at=_at(4), action_id=ActionId("grant"), run=1, attempt=1, worker="worker-1"),
        ActionFailed(
            at=_at(5),
            action_id=ActionId("grant"),
            run=1,
            attempt=1,
            code="http_500",
            personal=FreeText(text="Internal server error"),
        ),
        ActionRequested(
            at=_at(5),
            action_id=ActionId("receipt"),
            run=1,
            cause=RunCause.PAYMENT,
            key="k2",
            settings=ReceiptEmail(),
            revision=0,
        ),
        ActionStarted(
            at=_at(5), action_id=ActionId("receipt"), run=1, attempt=1, worker="worker-1"
        ),
        ActionSucceeded(
            at=_at(5),
            action_id=ActionId("receipt"),
            run=1,
            attempt=1,
            personal=Answer(
                recipient="aino.virtanen@example.com",
                reference="message-1",
                removal_target=SECRET,
            ),
        ),
        RefundRequested(
            at=_at(60),
            refund_id=RefundId("refund-1"),
            lines=(RefundLine(line_id=LineId("book"), amount=2_500, vat=307),),
            transfers=(
                Transfer(
                    transfer_id=TransferId("transfer-1"),
                    payment_id=PaymentId("pay-2"),
                    method=TransferMethod.PROVIDER,
                    amount=Money(2_500, "EUR"),
                    key="k3",
                ),
            ),
            by="laura",
            personal=FreeText(text="One book came damaged"),
        ),
        RefundTransferred(
            at=_at(61),
            refund_id=RefundId("refund-1"),
            transfer_id=TransferId("transfer-1"),
            reference="re-1",
        ),
        RefundIssued(at=_at(61), refund_id=RefundId("refund-1")),
        ExternalRefundObserved(
            at=_at(62),
            external_refund_id=ExternalRefundId("external-1"),
            payment_id=PaymentId("pay-2"),
            amount=Money(500, "EUR"),
        ),
        NoteAdded(
            at=_at(62), command_id="note-1", by="laura", personal=FreeText(text="Called, is happy")
        ),
    ),
)

OPENED_ID = OrderId(UUID(int=1002))
OPENED = Story(order_id=OPENED_ID, facts=(started(OPENED_ID, _at(90)),))


def recorded(story: Story) -> list[Recorded[OrderFact]]:
    """Record a story without a journal, each fact a minute after the one before."""
    return [
        Recorded(
            event_id=UUID(int=version),
            stream=story.stream,
            version=version,
            position=version,
            recorded_at=BEGAN_AT + timedelta(minutes=version),
            metadata=_metadata(version),
            event=fact,
        )
        for version, fact in enumerate(story.facts, start=1)
    ]


async def record(journal: Journal, key_ring: KeyRing, stories: Sequence[Story]) -> int:
    """Append stories to a journal; return its head."""
    customer = CustomerRef(SHOP, "aino.virtanen@example.com")
    key_id = (await key_ring.ensure([customer]))[customer]
    for story in stories:
        rows = [
            encode(_keyed(fact, key_id), _metadata(version), key_ring, key_id)
            for version, fact in enumerate(story.facts, start=1)
        ]
        (answer,) = await journal.append(
            [Append(stream=story.stream, expected_version=0, rows=tuple(rows))]
        )
        assert answer.status is AppendStatus.APPENDED
    return await journal.head()


def _keyed(fact: OrderFact, key_id: CustomerKeyId) -> OrderFact:
    return replace(fact, customer_key=key_id) if isinstance(fact, OrderPlaced) else fact


def _metadata(version: int) -> Metadata:
    return Metadata(
        actor=CHECKOUT, correlation_id="c1", causation_id=f"m{version}", command_id=f"m{version}"
    )
