"""Amounts: integers of a currency's minor unit, never fractions."""

from decimal import Decimal

from msgspec import Struct

AMOUNT_MAX = 999_999_999_999
"""Minor units that may be stated or typed: twelve digits."""
EXPONENT_DEFAULT = 2
EXPONENTS_BY_CURRENCY = (
    dict.fromkeys(
        (
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
            "VUV", "XAF", "XOF", "XPF",
        ),
        0,
    )
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
    | dict.fromkeys(("CLF", "UYW"), 4)
)  # fmt: skip
"""Digits after the decimal sign, by ISO 4217; every other currency has two."""


class Money(Struct, frozen=True):
    """An amount of minor units (cents, or the like) in an ISO 4217 currency."""

    amount: int
    currency: str

    def __str__(self) -> str:
        """Write it for people of any language: `1234.50 EUR`."""
        return f"{Decimal(self.amount).scaleb(-exponent_of(self.currency)):f} {self.currency}"


def exponent_of(currency: str) -> int:
    """Say how many digits of a currency stand after the decimal sign (ISO 4217)."""
    return EXPONENTS_BY_CURRENCY.get(currency, EXPONENT_DEFAULT)
