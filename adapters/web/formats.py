"""Money, times and numbers as the people of a shop write them, in the language of the page.

The rule to know: every time is shown in the shop's zone, wherever who looks may be.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_time,
    format_timedelta,
)
from babel.numbers import format_decimal, format_percent
from msgspec import Struct

from adapters.display.money import money_text
from adapters.display.times import zone_name
from adapters.web.words import LanguageTag
from domain.money import Money, exponent_of

BASIS_POINTS = 10_000
DAY = timedelta(days=1)
WEEK_DAYS = 7
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
AHEAD_MAX = 10 * SECOND


class Formats(Struct, frozen=True, kw_only=True):
    """How to write values for one reader at one moment."""

    locale: Locale
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """Say which day it is in the shop's zone."""
        return self.now.astimezone(self.zone).date()

    def money(self, money: Money) -> str:
        """Write an amount with its currency; a negative one with a true minus."""
        return money_text(money, self.locale).replace("-", "\N{MINUS SIGN}")

    def less(self, money: Money) -> str:
        """Write an amount that is taken off."""
        return self.money(Money(-money.amount, money.currency))

    def amount(self, money: Money) -> str:
        """Write an amount as it is typed: no currency, nothing between thousands."""
        exponent = exponent_of(money.currency)
        pattern = f"0.{'0' * exponent}" if exponent else "0"
        return format_decimal(
            Decimal(money.amount).scaleb(-exponent), format=pattern, locale=self.locale
        )

    def number(self, number: int) -> str:
        """Write a whole number."""
        return format_decimal(number, locale=self.locale)

    def percent(self, basis_points: int) -> str:
        """Write a rate: 2550 is 25,5 %."""
        share = basis_points / BASIS_POINTS
        return format_percent(share, locale=self.locale, decimal_quantization=False)

    def exact(self, when: datetime) -> str:
        """Write a time to the second, with its zone's city."""
        return f"{self.second(when)} ({zone_name(self.zone)})"

    def second(self, when: datetime) -> str:
        """Write a time to the second."""
        return format_datetime(when, "medium", tzinfo=self.zone, locale=self.locale)

    def clock(self, when: datetime) -> str:
        """Write the time of day alone, to the second."""
        return format_time(when, "medium", tzinfo=self.zone, locale=self.locale)

    def until(self, when: datetime) -> str:
        """Write a time that is soon to come: the time of day, on another day the weekday too."""
        local, clock = when.astimezone(self.zone), self._short_time(when)
        return (
            clock
            if local.date() == self.today
            else f"{format_date(local, 'EEE', locale=self.locale)} {clock}"
        )

    def _short_time(self, when: datetime) -> str:
        return format_time(when, "short", tzinfo=self.zone, locale=self.locale)

    def day(self, when: datetime) -> str:
        """Write the day alone."""
        return format_date(when.astimezone(self.zone), "medium", locale=self.locale)

    def calendar_day(self, day: date) -> str:
        """Write a day that is not of a moment."""
        return format_date(day, "medium", locale=self.locale)

    def short_date(self, day: date) -> str:
        """Write a day without its year."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def month(self, day: date) -> str:
        """Write the month that a day is in."""
        return format_skeleton("yMMM", day, locale=self.locale)

    def relative(self, when: datetime) -> str:
        """Write a time as seen from now: minutes and hours, then the day, after a week the date.

        A clock elsewhere may be a little ahead of ours: what it calls soon is now.
        """
        passed = self.now - when
        if -AHEAD_MAX < passed < timedelta(0):
            passed = timedelta(0)
        if abs(passed) < DAY:
            # Clocks differ: what comes within a minute has come.
            return format_timedelta(
                min(-passed, -SECOND) if passed > -MINUTE else -passed,
                add_direction=True,
                format="short",
                threshold=1,
                locale=self.locale,
            )
        local = when.astimezone(self.zone)
        if 0 < (self.today - local.date()).days < WEEK_DAYS:
            weekday = format_date(local, "EEE", locale=self.locale)
            return f"{weekday} {self._short_time(when)}"
        return self.day(when)

    def duration(self, seconds: float) -> str:
        """Write how long something takes, in its largest unit."""
        return format_timedelta(
            timedelta(seconds=round(seconds)), format="short", threshold=1, locale=self.locale
        )

    def stamp(self, when: datetime) -> str:
        """Write a time for programs, as `<time datetime>` wants it."""
        return when.isoformat()

    def country(self, code: str) -> str:
        """Name a country (ISO 3166)."""
        name: str = self.locale.territories.get(code, code)
        return name


def formats_for(language: LanguageTag, country: str, zone: ZoneInfo, now: datetime) -> Formats:
    """Write in this language as it is written in this country, as far as that is known."""
    try:
        locale = Locale.parse(f"{language}_{country}")
    except UnknownLocaleError:
        locale = Locale.parse("en_FI" if language is LanguageTag.ENGLISH else language.value)
    return Formats(locale=locale, zone=zone, now=now)
