"""The sales report's question: each figure held against a count by hand, in any dimension."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.postgres.database import Pool, open_pool
from adapters.postgres.query import fetch
from adapters.shops.zones import begins_of
from domain.identifiers import CustomerKeyId, ShopId
from domain.money import Money
from domain.order.events import RefundIssued, RefundRequested
from domain.order.values import RefundLine
from projections.sales.accounts import SalesKind
from projections.sales.projection import SalesEntry
from projections.sales.queries import Dimension, sum_sales
from projections.sales.report import (
    SalesFigures,
    SalesRow,
    VatOfRate,
    report_rows,
    report_totals,
)
from tests.adapters.running.given import open_ledger, running
from tests.projections.sales.given import NOON, SHOP, entry, of_no_line, write
from tests.projections.sample import (
    BEGIN,
    COURSE,
    OTHER_SHOP,
    PRICE,
    REFUND,
    Kind,
    Sample,
    samples,
)
from tests.projections.sample import SHOP as SAMPLES_SHOP
from tests.support import Database

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 23)
OURS = samples(90)
THEIRS = samples(30, seed=2, shop=OTHER_SHOP)
SAMPLE_DAYS = [BEGIN.date(), BEGIN.date() + timedelta(days=1)]


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


async def report(
    pool: Pool,
    by: Dimension = Dimension.DAY,
    days: list[date] | None = None,
    zone: ZoneInfo = HELSINKI,
    shop: ShopId = SHOP,
) -> tuple[tuple[SalesRow, ...], tuple[SalesFigures, ...]]:
    wanted = days or [DAY]
    sums = await fetch(pool, sum_sales(shop, by, wanted, begins_of(wanted, zone)))
    return report_rows(sums, by), report_totals(sums)


async def report_of(
    database: Database, entries: list[SalesEntry], by: Dimension = Dimension.DAY
) -> tuple[tuple[SalesRow, ...], tuple[SalesFigures, ...]]:
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        await write(pool, entries)
        return await report(pool, by)


KEYS_BY_HAND: dict[Dimension, Callable[[Sample], str]] = {
    Dimension.COUNTRY: lambda sample: sample.country,
    Dimension.CURRENCY: lambda sample: sample.currency,
    Dimension.PROVIDER: lambda sample: sample.provider,
    Dimension.SOURCE: lambda sample: sample.source,
    Dimension.VAT_RATE: lambda _: "2550",
    Dimension.DAY: lambda sample: sample.created_at.astimezone(HELSINKI).date().isoformat(),
}


@pytest.mark.parametrize("by", KEYS_BY_HAND)
async def test_each_dimension_divides_what_the_orders_themselves_come_to(
    database: Database, by: Dimension
) -> None:
    async with open_ledger(database.url) as ledger:
        await ledger.record([*OURS, *THEIRS])
        async with running(ledger.follower("sales")):
            await ledger.caught_up("sales")
        rows, totals = await report(ledger.pool, by, SAMPLE_DAYS, shop=SAMPLES_SHOP)
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for sample in OURS:
        if sample.kind.is_paid:
            for key in ((KEYS_BY_HAND[by](sample), sample.currency), ("", sample.currency)):
                found = expected[key]
                found[0] += 1
                found[1] += 1 + sample.has_bump
                found[2] += sample.price
                found[3] += sample.refunded
    figures = [(row.key, row) for row in rows] + [("", total) for total in totals]
    assert {
        (key, one.gross.currency): [
            one.orders,
            one.units,
            one.gross.amount,
            one.returned.amount,
        ]
        for key, one in figures
    } == dict(expected)
    assert all(one.net.amount == one.gross.amount - one.refunded.amount for _, one in figures)


async def test_an_order_that_is_not_marked_as_refunded_skews_the_report(database: Database) -> None:
    """The merchant's page: unrefunded orders skew order reports. Recording alone mends it."""
    sample = next(one for one in OURS if one.kind is Kind.PAID)
    whole = [RefundLine(line_id=COURSE, amount=PRICE, vat=0)]
    marked = [
        RefundRequested(at=BEGIN, refund_id=REFUND, lines=tuple(whole), transfers=(), by="laura"),
        RefundIssued(at=BEGIN, refund_id=REFUND),
    ]
    async with open_ledger(database.url) as ledger, running(ledger.follower("sales")):
        await ledger.record([sample])
        await ledger.caught_up("sales")
        _, (before,) = await report(ledger.pool, days=SAMPLE_DAYS, shop=SAMPLES_SHOP)
        key = CustomerKeyId(UUID(int=0))
        await ledger.append(sample.stream, [ledger.row(fact, key) for fact in marked])
        await ledger.caught_up("sales")
        _, (after,) = await report(ledger.pool, days=SAMPLE_DAYS, shop=SAMPLES_SHOP)
    assert before.net.amount == sample.price
    assert (after.net.amount, after.recorded_only.amount) == (sample.price - PRICE, PRICE)


async def test_a_product_is_named_as_it_was_last(database: Database) -> None:
    old = entry(1, 10_000, at=NOON - timedelta(hours=1), product_name="Aquarelle")
    rows, _ = await report_of(
        database, [entry(2, 10_000), old, entry(2, 500, product_id="brush")], Dimension.PRODUCT
    )
    assert [(row.key, row.label, row.orders, row.gross) for row in rows] == [
        ("course", "Watercolours", 2, euros(20_000)),
        ("brush", "Watercolours", 1, euros(500)),
    ]


async def test_an_order_with_several_lines_is_one_order_in_the_total(database: Database) -> None:
    entries = [entry(1, 100), entry(1, 100, product_id="bump"), entry(2, 100)]
    rows, (total,) = await report_of(database, entries, Dimension.PRODUCT)
    assert [(row.key, row.orders) for row in rows] == [("course", 2), ("bump", 1)]
    assert (total.orders, total.units) == (2, 3)


async def test_the_net_is_what_is_sold_less_refunds_and_losses_with_what_was_restored(
    database: Database,
) -> None:
    _, (total,) = await report_of(
        database,
        [
            entry(1, 10_000),
            entry(1, 1_000, SalesKind.RETURNED),
            entry(1, 600, SalesKind.OWED),
            entry(1, -100, SalesKind.OWED),
            entry(1, 300, SalesKind.RECORDED_ONLY),
            entry(1, 200, SalesKind.RESTORED),
            of_no_line(1, 50, SalesKind.LOSS),
            of_no_line(1, 7_000, SalesKind.EXCESS_RETURNED),
            of_no_line(1, 8_000, SalesKind.UNALLOCATED),
        ],
    )
    assert total == SalesFigures(
        orders=1,
        units=1,
        gross=euros(10_000),
        refunded=euros(1_800),
        returned=euros(1_000),
        owed=euros(500),
        recorded_only=euros(300),
        restored=euros(200),
        losses=euros(50),
        net=euros(8_350),
        vat=euros(2_000 - 200 - 120 + 20 - 60 + 40),
        vat_by_rate=(
            VatOfRate(rate=2_550, net=euros(8_400), vat=euros(2_000 - 200 - 120 + 20 - 60 + 40)),
        ),
        excess_returned=euros(7_000),
        unallocated=euros(8_000),
    )


async def test_vat_is_told_by_rate_the_highest_first_and_only_of_lines(database: Database) -> None:
    entries = [
        entry(1, 10_000),
        entry(1, 1_000, vat_rate=1_350),
        entry(1, 500, SalesKind.RETURNED, vat_rate=1_350),
        of_no_line(1, 50, SalesKind.LOSS),
    ]
    (row,), (total,) = await report_of(database, entries)
    assert row.vat_by_rate == total.vat_by_rate
    assert [(of.rate, of.net.amount, of.vat.amount) for of in total.vat_by_rate] == [
        (2_550, 10_000, 2_000),
        (1_350, 500, 100),
    ]
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        rows, _ = await report(pool, Dimension.VAT_RATE)
    assert [(row.key, row.net.amount) for row in rows] == [
        ("2550", 10_000),
        ("1350", 500),
        ("", -50),
    ]


async def test_currencies_are_never_added_up(database: Database) -> None:
    rows, totals = await report_of(database, [entry(1, 100), entry(2, 70, currency="SEK")])
    assert [(row.key, row.gross) for row in rows] == [
        ("2026-11-23", euros(100)),
        ("2026-11-23", Money(70, "SEK")),
    ]
    assert [total.gross for total in totals] == [euros(100), Money(70, "SEK")]


async def test_a_shop_sees_its_own_sales_alone(database: Database) -> None:
    assert await report_of(database, [entry(1, 100, shop=ShopId("other"))]) == ((), ())


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T21:59:59.999999Z", "2026-03-28"),
        ("2026-03-28T22:00:00Z", "2026-03-29"),
        ("2026-03-29T00:59:59Z", "2026-03-29"),
        ("2026-03-29T20:59:59.999999Z", "2026-03-29"),
        ("2026-03-29T21:00:00Z", "2026-03-30"),
        ("2026-10-24T20:59:59.999999Z", "2026-10-24"),
        ("2026-10-24T21:00:00Z", "2026-10-25"),
        ("2026-10-25T00:30:00Z", "2026-10-25"),
        ("2026-10-25T01:30:00Z", "2026-10-25"),
        ("2026-10-25T21:59:59.999999Z", "2026-10-25"),
        ("2026-10-25T22:00:00Z", "2026-10-26"),
    ],
)
async def test_a_day_is_the_shops_own_also_when_the_clocks_change(
    database: Database, moment: str, day: str
) -> None:
    at = datetime.fromisoformat(moment)
    days = [at.date() + timedelta(days=number) for number in (-1, 0, 1)]
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        await write(pool, [entry(1, 100, at=at)])
        rows, _ = await report(pool, days=days)
        assert [row.key for row in rows] == [day]
        only, _ = await report(pool, days=[date.fromisoformat(day)])
        assert [row.key for row in only] == [day]


async def test_another_zone_is_another_day(database: Database) -> None:
    late = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        await write(pool, [entry(1, 100, at=late)])
        assert (await report(pool, zone=ZoneInfo("America/New_York")))[0][0].key == "2026-11-23"
        assert (await report(pool, zone=ZoneInfo("Asia/Tokyo")))[0] == ()
