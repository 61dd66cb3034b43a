"""Amounts as people type them: `25`, `25.50`, `25,50 €`. Anything else is refused, never guessed.

The rule to know: comma and dot both begin the decimals and nothing groups digits, so no amount can
be read as a hundred times another.
"""

import re

from domain.money import exponent_of

DIGITS_MAX = 12
SIGN_BY_CURRENCY = {"EUR": "€"}
SPACES = " \t\u00a0\u202f"


class AmountNotUnderstood(ValueError):
    """The text is no amount of this currency; says what one looks like."""


def parse_amount(typed: str, currency: str) -> int:
    """Read an amount as minor units of a currency; raise AmountNotUnderstood."""
    digits = exponent_of(currency)
    found = _pattern(digits).fullmatch(_bare(typed, currency))
    if found is None:
        raise AmountNotUnderstood(
            f"{typed!r} is not an amount in {currency}: write it as {_example(digits)}, without "
            "signs or anything between thousands."
        )
    whole, decimals = found.group("whole"), found.group("decimals") or ""
    return int(whole + decimals.ljust(digits, "0"))


def _pattern(digits: int) -> re.Pattern[str]:
    decimals = rf"(?:[.,](?P<decimals>[0-9]{{1,{digits}}}))?" if digits else "(?P<decimals>)"
    return re.compile(rf"(?P<whole>[0-9]{{1,{DIGITS_MAX - digits}}}){decimals}")


def _bare(typed: str, currency: str) -> str:
    """Take the currency's own sign or code off one end, and the spaces around."""
    text = typed.strip(SPACES)
    for sign in (currency, SIGN_BY_CURRENCY.get(currency, currency)):
        text = text.removeprefix(sign).removesuffix(sign).strip(SPACES)
    return text


def _example(digits: int) -> str:
    return f"1234.{'567890'[:digits]} or 1234,{'567890'[:digits]}" if digits else "1234"
