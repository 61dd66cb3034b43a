"""Ways to pay: providers, their methods and what they are for.

Paytrail and Epassi take euros only; Epassi is a Finnish employee benefit.
"""

from random import Random

from msgspec import Struct

MINUTE_SECONDS = 60
HOUR_SECONDS = 3_600


class Purse(Struct, frozen=True, kw_only=True):
    """A way to pay, and how long its confirmation takes."""

    provider: str
    method: str
    sub_methods: tuple[str, ...] = ("",)
    weight: int
    seconds: tuple[int, int] = (15, 2 * MINUTE_SECONDS)
    is_euro_only: bool = False
    is_finnish_only: bool = False


FREE = Purse(provider="free", method="free", weight=0, seconds=(0, 0))

PURSES = (
    Purse(provider="stripe", method="card", sub_methods=("visa", "mastercard", "amex"), weight=34),
    Purse(provider="stripe", method="wallet", sub_methods=("apple_pay", "google_pay"), weight=10),
    Purse(provider="stripe", method="klarna", weight=6),
    Purse(
        provider="paytrail",
        method="bank",
        sub_methods=("osuuspankki", "nordea", "spankki", "danske", "alandsbanken"),
        weight=24,
        is_euro_only=True,
        is_finnish_only=True,
    ),
    Purse(
        provider="paytrail",
        method="mobile",
        sub_methods=("mobilepay", "siirto", "pivo"),
        weight=14,
        is_euro_only=True,
        is_finnish_only=True,
    ),
    Purse(
        provider="paytrail",
        method="credit",
        sub_methods=("collectorb2c", "oplaskuV1"),
        weight=4,
        seconds=(MINUTE_SECONDS, 20 * MINUTE_SECONDS),
        is_euro_only=True,
        is_finnish_only=True,
    ),
    Purse(
        provider="epassi",
        method="benefit",
        weight=5,
        is_euro_only=True,
        is_finnish_only=True,
    ),
    Purse(provider="paypal", method="paypal", weight=4),
    Purse(
        provider="invoice",
        method="bank_transfer",
        weight=2,
        seconds=(2 * HOUR_SECONDS, 72 * HOUR_SECONDS),
    ),
)

FAILURES = (
    ("card_declined", "The card was declined."),
    ("insufficient_funds", "The account does not have enough money."),
    ("cancelled", "The customer turned back."),
    ("expired", "The customer did not confirm in time."),
)


def purses_for(currency: str, country: str) -> list[Purse]:
    """List the ways to pay that a checkout would show."""
    return [
        purse
        for purse in PURSES
        if not (purse.is_euro_only and currency != "EUR")
        and not (purse.is_finnish_only and country != "FI")
    ]


def pick_purse(rng: Random, currency: str, country: str) -> Purse:
    """Pick one as customers do."""
    purses = purses_for(currency, country)
    return rng.choices(purses, [purse.weight for purse in purses])[0]
