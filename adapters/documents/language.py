"""The language of an email to a customer, and how money, dates and percents are written in it.

The rule to know: Finland and Åland are written to in Finnish, every other country in English.
"""

from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_percent
from msgspec import Struct

from adapters.display.money import money_text
from adapters.display.times import ZONE_DEFAULT
from adapters.display.words import words_of
from adapters.documents.words import ENGLISH, FINNISH, Words
from domain.money import Money

FINNISH_COUNTRIES = frozenset({"FI", "AX"})
BASIS_POINTS = 10_000


class Language(Struct, frozen=True, kw_only=True):
    """Words and ways of writing of one language."""

    locale: Locale
    words: Words

    def money(self, money: Money) -> str:
        """Write an amount with as many digits as its currency has."""
        return money_text(money, self.locale)

    def date(self, when: datetime) -> str:
        """Write the day that it was in the zone of the ledger's merchants."""
        return format_date(when.astimezone(ZONE_DEFAULT), format="long", locale=self.locale)

    def percent(self, basis_points: int) -> str:
        """Write a VAT rate."""
        share = Decimal(basis_points) / BASIS_POINTS
        return format_percent(share, locale=self.locale, decimal_quantization=False)

    def country(self, code: str) -> str:
        """Name a country (ISO 3166)."""
        name: str = self.locale.territories.get(code, code)
        return name

    def method(self, method: str, sub_method: str) -> str:
        """Name a way to pay."""
        known = self.words.methods.get(method) or words_of(method)
        return f"{known} ({words_of(sub_method)})" if sub_method else known


_FINNISH = Language(locale=Locale("fi"), words=FINNISH)
_ENGLISH = Language(locale=Locale("en", "GB"), words=ENGLISH)


def language_of(country: str) -> Language:
    """Say how to write to a customer of a country (ISO 3166)."""
    return _FINNISH if country in FINNISH_COUNTRIES else _ENGLISH
