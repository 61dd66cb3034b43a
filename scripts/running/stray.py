"""Two messages of a checkout that has its own faults, so that one has some to look at.

The rule to know: one waits for an order that never begins, the other can never succeed; neither
changes anything that was sold.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from nats.aio.client import Client

from adapters.messaging.contracts import (
    CustomerIn,
    LineIn,
    LinkIn,
    MoneyIn,
    OfferIn,
    OrderPlacedV1,
    OrderStartedV1,
    PaymentReceivedV1,
)
from domain.order.values import LineKind
from scripts.feeding.messages import DEMO_SHOP, Message, order_message
from scripts.feeding.publishing import Publisher

OFFER = OfferIn(id="retired-offer", name="An offer of last year")
LINK = LinkIn(id="retired-link")


PRICE_CENTS = 4_900
PAID = PaymentReceivedV1(
    payment_id="payment-1",
    provider="invoice",
    method="bank_transfer",
    amount=MoneyIn(amount=PRICE_CENTS, currency="EUR"),
)
WRONGLY_ADDED_UP = OrderPlacedV1(
    number="STRAY-1",
    customer=CustomerIn(email="stray@example.com", first_name="Kulku", last_name="Koira"),
    country="FI",
    currency="EUR",
    lines=(
        LineIn(
            line_id="line-1",
            kind=LineKind.PRODUCT,
            product_id="retired",
            name="A course of last year",
            list_price=PRICE_CENTS,
            vat_rate=2_550,
        ),
    ),
    total=PRICE_CENTS + 1,
)


async def feed_strays(client: Client) -> None:
    """Publish them."""
    await Publisher(client).publish(stray_messages())


def stray_messages() -> Iterator[Message]:
    """Pay for an order that nobody began, and fill in another so that its sum is wrong."""
    never_begun, begun, now = uuid4(), uuid4(), datetime.now(UTC)
    started = OrderStartedV1(offer=OFFER, link=LINK, currency="EUR")
    for order_id, data in ((never_begun, PAID), (begun, started), (begun, WRONGLY_ADDED_UP)):
        now += timedelta(milliseconds=1)
        yield order_message(
            DEMO_SHOP, order_id, data, message_id=f"{DEMO_SHOP}/stray/{uuid4()}", time=now
        )
