"""A shop with very many orders of every status, spread over three years, for who reads them.

The rule to know: what an order is follows from its number, so that questions can name rare and
common values that are there. Orders are appended and followed as real ones are.
"""

from datetime import datetime, timedelta

from domain.configuration.settings import ReceiptEmail
from domain.identifiers import CustomerKeyId, OrderId, RefundId, ShopId
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    OrderCompleted,
    OrderFact,
    OrderMarkedCompleted,
    OrderPlaced,
    OrderStarted,
    PaymentFailed,
    PaymentReceived,
    RefundIssued,
    RefundRequested,
)
from domain.order.values import Customer, Discount, Link, Offer, RefundLine, RunCause
from scripts.benchmarks.workload import AT, LINE, PAYMENT, PRICE, RECEIPT, RECEIPT_ACTION, FactsOf
from scripts.feeding.names import first_names, last_names

SPAN = timedelta(days=3 * 365)
REFUND = RefundId("r-1")
COUNTRIES = ("FI", "FI", "FI", "SE", "DE", "EE")
CAMPAIGNS = 997
"""Sources of a tenth of the orders; the rest come from the newsletter."""
STARTED, PLACED, DECLINED = range(10), range(10, 14), range(14, 16)
REFUNDED, PARTLY_REFUNDED, MARKED = 90, 91, 92
"""By the last two digits of the number; all others are completed."""
PROVIDERS = ("mail.example.com", "mail.example.com", "post.example.fi", "own.example.org")
"""Half of all emails end alike."""
CODE_EVERY, CODE_AT = 1_000, 99
"""One order of so many used a discount code, each another."""
FAILED_EVERY = 5_003
"""An order of so many has an action that failed."""


def facts_of_many(shop: ShopId, orders: int) -> FactsOf:
    """Tell the stories of a shop with so many orders, the first the oldest."""

    def facts(order_id: OrderId, key: CustomerKeyId, number: int) -> tuple[OrderFact, ...]:
        at = AT - SPAN * ((orders - number) / orders)
        started = OrderStarted(
            at=at,
            shop=shop,
            order_id=order_id,
            offer=Offer(id="offer-1", name="Watercolours for beginners"),
            link=Link(id="link-1", source=source_of(number), tags=(tag_of(number),)),
            currency=PRICE.currency,
        )
        if number % 100 in STARTED:
            return (started,)
        return (started, _placed(key, number, at), *_paid(order_id, number, at))

    return facts


def source_of(number: int) -> str:
    """Say which link an order came by."""
    return "newsletter" if number % 10 else f"campaign-{number % CAMPAIGNS}"


def tag_of(number: int) -> str:
    """Say how that link is tagged."""
    return "warm" if number % 7 else f"batch-{number % CAMPAIGNS}"


def customer_of(number: int) -> Customer:
    """Say who bought it."""
    firsts, lasts = first_names("FI"), last_names("FI")
    first, last = firsts[number % len(firsts)], lasts[number // 7 % len(lasts)]
    return Customer(
        email=f"{first}.{last}.{number}@{PROVIDERS[number % len(PROVIDERS)]}".lower(),
        first_name=first,
        last_name=f"{last}{number % 1_000}",
    )


def _placed(key: CustomerKeyId, number: int, at: datetime) -> OrderPlaced:
    return OrderPlaced(
        at=at,
        number=f"B{number:07d}",
        customer_key=key,
        country=COUNTRIES[number % len(COUNTRIES)],
        analytics_consent=True,
        lines=(LINE,),
        total=PRICE.amount,
        discounts=(Discount(code=f"VIP{number}", amount=0),)
        if number % CODE_EVERY == CODE_AT
        else (),
        actions=(RECEIPT_ACTION,),
        personal=customer_of(number),
    )


def _paid(order_id: OrderId, number: int, at: datetime) -> tuple[OrderFact, ...]:
    """Tell what follows the billing form."""
    if number % 100 in PLACED:
        return ()
    if number % 100 in DECLINED:
        return (
            PaymentFailed(
                at=at, payment_id=PAYMENT, provider="stripe", method="card", code="card_declined"
            ),
        )
    received = PaymentReceived(
        at=at,
        payment_id=PAYMENT,
        provider="stripe",
        method="card",
        amount=PRICE,
        transaction_id=f"pi_{number}",
    )
    requested = ActionRequested(
        at=at,
        action_id=RECEIPT,
        run=1,
        cause=RunCause.PAYMENT,
        key=f"{order_id}/receipt/1",
        settings=ReceiptEmail(),
        revision=0,
    )
    return (received, requested, *_delivered(number, at))


def _delivered(number: int, at: datetime) -> tuple[OrderFact, ...]:
    if number % FAILED_EVERY == 0:
        return (ActionFailed(at=at, action_id=RECEIPT, run=1, attempt=1, code="smtp_permanent"),)
    succeeded = ActionSucceeded(at=at, action_id=RECEIPT, run=1, attempt=1)
    if number % 100 == MARKED:
        return (
            succeeded,
            OrderMarkedCompleted(at=at, command_id="bench", by="bench", actions_run=False),
        )
    return (succeeded, OrderCompleted(at=at), *_refunded(number, at))


def _refunded(number: int, at: datetime) -> tuple[OrderFact, ...]:
    if number % 100 not in {REFUNDED, PARTLY_REFUNDED}:
        return ()
    amount = PRICE.amount if number % 100 == REFUNDED else PRICE.amount // 2
    line = RefundLine(line_id=LINE.line_id, amount=amount, vat=0)
    return (
        RefundRequested(at=at, refund_id=REFUND, lines=(line,), transfers=(), by="bench"),
        RefundIssued(at=at, refund_id=REFUND),
    )
