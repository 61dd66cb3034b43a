"""The sales report of a shop, for whoever asks: by the shop's own days, or those that a word names.

The rule to know: a range is of whole days in the shop's zone, both ends included; it moves with the
shop's setting, because entries keep the moment and not the day.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from adapters.running.standings import count_orders_aside
from adapters.shops.settings import ShopSettingsStore
from adapters.shops.zones import begins_of, zone_named
from domain.identifiers import ShopId
from domain.phrase import say
from domain.rejection import Rejection
from projections.sales.projection import SALES
from projections.sales.queries import Dimension, sum_sales
from projections.sales.report import SalesFigures, SalesRow, report_rows, report_totals

READ_MODELS = (SALES.name,)
DAYS_MAX = 3_660
"""Ten years."""
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2999, 12, 31)


class RangeWord(StrEnum):
    """Days that move with the calendar; those of today are not over."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    MONTH = "month"
    PREVIOUS_MONTH = "previous_month"
    YEAR = "year"


class RangeWrong(Rejection):
    """The days that are asked for are no range."""

    code = "range_wrong"


class DaysWanted(Struct, frozen=True, kw_only=True):
    """Which days are asked for, by a word or by their ends; neither: the last 30 days."""

    by: Dimension = Dimension.DAY
    range: RangeWord | None = None
    first: date | None = None
    last: date | None = None
    """Today if only the first is said."""


class Days(Struct, frozen=True):
    """A range of days, both ends in it."""

    first: date
    last: date

    @property
    def all(self) -> list[date]:
        """Every day of it, in order."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


class SalesReport(Struct, frozen=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """What was sold, refunded and lost in these days, by the time at which each happened."""

    first: date
    last: date
    """In it."""
    zone: str
    """Where these days begin and end."""
    by: Dimension
    totals: tuple[SalesFigures, ...]
    """One for each currency."""
    rows: tuple[SalesRow, ...]
    """Only values and days that something happened with."""
    orders_set_aside: int
    """Of the shop, whatever the days: of these orders the report lacks the latest, or all."""


async def read_sales(
    pool: Pool, shop_settings: ShopSettingsStore, shop: ShopId, wanted: DaysWanted, now: datetime
) -> SalesReport:
    """Report a shop's sales; raise RangeWrong."""
    zone = zone_named((await shop_settings.get(shop)).zone)
    days = days_of(wanted, now.astimezone(zone).date())
    query = sum_sales(shop, wanted.by, days.all, begins_of(days.all, zone))
    sums = await fetch(pool, query)
    return SalesReport(
        first=days.first,
        last=days.last,
        zone=zone.key,
        by=wanted.by,
        totals=report_totals(sums),
        rows=report_rows(sums, wanted.by),
        orders_set_aside=await count_orders_aside(pool, SALES.name, shop),
    )


def days_of(wanted: DaysWanted, today: date) -> Days:
    """Say which days are asked for; raise RangeWrong."""
    if wanted.range is not None and (wanted.first or wanted.last):
        raise RangeWrong(say("A range is named by a word or by its ends, not both."))
    if wanted.last is not None and wanted.first is None:
        raise RangeWrong(say("A range that ends on a day must say on which it begins."))
    if wanted.first is None:
        return DAYS_BY_WORD[wanted.range or RangeWord.LAST_30_DAYS](today)
    days = Days(wanted.first, wanted.last or today)
    if days.last < days.first:
        raise RangeWrong(
            say(
                "The range ends on {last}, before it begins on {first}.",
                last=days.last,
                first=days.first,
            )
        )
    if days.first < FIRST_DAY or days.last > LAST_DAY:
        raise RangeWrong(
            say(
                "A report is of days from {first_day} to {last_day}.",
                first_day=FIRST_DAY,
                last_day=LAST_DAY,
            )
        )
    if len(days.all) > DAYS_MAX:
        raise RangeWrong(say("A report is of {days_max} days at most.", days_max=f"{DAYS_MAX:,}"))
    return days


def _last(count: int) -> Callable[[date], Days]:
    return lambda today: Days(today - timedelta(days=count - 1), today)


def _yesterday(today: date) -> Days:
    return Days(today - timedelta(days=1), today - timedelta(days=1))


def _month(today: date) -> Days:
    return Days(today.replace(day=1), today)


def _previous_month(today: date) -> Days:
    end = today.replace(day=1) - timedelta(days=1)
    return Days(end.replace(day=1), end)


def _year(today: date) -> Days:
    return Days(today.replace(month=1, day=1), today)


DAYS_BY_WORD: Mapping[RangeWord, Callable[[date], Days]] = {
    RangeWord.TODAY: _last(1),
    RangeWord.YESTERDAY: _yesterday,
    RangeWord.LAST_7_DAYS: _last(7),
    RangeWord.LAST_30_DAYS: _last(30),
    RangeWord.MONTH: _month,
    RangeWord.PREVIOUS_MONTH: _previous_month,
    RangeWord.YEAR: _year,
}
"""Today counts among the last days."""
