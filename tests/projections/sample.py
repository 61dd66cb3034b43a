"""Made-up orders of every kind, as facts, with what a person reading the facts would say of them.

Nothing here folds: the words of each kind are written down by hand, so that rows and filters are
held against something that does not share their code.
"""

import random
from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import UUID

from msgspec import Struct

from domain.configuration.settings import ActionLevel, ReceiptEmail
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    LineId,
    OrderId,
    PaymentId,
    RefundId,
    ShopId,
    StreamName,
    TransferId,
    order_stream,
)
from domain.money import Money
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    OrderCompleted,
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
    Customer,
    Discount,
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
OTHER_SHOP = ShopId("other")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
PRICE = 10_000
BUMP_PRICE = 2_000

RECEIPT = ActionId("receipt")
PAYMENT = PaymentId("pay")
REFUND = RefundId("refund")
TRANSFER = TransferId("transfer")
COURSE = LineId("course")
BUMP = LineId("bump")

FIRST_NAMES = ("Anna", "Anneli", "Äijö", "Matti", "Per_cent", "Percy", "Zoë")
LAST_NAMES = ("Virtanen", "Virta", "Öhman", "Korhonen", "O'Neill", "100%", "1000 Lakes")
SOURCES = ("newsletter", "facebook", "direct")
TAGS = ("spring", "vip", "blog")
CODES = ("SPRING10", "VIP")
COUNTRIES = ("FI", "SE", "DE")
CURRENCIES = ("EUR", "SEK")
PROVIDERS = (("stripe", "card"), ("paytrail", "bank"), ("epassi", "wellness"))


class Kind(Enum):
    """How far an order came: its status and its payment status, in the rows' words."""

    OPENED = ("started", "unpaid")
    FILLED_IN = ("in_progress", "unpaid")
    PAYING = ("processing", "pending")
    NOT_PAID = ("in_progress", "failed")
    PAID = ("paid", "paid")
    UNHAPPY = ("paid", "paid", "unhappy")
    """Its receipt could not be sent."""
    COMPLETED = ("completed", "paid")
    PARTLY_REFUNDED = ("partially_refunded", "partially_refunded")
    REFUNDED = ("refunded", "refunded")

    @property
    def status(self) -> str:
        return str(self.value[0])

    @property
    def payment_status(self) -> str:
        return str(self.value[1])

    @property
    def is_placed(self) -> bool:
        return self is not Kind.OPENED

    @property
    def is_paid(self) -> bool:
        return self not in (Kind.OPENED, Kind.FILLED_IN, Kind.PAYING, Kind.NOT_PAID)

    @property
    def can_need_attention(self) -> bool:
        return self in (Kind.PAID, Kind.UNHAPPY)


class Sample(Struct, frozen=True, kw_only=True):
    """One made-up order."""

    number: str
    shop: ShopId
    order_id: OrderId
    kind: Kind
    created_at: datetime
    first_name: str
    last_name: str
    source: str
    tags: tuple[str, ...]
    codes: tuple[str, ...]
    country: str
    currency: str
    provider: str
    method: str
    has_bump: bool

    @property
    def stream(self) -> StreamName:
        return order_stream(self.shop, self.order_id)

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}.{self.number}@Example.com"

    @property
    def price(self) -> int:
        return PRICE + (BUMP_PRICE if self.has_bump else 0)

    @property
    def refunded(self) -> int:
        if self.kind is Kind.REFUNDED:
            return self.price
        return PRICE // 2 if self.kind is Kind.PARTLY_REFUNDED else 0

    def facts(self, customer_key: CustomerKeyId) -> list[OrderFact]:
        """Tell the order's story."""
        facts: list[OrderFact] = [self._started()]
        if self.kind.is_placed:
            facts.append(self._placed(customer_key))
        if self.kind not in (Kind.OPENED, Kind.FILLED_IN):
            facts.append(self._payment_started())
        if self.kind is Kind.NOT_PAID:
            facts.append(self._payment_failed())
        if self.kind.is_paid:
            facts += [self._payment_received(), self._action_requested()]
        if self.kind is Kind.UNHAPPY:
            facts += [self._action_started(), self._action_failed()]
        if self.kind in (Kind.COMPLETED, Kind.PARTLY_REFUNDED, Kind.REFUNDED):
            facts += [self._action_started(), self._action_succeeded(), self._completed()]
        if self.refunded:
            facts += self._refund()
        return facts

    def _started(self) -> OrderStarted:
        return OrderStarted(
            at=self.created_at,
            shop=self.shop,
            order_id=self.order_id,
            offer=Offer(id="offer", name="Watercolours"),
            link=Link(id="link", source=self.source, tags=self.tags),
            currency=self.currency,
        )

    def _placed(self, customer_key: CustomerKeyId) -> OrderPlaced:
        lines = [_line(COURSE, LineKind.PRODUCT, "Watercolours", PRICE)]
        if self.has_bump:
            lines.append(_line(BUMP, LineKind.ORDER_BUMP, "Brushes", BUMP_PRICE))
        return OrderPlaced(
            at=self.created_at,
            number=self.number,
            customer_key=customer_key,
            country=self.country,
            analytics_consent=True,
            lines=tuple(lines),
            total=self.price,
            discounts=tuple(Discount(code=code, amount=0) for code in self.codes),
            actions=(
                PlannedAction(
                    action_id=RECEIPT,
                    name="Receipt",
                    level=ActionLevel.CHECKOUT,
                    settings=ReceiptEmail(),
                ),
            ),
            personal=Customer(
                email=self.email, first_name=self.first_name, last_name=self.last_name
            ),
        )

    def _payment_started(self) -> PaymentStarted:
        return PaymentStarted(
            at=self.created_at,
            payment_id=PAYMENT,
            provider=self.provider,
            method=self.method,
            amount=Money(self.price, self.currency),
        )

    def _payment_failed(self) -> PaymentFailed:
        return PaymentFailed(
            at=self.created_at,
            payment_id=PAYMENT,
            provider=self.provider,
            method=self.method,
            code="card_declined",
        )

    def _payment_received(self) -> PaymentReceived:
        return PaymentReceived(
            at=self.created_at,
            payment_id=PAYMENT,
            provider=self.provider,
            method=self.method,
            amount=Money(self.price, self.currency),
            transaction_id="transaction",
        )

    def _action_requested(self) -> ActionRequested:
        return ActionRequested(
            at=self.created_at,
            action_id=RECEIPT,
            run=1,
            cause=RunCause.PAYMENT,
            key=f"{self.order_id}/receipt/1",
            settings=ReceiptEmail(),
            revision=0,
        )

    def _action_started(self) -> ActionStarted:
        return ActionStarted(
            at=self.created_at, action_id=RECEIPT, run=1, attempt=1, worker="worker"
        )

    def _action_failed(self) -> ActionFailed:
        return ActionFailed(
            at=self.created_at, action_id=RECEIPT, run=1, attempt=1, code="mailbox_full"
        )

    def _action_succeeded(self) -> ActionSucceeded:
        return ActionSucceeded(at=self.created_at, action_id=RECEIPT, run=1, attempt=1)

    def _completed(self) -> OrderCompleted:
        return OrderCompleted(at=self.created_at)

    def _refund(self) -> list[OrderFact]:
        lines = [RefundLine(line_id=COURSE, amount=min(self.refunded, PRICE), vat=0)]
        if self.refunded > PRICE:
            lines.append(RefundLine(line_id=BUMP, amount=BUMP_PRICE, vat=0))
        transfer = Transfer(
            transfer_id=TRANSFER,
            payment_id=PAYMENT,
            method=TransferMethod.ELSEWHERE,
            amount=Money(self.refunded, self.currency),
            key="key",
        )
        return [
            RefundRequested(
                at=self.created_at,
                refund_id=REFUND,
                lines=tuple(lines),
                transfers=(transfer,),
                by="checkout",
            ),
            RefundTransferred(at=self.created_at, refund_id=REFUND, transfer_id=TRANSFER),
            RefundIssued(at=self.created_at, refund_id=REFUND),
        ]


def samples(count: int, *, seed: int = 1, shop: ShopId = SHOP) -> list[Sample]:
    """Make orders up, one a minute; each kind is there when there are enough of them."""
    chance = random.Random(seed)
    return [_sample(chance, number, shop) for number in range(count)]


def _sample(chance: random.Random, number: int, shop: ShopId) -> Sample:
    kinds = list(Kind)
    provider, method = chance.choice(PROVIDERS)
    return Sample(
        number=f"A{number:05d}",
        shop=shop,
        order_id=OrderId(UUID(int=chance.getrandbits(128), version=4)),
        kind=kinds[number % len(kinds)],
        created_at=BEGIN + timedelta(minutes=number),
        first_name=chance.choice(FIRST_NAMES),
        last_name=chance.choice(LAST_NAMES),
        source=chance.choice(SOURCES),
        tags=tuple(chance.sample(TAGS, chance.randrange(3))),
        codes=tuple(chance.sample(CODES, chance.randrange(2))),
        country=chance.choice(COUNTRIES),
        currency=chance.choice(CURRENCIES),
        provider=provider,
        method=method,
        has_bump=chance.random() < 0.3,
    )


def _line(line_id: LineId, kind: LineKind, name: str, gross: int) -> Line:
    return Line(
        line_id=line_id,
        kind=kind,
        product_id=line_id,
        name=name,
        quantity=1,
        list_price=gross,
        discount=0,
        gross=gross,
        vat_rate=2_550,
        vat=0,
    )
