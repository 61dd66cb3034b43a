"""Amounts as Stripe writes them, which for some currencies is not in ISO 4217's minor unit.

Source: https://docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies"
and "Special cases". The króna and the Ugandan shilling have no decimals, and Stripe writes two all
the same (00); the ariary has two, and Stripe writes none; of three decimals the last must be 0.
"""

from decimal import Decimal

from domain.money import Money, exponent_of

ZERO_DECIMAL = frozenset(
    (
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
        "XOF", "XPF",
    )
)  # fmt: skip
THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
DECIMALS_DEFAULT = 2
THREE_DECIMAL_STEP = 10


class NotPayable(Exception):
    """Stripe cannot write this amount of this currency, or we cannot write what it wrote."""


def stripe_amount(money: Money) -> int:
    """Write an amount as Stripe wants it; raise NotPayable rather than round."""
    amount = _scaled(money.amount, exponent_of(money.currency), _decimals(money.currency), money)
    if money.currency in THREE_DECIMAL and amount % THREE_DECIMAL_STEP:
        raise NotPayable(f"Stripe pays {money.currency} in steps of 0.01: it cannot pay {money}.")
    return amount


def money_of(amount: int, currency: str) -> Money:
    """Read an amount that Stripe wrote, its currency in lower case; raise NotPayable."""
    written = Money(amount, currency.upper())
    decimals, exponent = _decimals(written.currency), exponent_of(written.currency)
    return Money(_scaled(amount, decimals, exponent, written), written.currency)


def _decimals(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else DECIMALS_DEFAULT


def _scaled(amount: int, from_decimals: int, to_decimals: int, money: Money) -> int:
    scaled = Decimal(amount).scaleb(to_decimals - from_decimals)
    if scaled != int(scaled):
        raise NotPayable(f"Stripe does not pay parts of a unit of {money.currency}: {money}.")
    return int(scaled)
