"""Reports: figures, the chart's geometry, the table with the same figures, and files."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from adapters.reading.sales_report import Days
from adapters.running.projections import READ_MODELS
from adapters.running.waiting import wait_for
from adapters.web.reports.columns import Column, Period, columns_of, period_of
from adapters.web.reports.drawing import NARROW, WIDE, Drawing, Shape, draw
from domain.identifiers import LineId, PaymentId
from domain.order.events import OrderFact, RefundRequested
from domain.order.values import RefundLine
from tests.adapters.http_api.recorded import AT, followed, placed, received, record, started
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import Visitor, site
from tests.adapters.web.tables import rows_of
from tests.examples import refunded
from tests.support import Database

DAY = AT.date()
RANGE: dict[str, Any] = {"from": DAY.isoformat(), "to": DAY.isoformat()}


@asynccontextmanager
async def sold(database: Database) -> AsyncIterator[Visitor]:
    """Serve two orders of one day, one of them refunded in part, to a visitor."""
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        for number in (1, 2):
            facts: list[OrderFact] = [
                started(number),
                placed(number, "m@example.com"),
                received(number),
            ]
            await record(ledger.parts, number, facts)
        asked, *others = refunded(RefundLine(line_id=LineId("1"), amount=2_500, vat=508))
        assert isinstance(asked, RefundRequested)
        transfers = tuple(replace(one, payment_id=PaymentId("p-1")) for one in asked.transfers)
        refund: list[OrderFact] = [replace(asked, transfers=transfers), *others]
        facts_of_refund = [replace(fact, at=AT) for fact in refund]
        position = await record(ledger.parts, 2, facts_of_refund, after=3)
        assert await wait_for(ledger.parts.pool, position, READ_MODELS)
        yield laura


DAY_FIELD = re.compile(r'type="date" name="(?:from|to)" value="([^"]+)"')


async def test_a_day_is_shown_in_figures_in_a_chart_and_in_rows(database: Database) -> None:
    async with sold(database) as laura:
        page = await laura.get("/reports", **RANGE)

    text, (_, row, total) = words_of(page.text), rows_of(page.text)
    assert "23 Nov 2026 to 23 Nov 2026, days of Europe/Helsinki" in text
    assert "Gross 200,00 € Refunded 25,00 € Net 175,00 €" in text
    assert "23 Nov 2026: gross 200,00 €, net 175,00 €" in text
    assert 'role="img"' in page.text
    assert row[:5] == ["23 Nov 2026", "2", "2", "200,00 €", "25,00 €"]
    assert total == ["All in EUR", *row[1:]]


async def test_other_divisions_name_their_values_and_draw_no_days(database: Database) -> None:
    names = {"product": "Watercolours", "country": "Finland", "provider": "Stripe"}
    names |= {"source": "newsletter", "currency": "EUR", "vat_rate": "25,5 %"}
    async with sold(database) as laura:
        for by, name in names.items():
            page = await laura.get("/reports", by=by, **RANGE)

            assert [row[0] for row in rows_of(page.text)][1:] == [name, "All in EUR"], by
            assert 'role="img"' not in page.text


async def test_the_files_are_those_of_the_api(database: Database) -> None:
    async with sold(database) as laura:
        plain = await laura.get("/reports.csv", by="source", **RANGE)
        excel = await laura.get("/reports.csv", format="excel-fi", **RANGE)
        unknown = await laura.get("/reports.csv", format="xlsx", **RANGE)
        page = await laura.get("/reports", by="source", **RANGE)

    assert unknown.status_code == 400
    assert plain.headers["content-type"].startswith("text/csv")
    assert 'filename="sales-2026-11-23-2026-11-23.csv"' in plain.headers["content-disposition"]
    assert plain.text.splitlines()[1].startswith("newsletter,,EUR,2,2,200.00,25.00")
    assert excel.text.splitlines()[1].startswith("2026-11-23;;EUR;2;2;200,00;25,00")
    query = "from=2026-11-23&amp;to=2026-11-23&amp;by=source"
    assert f'href="/shops/kauppa/reports.csv?{query}"' in page.text


async def test_days_that_are_no_range_are_refused_in_words(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        wrongs: list[dict[str, Any]] = [
            {"from": "2026-11-23", "to": "2026-11-01"},
            {"from": "soon"},
            {"range": "today", "from": "2026-11-23"},
            {"range": "never"},
            {"by": "moon"},
        ]
        for wrong in wrongs:
            page = await laura.get("/reports", **wrong)

            assert page.status_code == 400, wrong
            assert "These days cannot be reported" in words_of(page.text)
        file = await laura.get("/reports.csv", by="moon")
    assert file.status_code == 400


async def test_fields_left_empty_say_nothing_and_an_empty_report_says_so(
    database: Database,
) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        empty: dict[str, Any] = {"from": "", "to": "", "by": "", "range": ""}
        page = await laura.get("/reports", **empty)

    assert "Nothing was sold or refunded in these days" in words_of(page.text)
    assert 'aria-current="true">Last 30 days' in page.text
    days = [date.fromisoformat(day) for day in DAY_FIELD.findall(page.text)]
    assert days[1] - days[0] == timedelta(days=29), "the form says which days are shown"


def drawn(*amounts: tuple[int, int], shape: Shape = WIDE, currency: str = "EUR") -> Drawing:
    """Draw days of gross and net, in minor units."""
    columns = [
        Column(first=DAY + timedelta(days=place), gross=gross, net=net)
        for place, (gross, net) in enumerate(amounts)
    ]
    return draw(columns, currency, shape, number=str, label=lambda one: one.first.isoformat())


class TestDrawing:
    def test_bars_are_in_proportion_and_stand_on_the_line_of_zero(self) -> None:
        one, two = drawn((20_000, 15_000), (10_000, 0)).columns
        assert abs(one.gross.height - 2 * two.gross.height) < 0.1
        assert abs(one.net.height - 0.75 * one.gross.height) < 0.1
        assert two.net.height == 0
        assert abs(one.gross.y + one.gross.height - drawn((1, 1)).zero) < 0.1

    def test_a_negative_net_hangs_below_zero(self) -> None:
        drawing = drawn((10_000, -5_000))
        (column,) = drawing.columns
        assert column.net.y == drawing.zero
        assert abs(column.gross.height - 2 * column.net.height) < 0.1
        assert drawing.ticks[0].amount < 0

    def test_everything_lies_within_the_frame_however_many_days(self) -> None:
        for shape in (WIDE, NARROW):
            for count in (1, 2, 30, 62, 120):
                drawing = drawn(*[(12_345_678, -99_999)] * count, shape=shape)
                for column in drawing.columns:
                    for bar in (column.gross, column.net):
                        assert drawing.left <= bar.x
                        assert bar.x + bar.width <= drawing.right + 0.1
                        assert drawing.top <= bar.y
                        assert bar.y + bar.height <= drawing.bottom + 0.1
                for left, right in pairwise(drawing.columns):
                    assert left.net.x + left.net.width <= right.gross.x
                assert len(drawing.labels) <= shape.labels_max
                assert drawing.labels

    def test_a_scale_has_round_steps_that_reach_over_all(self) -> None:
        for highest in (0, 1, 99, 100, 4_999, 300_000, 1_999_999_99):
            ticks = [tick.amount for tick in drawn((highest, 0)).ticks]
            assert ticks[0] == 0
            assert ticks[-1] * 100 >= highest
            assert 2 <= len(ticks) <= 9
            step = ticks[1]
            assert str(step).rstrip("0") in {"1", "2", "5"}

    def test_a_currency_without_minor_units_is_drawn_in_its_own(self) -> None:
        assert drawn((5_000, 0), currency="JPY").ticks[-1].amount >= 5_000


class TestColumns:
    def test_few_days_are_days_many_are_weeks_and_years_are_months(self) -> None:
        for count, period in ((1, Period.DAY), (62, Period.DAY), (63, Period.WEEK)):
            assert period_of(Days(DAY, DAY + timedelta(days=count - 1))) is period
        assert period_of(Days(date(2024, 1, 1), date(2024, 12, 31))) is Period.WEEK
        assert period_of(Days(date(2020, 1, 1), date(2026, 12, 31))) is Period.MONTH

    def test_a_year_of_366_days_is_53_weeks_that_begin_on_mondays(self) -> None:
        columns = columns_of([], Days(date(2024, 1, 3), date(2025, 1, 2)), "EUR")
        assert len(columns) == 53
        assert columns[0].first == date(2024, 1, 3)
        assert {column.first.weekday() for column in columns[1:]} == {0}
