"""Four-message orders as the checkout publishes them: opened, filled in, to a provider, paid."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from adapters.messaging.contracts import (
    ActionIn,
    CustomerIn,
    Inbound,
    LineIn,
    LinkIn,
    MoneyIn,
    OfferIn,
    OrderPlacedV1,
    OrderStartedV1,
    PaymentReceivedV1,
    PaymentStartedV1,
)
from domain.order.values import LineKind
from scripts.benchmarks.workload import SHOP
from scripts.feeding.messages import Message, order_message

MESSAGES_PER_ORDER = 4
PRICE = MoneyIn(amount=9_900, currency="EUR")


def story(order_id: UUID, number: int, actions: Sequence[ActionIn] = ()) -> Iterator[Message]:
    """Tell one order in four messages, all of this moment."""
    now = datetime.now(UTC)
    for step, data in enumerate(_data(number, actions)):
        yield order_message(SHOP, order_id, data, message_id=f"{order_id}-{step}", time=now)


def batch_of_stories(
    first: int, orders: int, actions: Sequence[ActionIn] = ()
) -> tuple[list[Message], UUID]:
    """Make the messages of some orders, and tell the id of the last one."""
    ids = [uuid4() for _ in range(orders)]
    messages = [m for n, order_id in enumerate(ids) for m in story(order_id, first + n, actions)]
    return messages, ids[-1]


def _data(number: int, actions: Sequence[ActionIn]) -> tuple[Inbound, ...]:
    return (
        OrderStartedV1(
            offer=OfferIn(id="offer-1", name="Watercolours for beginners"),
            link=LinkIn(id="link-1", source="newsletter", tags=("spring",)),
            currency="EUR",
        ),
        OrderPlacedV1(
            number=f"B{number:07d}",
            customer=CustomerIn(
                email=f"buyer{number}@example.com", first_name="Bench", last_name=f"Buyer{number}"
            ),
            country="FI",
            currency="EUR",
            lines=(
                LineIn(
                    line_id="1",
                    kind=LineKind.PRODUCT,
                    product_id="course-1",
                    name="Watercolours for beginners",
                    list_price=PRICE.amount,
                    vat_rate=2_550,
                ),
            ),
            total=PRICE.amount,
            actions=tuple(actions),
        ),
        PaymentStartedV1(payment_id="pay-1", provider="stripe", method="card", amount=PRICE),
        PaymentReceivedV1(
            payment_id="pay-1",
            provider="stripe",
            method="card",
            amount=PRICE,
            transaction_id=f"pi_{number}",
        ),
    )
