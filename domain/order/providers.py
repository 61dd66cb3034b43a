"""What providers can pay back by themselves: data, per provider and sub-method.

Sources: Stripe's refunds (full and partial, any currency); Paytrail's documentation of payment
method providers (EUR only; S-Pankki and Ålandsbanken by email to the customer; Nordea once per
payment, within 13 weeks); Epassi (a payment can be cancelled as a whole). What is not listed is
paid back by a person in the provider's own dashboard.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from domain.money import Money
from domain.order.parts import Payment
from domain.order.values import TransferMethod

EURO = frozenset({"EUR"})


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
    age_max: timedelta | None = None
    """How old the payment may be."""


ANY_SUB_METHOD = ""
KEY_KNOWN_FOR: dict[str, timedelta] = {"stripe": timedelta(hours=24)}
"""How long a provider is sure to know a repeat by our key. Not listed: it never does. (Stripe's
idempotent requests: keys may go after at least 24 hours; Paytrail documents none of refund stamps.)
"""
KEY_MARGIN = timedelta(hours=1)
"""For clocks that differ, and calls that take their time."""
CAPABILITIES: dict[tuple[str, str], Capability] = {
    ("stripe", ANY_SUB_METHOD): Capability(),
    ("paytrail", ANY_SUB_METHOD): Capability(currencies=EURO),
    ("paytrail", "spankki"): Capability(currencies=EURO, by_email=True),
    ("paytrail", "alandsbanken"): Capability(currencies=EURO, by_email=True),
    ("paytrail", "nordea"): Capability(
        currencies=EURO, repeatedly=False, age_max=timedelta(weeks=13)
    ),
    ("epassi", ANY_SUB_METHOD): Capability(partially=False, currencies=EURO),
}


def capability_of(provider: str, sub_method: str) -> Capability | None:
    """Find what a provider can pay back by itself; None when a person must do it."""
    exact = CAPABILITIES.get((provider, sub_method))
    return exact or CAPABILITIES.get((provider, ANY_SUB_METHOD))


def knows_keys(provider: str) -> bool:
    """Say whether a provider knows a repeat by our key at all."""
    return provider in KEY_KNOWN_FOR


def knows_key(provider: str, asked_at: datetime, now: datetime) -> bool:
    """Say whether a provider is sure to know a key that it first heard of at a given time."""
    return knows_keys(provider) and now - asked_at < KEY_KNOWN_FOR[provider] - KEY_MARGIN


def method_for(
    payment: Payment,
    amount: Money,
    *,
    was_touched: bool,
    providers: frozenset[str],
    now: datetime,
) -> TransferMethod:
    """Say whether the provider that took the money can return this part of it by itself."""
    capability = capability_of(payment.provider, payment.sub_method)
    if capability is None or payment.provider not in providers:
        return TransferMethod.MANUAL
    if _is_possible(capability, payment, amount, was_touched=was_touched, now=now):
        return TransferMethod.PROVIDER
    return TransferMethod.MANUAL


def _is_possible(
    capability: Capability, payment: Payment, amount: Money, *, was_touched: bool, now: datetime
) -> bool:
    is_whole = amount == payment.amount and not was_touched
    is_in_time = (
        capability.age_max is None
        or payment.received_at is None
        or now - payment.received_at < capability.age_max
    )
    return (
        (is_whole or capability.partially)
        and (capability.repeatedly or not was_touched)
        and (not capability.currencies or amount.currency in capability.currencies)
        and is_in_time
    )
