"""What providers can pay back by themselves: data, per provider and sub-method.

Sources: Stripe's refunds (full and partial, any currency) and its page of currencies (two decimals
at most, and none of the ariary); Paytrail's documentation of payment
method providers (EUR only; S-Pankki and Ålandsbanken by email to the customer; Nordea once per
payment, within 13 weeks; that Nordea's business payments are the same is assumed), whose
`checkout-provider` the checkout states as sub-method; Epassi's support pages (a payment can be
cancelled as a whole, within one week). What is not listed is paid back by a person in the
provider's own dashboard.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from domain.money import EXPONENTS_BY_CURRENCY, Money
from domain.order.parts import Payment

EURO = frozenset({"EUR"})
STRIPE_DECIMALS_MAX = 2


class Obstacle(StrEnum):
    """Why a provider does not pay back by itself."""

    NO_INTERFACE = "no_interface"
    """We know no way to ask this provider."""
    WHOLE_ONLY = "whole_only"
    ONCE_ONLY = "once_only"
    CURRENCY = "currency"
    STEP = "step"
    """It cannot write so small a part of the currency."""
    TOO_OLD = "too_old"
    CUSTOMER_UNKNOWN = "customer_unknown"
    """It would write to the customer, whose data was erased."""
    NOT_CONFIGURED = "not_configured"
    """The shop has not given the ledger what it needs to ask."""
    BY_HAND = "by_hand"
    """A person wished to pay it back without asking it."""


class Capability(Struct, frozen=True, kw_only=True):
    """How a provider pays back."""

    partially: bool = True
    """It can return less than the whole payment."""
    repeatedly: bool = True
    """It can return from one payment more than once."""
    by_email: bool = False
    """The customer is asked by email for an account; so the customer must be known."""
    currencies: frozenset[str] = frozenset()
    """None named: any."""
    step_by_currency: dict[str, int] = {}
    """Of which minor units an amount is a multiple; of a currency that is not named, of one."""
    age_max: timedelta | None = None
    """How old the payment may be."""


STRIPE_STEPS = {
    currency: 10 ** (exponent - STRIPE_DECIMALS_MAX)
    for currency, exponent in EXPONENTS_BY_CURRENCY.items()
    if exponent > STRIPE_DECIMALS_MAX
} | {"MGA": 100}
NORDEA = Capability(currencies=EURO, repeatedly=False, age_max=timedelta(weeks=13))
ANY_SUB_METHOD = ""
KEY_KNOWN_FOR: dict[str, timedelta] = {"stripe": timedelta(hours=24)}
"""How long a provider is sure to know a repeat by our key. Not listed: it never does. (Stripe's
idempotent requests: keys may go after at least 24 hours; Paytrail documents none of refund stamps.)
"""
KEY_MARGIN = timedelta(hours=1)
"""For clocks that differ, and calls that take their time."""
CAPABILITIES: dict[tuple[str, str], Capability] = {
    ("stripe", ANY_SUB_METHOD): Capability(step_by_currency=STRIPE_STEPS),
    ("paytrail", ANY_SUB_METHOD): Capability(currencies=EURO),
    ("paytrail", "spankki"): Capability(currencies=EURO, by_email=True),
    ("paytrail", "alandsbanken"): Capability(currencies=EURO, by_email=True),
    ("paytrail", "nordea"): NORDEA,
    ("paytrail", "nordea-business"): NORDEA,
    ("epassi", ANY_SUB_METHOD): Capability(
        partially=False, currencies=EURO, age_max=timedelta(weeks=1)
    ),
}


def capability_of(provider: str, sub_method: str) -> Capability | None:
    """Find what a provider can pay back by itself; None when a person must do it."""
    exact = CAPABILITIES.get((provider, sub_method))
    return exact or CAPABILITIES.get((provider, ANY_SUB_METHOD))


def goes_by_email(payment: Payment) -> bool:
    """Say whether its provider asks the customer by email for an account."""
    capability = capability_of(payment.provider, payment.sub_method)
    return capability is not None and capability.by_email


def step_of(provider: str, sub_method: str, currency: str) -> int:
    """Say of which minor units an amount must be a multiple to be paid back by a provider."""
    capability = capability_of(provider, sub_method)
    return capability.step_by_currency.get(currency, 1) if capability else 1


def knows_keys(provider: str) -> bool:
    """Say whether a provider knows a repeat by our key at all."""
    return provider in KEY_KNOWN_FOR


def knows_key(provider: str, asked_at: datetime, now: datetime) -> bool:
    """Say whether a provider is sure to know a key that it first heard of at a given time."""
    return knows_keys(provider) and now - asked_at < KEY_KNOWN_FOR[provider] - KEY_MARGIN


def obstacle_to(
    payment: Payment,
    amount: Money,
    *,
    was_touched: bool,
    is_customer_known: bool,
    providers: frozenset[str],
    now: datetime,
) -> Obstacle | None:
    """Say why the provider that took the money cannot return this part; None if it can.

    What the shop has configured comes last: asked for no providers, it tells what else is in the
    way.
    """
    capability = capability_of(payment.provider, payment.sub_method)
    if capability is None:
        return Obstacle.NO_INTERFACE
    if is_customer_known or not capability.by_email:
        obstacles = _limits_met(capability, payment, amount, was_touched=was_touched, now=now)
    else:
        obstacles = iter([Obstacle.CUSTOMER_UNKNOWN])
    is_configured = payment.provider in providers
    return next(obstacles, None if is_configured else Obstacle.NOT_CONFIGURED)


def _limits_met(
    capability: Capability, payment: Payment, amount: Money, *, was_touched: bool, now: datetime
) -> Iterator[Obstacle]:
    is_whole = amount == payment.amount and not was_touched
    if not (is_whole or capability.partially):
        yield Obstacle.WHOLE_ONLY
    if was_touched and not capability.repeatedly:
        yield Obstacle.ONCE_ONLY
    if capability.currencies and amount.currency not in capability.currencies:
        yield Obstacle.CURRENCY
    if amount.amount % step_of(payment.provider, payment.sub_method, amount.currency):
        yield Obstacle.STEP
    received_at = payment.received_at
    if capability.age_max and received_at and now - received_at >= capability.age_max:
        yield Obstacle.TOO_OLD
