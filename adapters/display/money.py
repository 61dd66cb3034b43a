"""Money as people of a country write it, with as many digits as the currency has by ISO 4217.

The rule to know: how many digits comes from our own table, never from Babel, which hides those of
thirteen currencies.
"""

from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

from domain.money import Money, exponent_of

AMOUNTS_KEPT = 10_000
"""Prices repeat, and writing one takes longer than all else of a row."""


@lru_cache(maxsize=AMOUNTS_KEPT)
def money_text(money: Money, locale: Locale) -> str:
    """Write an amount: `302,56 €` in Finland, `€302.56` in Britain."""
    exponent = exponent_of(money.currency)
    return format_currency(
        Decimal(money.amount).scaleb(-exponent),
        money.currency,
        format=_pattern(str(locale), money.currency).replace("0.00", f"{0:.{exponent}f}"),
        locale=locale,
        currency_digits=False,
    )


@cache
def _pattern(locale_name: str, currency: str) -> str:
    locale = Locale.parse(locale_name)
    pattern: str = locale.currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale)[-1].isalpha():
        # Unicode sets a letter apart from the number; Babel does not yet.
        return pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return pattern
