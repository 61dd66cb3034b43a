"""How a made-up order is paid, or not, and what goes back outside the ledger later."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from random import Random

from msgspec import Struct

from adapters.messaging.contracts import (
    Inbound,
    LineIn,
    MoneyIn,
    PaymentFailedV1,
    PaymentReceivedV1,
    PaymentStartedV1,
    RefundedLineIn,
    RefundRecordedV1,
)
from adapters.providers.stripe import STRIPE
from adapters.providers.stripe.amounts import stripe_amount
from domain.money import Money
from scripts.feeding.purses import FAILURES, FREE, HOUR_SECONDS, Purse, pick_purse
from scripts.receivers import paytrail_ids, stripe_ids

REFUND_SHARE = 0.05
WHOLE_REFUND_SHARE = 0.5
REFUND_HOURS = (1, 24)
"""So soon that a feed of a few days has some."""
TO_PROVIDER_SECONDS = (5, 60)
FAILING_SECONDS = (20, 90)
REFERENCE_BITS = 48
CARDS = ("visa", "mastercard", "amex", "apple_pay", "google_pay")
REFUND_REASONS = ("changed their mind", "bought twice", "goodwill")


class Ending(StrEnum):
    """How far a visit to the checkout gets."""

    OPENED = "opened"
    FILLED_IN = "filled in"
    GIVEN_UP = "given up"
    PENDING = "pending"
    PARTLY_PAID = "partly paid"
    PAID = "paid"
    PAID_AFTER_FAILING = "paid after failing"
    PAID_TOO_MUCH = "paid too much"


class Outcome(StrEnum):
    """How one payment goes."""

    OPEN = "open"
    FAILED = "failed"
    HALF = "half"
    RECEIVED = "received"


OUTCOMES_BY_ENDING = {
    Ending.OPENED: (),
    Ending.FILLED_IN: (),
    Ending.GIVEN_UP: (Outcome.FAILED,),
    Ending.PENDING: (Outcome.OPEN,),
    Ending.PARTLY_PAID: (Outcome.HALF,),
    Ending.PAID: (Outcome.RECEIVED,),
    Ending.PAID_AFTER_FAILING: (Outcome.FAILED, Outcome.RECEIVED),
    Ending.PAID_TOO_MUCH: (Outcome.RECEIVED, Outcome.RECEIVED),
}
REFUNDABLE_ENDINGS = (Ending.PAID, Ending.PAID_AFTER_FAILING)


class Bill(Struct, frozen=True, kw_only=True):
    """What is to be paid, and where the customer lives."""

    country: str
    total: MoneyIn
    lines: Sequence[LineIn]


class Step(Struct, frozen=True):
    """What happens, so many seconds after the step before."""

    seconds: float
    data: Inbound


class Payment(Struct, frozen=True, kw_only=True):
    """One try to pay."""

    payment_id: str
    purse: Purse
    sub_method: str
    amount: MoneyIn
    reference: str


def pay(rng: Random, ending: Ending, bill: Bill) -> Iterator[Step]:
    """Pay a bill as the ending says; a free order is paid at once."""
    outcomes = OUTCOMES_BY_ENDING[ending]
    if outcomes and not bill.total.amount:
        yield _received(rng, _payment(rng, 1, bill))
        return
    payment = None
    for number, outcome in enumerate(outcomes, 1):
        payment = _payment(rng, number, bill, is_half=outcome is Outcome.HALF)
        yield _started(rng, payment)
        if outcome is Outcome.FAILED:
            yield _failed(rng, payment)
        elif outcome is not Outcome.OPEN:
            yield _received(rng, payment)
    if payment and ending in REFUNDABLE_ENDINGS and rng.random() < REFUND_SHARE:
        yield _refund(rng, payment, bill.lines)


def _payment(rng: Random, number: int, bill: Bill, *, is_half: bool = False) -> Payment:
    total, currency = bill.total.amount, bill.total.currency
    purse = pick_purse(rng, currency, bill.country) if total else FREE
    sub_method = rng.choice(purse.sub_methods)
    amount = MoneyIn(amount=total // 2 if is_half else total, currency=currency)
    mark = rng.getrandbits(REFERENCE_BITS) if total else None
    return Payment(
        payment_id=f"payment-{number}",
        purse=purse,
        sub_method=sub_method,
        amount=amount,
        reference="" if mark is None else _reference(mark, purse.provider, sub_method, amount),
    )


def _reference(mark: int, provider: str, sub_method: str, amount: MoneyIn) -> str:
    """Make the transaction's id in the form of its provider's."""
    if provider == "paytrail":
        return paytrail_ids.transaction_id(mark, amount.amount, sub_method)
    if provider == STRIPE:
        is_card = sub_method in CARDS
        paid = stripe_amount(Money(amount.amount, amount.currency))
        return stripe_ids.payment_id(mark, paid, amount.currency, is_card=is_card)
    return f"{mark:012x}"


def _failed(rng: Random, payment: Payment) -> Step:
    code, message = rng.choice(FAILURES)
    failed = PaymentFailedV1(
        payment_id=payment.payment_id,
        provider=payment.purse.provider,
        method=payment.purse.method,
        sub_method=payment.sub_method,
        code=code,
        message=message,
    )
    return Step(rng.uniform(*FAILING_SECONDS), failed)


def _started(rng: Random, payment: Payment) -> Step:
    started = PaymentStartedV1(
        payment_id=payment.payment_id,
        provider=payment.purse.provider,
        method=payment.purse.method,
        sub_method=payment.sub_method,
        amount=payment.amount,
    )
    return Step(rng.uniform(*TO_PROVIDER_SECONDS), started)


def _received(rng: Random, payment: Payment) -> Step:
    received = PaymentReceivedV1(
        payment_id=payment.payment_id,
        provider=payment.purse.provider,
        method=payment.purse.method,
        sub_method=payment.sub_method,
        amount=payment.amount,
        transaction_id=payment.reference,
    )
    return Step(rng.uniform(*payment.purse.seconds), received)


def _refund(rng: Random, payment: Payment, lines: Sequence[LineIn]) -> Step:
    """Give back all lines, or a part of the dearest one, in the provider's own dashboard."""
    is_list_price_paid = payment.amount.amount == sum(line.list_price for line in lines)
    if is_list_price_paid and rng.random() < WHOLE_REFUND_SHARE:
        amounts = {line.line_id: line.list_price for line in lines}
    else:
        dearest = max(lines, key=lambda line: line.list_price)
        amounts = {dearest.line_id: max(1, payment.amount.amount // len(lines) // 4)}
    recorded = RefundRecordedV1(
        refund_id=f"refund-{payment.reference}",
        currency=payment.amount.currency,
        lines=tuple(
            RefundedLineIn(line_id=line_id, amount=amount) for line_id, amount in amounts.items()
        ),
        payment_id=payment.payment_id,
        reference=f"re-{payment.reference}",
        reason=rng.choice(REFUND_REASONS),
    )
    return Step(rng.uniform(*REFUND_HOURS) * HOUR_SECONDS, recorded)
