"""What a checkout tells in one schedule: a few orders with anything that orders can have.

The rule to know: small, so that many fit in a second; each order is a story that really happens,
what goes wrong on its way is the faults' affair.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from msgspec import Struct

from adapters.messaging.contracts import (
    ActionConfigurationRemovedV1,
    ActionConfiguredV1,
    ActionIn,
    CustomerIn,
    Inbound,
    LineIn,
    LinkIn,
    MoneyIn,
    OfferIn,
    OrderPlacedV1,
    OrderStartedV1,
    PaymentFailedV1,
    PaymentReceivedV1,
    PaymentStartedV1,
    RefundedLineIn,
    RefundRecordedV1,
)
from adapters.messaging.published_settings import (
    CustomEmailIn,
    KajabiGrantIn,
    PublishedSettingsIn,
    ReceiptEmailIn,
    SystemeContactIn,
    WebhookIn,
)
from domain.identifiers import OrderId, ShopId, StreamName, order_stream
from domain.order.values import LineKind
from scripts.feeding.messages import Message, order_message, setting_message

SHOP = ShopId("demo")
SETTING = "crm"
ORDERS_BY_CHANCE = (1, 1, 1, 2, 2, 3)
ACTIONS_MAX = 4
GROSS = (10_000, 4_000)
STEPS_SECONDS_MAX = (0.2, 3.0, 40.0)
"""Between an order's messages: at times all orders happen at once."""
LATE_SECONDS_MAX = 900
REMOVED_SHARE = 0.3
IN_PARTS = 0.15
SETTINGS: tuple[PublishedSettingsIn, ...] = (
    ReceiptEmailIn(),
    CustomEmailIn(subject="Welcome", body="Hello"),
    WebhookIn(url="https://hooks.example.com/orders"),
    KajabiGrantIn(
        offer_name="Course",
        activation_url="https://school.example.com/on",
        deactivation_url="https://school.example.com/off",
    ),
    SystemeContactIn(tags=("buyer",)),
)
PROVIDERS = ("stripe", "stripe", "paytrail", "paytrail", "invoice")
"""Who takes an order's money; the last can pay nothing back by itself."""
HOOK = 2
"""The kind that the published setting is of."""


class Story(Struct, frozen=True, kw_only=True):
    """All that the checkout publishes."""

    streams: tuple[StreamName, ...]
    messages: tuple[Message, ...]


def drawn_story(random: Random, began_at: datetime, in_parts: float = IN_PARTS) -> Story:
    """Make a story up; that share of its orders is paid in parts."""
    step_seconds_max = random.choice(STEPS_SECONDS_MAX)
    orders = [
        Telling(random, began_at, number, step_seconds_max, in_parts)
        for number in range(1, random.choice(ORDERS_BY_CHANCE) + 1)
    ]
    messages = [message for order in orders for message in order.messages()]
    messages += _settings_told(random, began_at)
    return Story(streams=tuple(order.stream for order in orders), messages=tuple(messages))


def _settings_told(random: Random, began_at: datetime) -> Iterator[Message]:
    for revision in range(1, random.randrange(4)):
        is_removed = revision > 1 and random.random() < REMOVED_SHARE
        data: Inbound = ActionConfigurationRemovedV1(revision=revision)
        if not is_removed:
            data = ActionConfiguredV1(
                level="checkout",
                level_id="main",
                name="Tell the CRM",
                settings=WebhookIn(url=f"https://hooks.example.com/{revision}"),
                revision=revision,
            )
        yield setting_message(
            SHOP,
            SETTING,
            data,
            message_id=f"setting-{revision}",
            time=began_at + timedelta(seconds=random.randrange(LATE_SECONDS_MAX)),
        )


class Telling:
    """One order's messages, each some time after the one before."""

    def __init__(
        self,
        random: Random,
        began_at: datetime,
        number: int,
        step_seconds_max: float,
        in_parts: float,
    ) -> None:
        self._in_parts = in_parts
        self._step_seconds_max = step_seconds_max
        self._random = random
        self._time = began_at
        self._number = number
        self._order_id = OrderId(UUID(int=number))
        self._said = 0
        self._is_paid = False
        self._is_imported = self._is(0.06)
        self._lines = GROSS[: random.randint(1, 2)]
        self._provider = random.choice(PROVIDERS)
        self._total = sum(self._lines)
        self.stream = order_stream(SHOP, self._order_id)

    def messages(self) -> Iterator[Message]:
        """Tell it from opening the checkout to the last refund."""
        yield self._say(self._started())
        if self._is(0.05):
            return
        placed = self._placed()
        yield self._say(placed)
        if self._is(0.1):
            yield self._say(self._placed())
        yield from self._payments()
        if self._is_paid and self._is(0.15):
            yield self._say(self._refund())
        if self._is(0.05):
            yield self._say(
                PaymentFailedV1(payment_id="p9", provider="stripe", method="card", code="no")
            )

    def _is(self, chance: float) -> bool:
        return self._random.random() < chance

    def _say(self, data: Inbound) -> Message:
        self._said += 1
        self._time += timedelta(seconds=self._random.random() * self._step_seconds_max)
        return order_message(
            SHOP,
            self._order_id,
            data,
            message_id=f"{self._number}-{self._said}",
            time=self._time,
        )

    def _started(self) -> OrderStartedV1:
        return OrderStartedV1(
            offer=OfferIn(id="o", name="Offer"), link=LinkIn(id="l"), currency="EUR"
        )

    def _placed(self) -> OrderPlacedV1:
        return OrderPlacedV1(
            number=str(1_000 + self._number),
            customer=CustomerIn(email=f"buyer{self._number}@example.com", first_name="Aino"),
            country="FI",
            currency="EUR",
            lines=tuple(self._line(n, gross) for n, gross in enumerate(self._lines)),
            total=self._total,
            actions=tuple(self._action(n) for n in range(self._random.randint(0, ACTIONS_MAX))),
            imported=self._is_imported,
        )

    def _line(self, number: int, gross: int) -> LineIn:
        return LineIn(
            line_id=f"line-{number}",
            kind=LineKind.PRODUCT,
            product_id=f"product-{number}",
            name="Course",
            list_price=gross,
            vat_rate=2_550,
        )

    def _action(self, number: int) -> ActionIn:
        kind = self._random.randrange(len(SETTINGS))
        is_of_product = self._is(0.4)
        return ActionIn(
            action_id=f"action-{number}",
            name=f"Action {number}",
            level="product" if is_of_product else "checkout",
            line_id="line-0" if is_of_product else None,
            settings=SETTINGS[kind],
            setting_id=SETTING if kind == HOOK else None,
            revision=1 if kind == HOOK else 0,
        )

    def _payments(self) -> Iterator[Message]:
        if self._is(0.3):
            yield self._say(
                PaymentStartedV1(
                    payment_id="p1",
                    provider=self._provider,
                    method="card",
                    amount=self._money(self._total),
                )
            )
        if self._is(0.1):
            return
        self._is_paid = True
        if self._is(0.2):
            self._time += timedelta(seconds=self._random.randrange(LATE_SECONDS_MAX))
        parts = [self._total]
        if self._is(self._in_parts):
            parts = [self._total - 1_000, 1_000]
        if self._is(0.05):
            parts.append(500)
        for number, part in enumerate(parts, 1):
            yield self._say(
                PaymentReceivedV1(
                    payment_id=f"p{number}",
                    provider=self._provider,
                    method="card",
                    amount=self._money(part),
                    transaction_id=f"t{self._number}-{number}",
                )
            )

    def _money(self, amount: int) -> MoneyIn:
        return MoneyIn(amount=amount, currency="EUR")

    def _refund(self) -> RefundRecordedV1:
        is_full = self._is(0.6)
        amounts = self._lines if is_full else (1_500,)
        return RefundRecordedV1(
            refund_id="r1",
            currency="EUR",
            payment_id="p1",
            lines=tuple(
                RefundedLineIn(line_id=f"line-{n}", amount=amount)
                for n, amount in enumerate(amounts)
            ),
        )
