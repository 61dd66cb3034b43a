"""Which days a report is of: words, ends, refusals, and the shop's own zone."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from adapters.auth.shops import Shops
from adapters.postgres.database import open_pool
from adapters.reading.sales_report import (
    DAYS_MAX,
    Days,
    DaysWanted,
    RangeWord,
    RangeWrong,
    SalesReport,
    days_of,
    read_sales,
)
from adapters.shops.settings import ShopSettingsStore
from adapters.shops.zones import UnknownZone, begins_of, zone_named
from tests.projections.sales.given import SHOP, entry, write
from tests.support import Database

TODAY = date(2028, 3, 1)
"""The day after the 29th of February."""
EVENING = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
"""Half an hour past midnight in Helsinki."""


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        (RangeWord.TODAY, "2028-03-01", "2028-03-01"),
        (RangeWord.YESTERDAY, "2028-02-29", "2028-02-29"),
        (RangeWord.LAST_7_DAYS, "2028-02-24", "2028-03-01"),
        (RangeWord.LAST_30_DAYS, "2028-02-01", "2028-03-01"),
        (RangeWord.MONTH, "2028-03-01", "2028-03-01"),
        (RangeWord.PREVIOUS_MONTH, "2028-02-01", "2028-02-29"),
        (RangeWord.YEAR, "2028-01-01", "2028-03-01"),
        (None, "2028-02-01", "2028-03-01"),
    ],
)
def test_a_word_names_days_of_the_calendar(word: RangeWord | None, first: str, last: str) -> None:
    expected = Days(date.fromisoformat(first), date.fromisoformat(last))
    assert days_of(DaysWanted(range=word), TODAY) == expected


def test_the_previous_month_of_january_is_in_the_year_before() -> None:
    assert days_of(DaysWanted(range=RangeWord.PREVIOUS_MONTH), date(2026, 1, 31)) == Days(
        date(2025, 12, 1), date(2025, 12, 31)
    )


def test_both_ends_are_in_the_range_and_the_last_is_today_unless_said() -> None:
    first = date(2028, 2, 28)
    assert days_of(DaysWanted(first=first), TODAY).all == [first, date(2028, 2, 29), TODAY]
    assert days_of(DaysWanted(first=first, last=first), TODAY).all == [first]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (DaysWanted(range=RangeWord.TODAY, first=TODAY), "not both"),
        (DaysWanted(range=RangeWord.TODAY, last=TODAY), "not both"),
        (DaysWanted(last=TODAY), "on which it begins"),
        (DaysWanted(first=TODAY, last=date(2028, 2, 1)), "before it begins"),
        (DaysWanted(first=date(2000, 1, 1)), f"{DAYS_MAX:,} days"),
        (DaysWanted(first=date.min, last=date.min), "from 1970-01-01"),
        (DaysWanted(first=date.max, last=date.max), "to 2999-12-31"),
    ],
)
def test_what_is_no_range_is_refused(wanted: DaysWanted, words: str) -> None:
    with pytest.raises(RangeWrong, match=words):
        days_of(wanted, TODAY)


async def read(database: Database, zone: str, wanted: DaysWanted) -> SalesReport:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        await Shops(pool).add(SHOP, "Demo")
        settings = ShopSettingsStore(pool)
        await settings.put(SHOP, replace(await settings.get(SHOP), zone=zone))
        await write(pool, [entry(1, 100, at=EVENING)])
        return await read_sales(pool, settings, SHOP, wanted, EVENING)


@pytest.mark.parametrize(
    ("zone", "today"), [("Europe/Helsinki", "2026-11-24"), ("UTC", "2026-11-23")]
)
async def test_today_is_the_shops_today(database: Database, zone: str, today: str) -> None:
    report = await read(database, zone, DaysWanted(range=RangeWord.TODAY))
    assert (report.zone, str(report.first), str(report.last)) == (zone, today, today)
    assert [row.key for row in report.rows] == [today]
    assert [total.gross.amount for total in report.totals] == [100]


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    begin, end = begins_of([date.fromisoformat(day)], zone_named("Europe/Helsinki"))
    assert (end - begin).total_seconds() == hours * 3_600


def test_where_there_is_no_midnight_a_day_begins_with_its_first_moment() -> None:
    days = [date(2018, 11, 3), date(2018, 11, 4)]
    begins = begins_of(days, zone_named("America/Sao_Paulo"))
    assert [one.isoformat() for one in begins] == [
        "2018-11-03T03:00:00+00:00",
        "2018-11-04T03:00:00+00:00",
        "2018-11-05T02:00:00+00:00",
    ]


@pytest.mark.parametrize("name", ["", "Helsinki", "../etc/passwd", "EUROPE/HELSINKI"])
def test_only_names_of_the_iana_database_are_zones(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)
