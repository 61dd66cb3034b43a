"""The columns of a chart: a report's days, brought together to weeks or months where they are many.

The rule to know: a day on which nothing happened is a column too, of nothing.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from adapters.reading.sales_report import Days
from projections.sales.report import SalesRow

DAILY_DAYS_MAX = 62
WEEKLY_DAYS_MAX = 400


class Period(StrEnum):
    """How much time a column stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Column(Struct, frozen=True, kw_only=True):
    """What a period comes to, in minor units of one currency."""

    first: date
    """Of its days in the range."""
    gross: int
    net: int


def period_of(days: Days) -> Period:
    """Say how much a column stands for, so that there are few enough to see."""
    count = (days.last - days.first).days + 1
    if count <= DAILY_DAYS_MAX:
        return Period.DAY
    return Period.WEEK if count <= WEEKLY_DAYS_MAX else Period.MONTH


def columns_of(rows: Iterable[SalesRow], days: Days, currency: str) -> tuple[Column, ...]:
    """Sum up the rows of one currency, by day, for each period of the range."""
    period = period_of(days)
    sums: dict[date, list[int]] = {}
    for day in days.all:
        sums.setdefault(_begin(day, period), [0, 0])
    for row in rows:
        if row.gross.currency == currency:
            of_period = sums[_begin(date.fromisoformat(row.key), period)]
            of_period[0] += row.gross.amount
            of_period[1] += row.net.amount
    return tuple(
        Column(first=max(begin, days.first), gross=gross, net=net)
        for begin, (gross, net) in sums.items()
    )


def _begin(day: date, period: Period) -> date:
    if period is Period.DAY:
        return day
    return day.replace(day=1) if period is Period.MONTH else day - timedelta(days=day.weekday())
