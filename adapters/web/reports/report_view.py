"""A sales report as it is shown: the choices, the figures of each currency, a chart, the rows.

The rule to know: what the address asks for in vain (no such day, an end before its beginning) is
said above the form, and nothing is reported.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from msgspec import Struct, ValidationError, convert

from adapters.clock import utc_now
from adapters.reading.sales_report import (
    Days,
    DaysWanted,
    RangeWord,
    RangeWrong,
    SalesReport,
    read_sales,
)
from adapters.web.formats import Formats
from adapters.web.forms import Form
from adapters.web.parts import PageParts
from adapters.web.reports.columns import Column, Period, columns_of, period_of
from adapters.web.reports.drawing import NARROW, WIDE, Drawing, Shape, draw
from adapters.web.visit import Visit
from domain.money import Money
from domain.phrase import say
from projections.sales.queries import Dimension
from projections.sales.report import SalesRow

FIELD_BY_PARAMETER: Mapping[str, str] = {
    "range": "range",
    "from": "first",
    "to": "last",
    "by": "by",
}
SHARE_WHOLE = 100


class Chart(Struct, frozen=True, kw_only=True):
    """Gross and net of one currency over time, drawn for wide screens and for narrow ones."""

    currency: str
    period: Period
    wide: Drawing
    narrow: Drawing

    def money(self, amount: int) -> Money:
        """Give an amount of a column."""
        return Money(amount, self.currency)


class ReportRow(Struct, frozen=True, kw_only=True):
    """One row and how people call it."""

    name: str
    """Empty for what has no value of the dimension."""
    figures: SalesRow
    share: int
    """Of the highest gross of its currency, in hundredths."""


class Shown(Struct, frozen=True, kw_only=True):
    """What was reported."""

    report: SalesReport
    charts: tuple[Chart, ...]
    rows: tuple[ReportRow, ...]


class ReportView(Struct, frozen=True, kw_only=True):
    """The choices and what they led to."""

    asked: dict[str, str]
    """The parameters of the address that say something, as they are."""
    by: Dimension
    range: RangeWord | None
    """The word in force; None where the days are named."""
    shown: Shown | None
    problem: str

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What a report can be divided by."""
        return tuple(Dimension)

    @property
    def words(self) -> tuple[RangeWord, ...]:
        """Ranges that have a name."""
        return tuple(RangeWord)

    @property
    def first_day(self) -> str:
        """Give what stands in the form: the days shown, else those asked for."""
        return self.shown.report.first.isoformat() if self.shown else self.asked.get("from", "")

    @property
    def last_day(self) -> str:
        """Give the same of the last day."""
        return self.shown.report.last.isoformat() if self.shown else self.asked.get("to", "")

    def query(self, **changes: str) -> str:
        """Write the address's query with some parameters changed; "" takes one away."""
        asked = self.asked | changes
        return urlencode({name: value for name, value in asked.items() if value})


async def read_report(parts: PageParts, visit: Visit, form: Form) -> ReportView:
    """Report what the address asks for, or say why it cannot be."""
    asked = {name: text for name in FIELD_BY_PARAMETER if (text := form.text(name))}
    try:
        wanted = wanted_days(form)
        report = await read_sales(parts.pool, parts.shop_settings, visit.shop, wanted, utc_now())
    except RangeWrong as refusal:
        return ReportView(
            asked=asked, by=Dimension.DAY, range=None, shown=None, problem=refusal.says
        )
    word = None if wanted.first else wanted.range or RangeWord.LAST_30_DAYS
    shown = _shown(report, visit.formats)
    return ReportView(asked=asked, by=wanted.by, range=word, shown=shown, problem="")


def wanted_days(form: Form) -> DaysWanted:
    """Read which days are asked for; a field that is left empty says nothing. Raise RangeWrong."""
    said = {
        field: text
        for parameter, field in FIELD_BY_PARAMETER.items()
        if (text := form.text(parameter))
    }
    try:
        return convert(said, DaysWanted, strict=False)
    except ValidationError as error:
        raise RangeWrong(say("This is no range of days that can be reported.")) from error


def _shown(report: SalesReport, formats: Formats) -> Shown:
    by_day = report.by is Dimension.DAY
    currencies = sorted({total.gross.currency for total in report.totals}) if by_day else []
    return Shown(
        report=report,
        charts=tuple(_chart(report, currency, formats) for currency in currencies),
        rows=_rows(report, formats),
    )


def _chart(report: SalesReport, currency: str, formats: Formats) -> Chart:
    days = Days(report.first, report.last)
    period = period_of(days)
    columns = columns_of(report.rows, days, currency)

    def label(column: Column) -> str:
        write = formats.month if period is Period.MONTH else formats.short_date
        return write(column.first)

    def drawn(shape: Shape) -> Drawing:
        return draw(columns, currency, shape, number=formats.number, label=label)

    return Chart(currency=currency, period=period, wide=drawn(WIDE), narrow=drawn(NARROW))


def _rows(report: SalesReport, formats: Formats) -> tuple[ReportRow, ...]:
    highest = _highest(report.rows)
    return tuple(
        ReportRow(
            name=_name(row, report.by, formats),
            figures=row,
            share=max(0, row.gross.amount) * SHARE_WHOLE // highest[row.gross.currency],
        )
        for row in report.rows
    )


def _highest(rows: Sequence[SalesRow]) -> dict[str, int]:
    highest: dict[str, int] = {}
    for row in rows:
        currency = row.gross.currency
        highest[currency] = max(highest.get(currency, 1), row.gross.amount)
    return highest


def _name(row: SalesRow, by: Dimension, formats: Formats) -> str:
    if not row.key:
        return ""
    if by is Dimension.DAY:
        return formats.calendar_day(date.fromisoformat(row.key))
    if by is Dimension.COUNTRY:
        return formats.country(row.key)
    if by is Dimension.VAT_RATE:
        return formats.percent(int(row.key))
    return row.label or row.key
