"""`reports sales`: what was sold, refunded and lost in a range of days."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated

from cyclopts import App, Parameter, Token
from rich.console import RenderableType
from rich.table import Table

from adapters.cli.exits import WrongUse
from adapters.cli.followers import warn_of_aside
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from adapters.display.csv_cells import CsvFormat
from adapters.display.sales_csv import sales_csv
from adapters.display.words import percent_of, words_of
from adapters.reading.sales_report import DaysWanted, RangeWord, SalesReport, read_sales
from domain.money import Money
from projections.sales.projection import SALES
from projections.sales.queries import Dimension
from projections.sales.report import SalesFigures, SalesRow

AMOUNTS = ("gross", "returned", "owed", "recorded_only", "restored", "losses", "net", "vat")
ALWAYS_SHOWN = ("gross", "net", "vat")
"""Each other amount has a column where anything of it is in the report."""
TOTAL = "Total"
NOTHING = "-"

app = App(name="reports", help="What the shop comes to.")


def _day(_: type, tokens: Sequence[Token]) -> date:
    try:
        return date.fromisoformat(tokens[0].value)
    except ValueError as error:
        raise ValueError(f"{tokens[0].value!r} is no date; write 2026-11-23") from error


Day = Annotated[date | None, Parameter(converter=_day, n_tokens=1)]


@app.command(name="sales")
async def sales(
    *,
    first: Annotated[Day, Parameter(name="--from")] = None,
    last: Annotated[Day, Parameter(name="--to")] = None,
    range_: Annotated[RangeWord | None, Parameter(name="--range")] = None,
    by: Dimension = Dimension.DAY,
    csv: Annotated[bool, Parameter(negative=())] = False,
    format_: Annotated[CsvFormat, Parameter(name="--format")] = CsvFormat.STANDARD,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """Report sales, refunds and losses, each by the day at which it happened; by default of 30 days.

    Parameters
    ----------
    first
        The first day, in the shop's time zone.
    last
        The last day, which is in it; today if left out.
    range_
        Days that move with the calendar.
    by
        What the report is divided by.
    csv
        Print the rows as CSV.
    format_
        Of the CSV: excel-fi is as a Finnish Excel opens it.
    """
    if csv and options.json:
        raise WrongUse("--csv and --json are two answers", "Give one of them.")
    wanted = DaysWanted(by=by, range=range_, first=first, last=last)
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        report = await read_sales(parts.pool, parts.shop_settings, shop, wanted, utc_now())
    if csv:
        sys.stdout.write(sales_csv(report, format_))
    elif options.json:
        print_json(report)
    else:
        show(*_shown(report))
        warn_of_aside(SALES.name, report.orders_set_aside)


def _shown(report: SalesReport) -> Iterator[RenderableType]:
    days = f"{report.first} to {report.last}, {report.zone}"
    if not report.totals:
        yield text(f"Nothing was sold, refunded or lost: {days}.")
        return
    yield text(f"Sales, {days}")
    yield _rows(report)
    for total in report.totals:
        yield from _beside(total)


def _rows(report: SalesReport) -> Table:
    amounts = [
        name
        for name in AMOUNTS
        if name in ALWAYS_SHOWN or any(getattr(row, name).amount for row in report.rows)
    ]
    headings = [words_of(name) for name in amounts]
    by_currency = report.by is Dimension.CURRENCY
    first = [] if by_currency else [words_of(report.by)]
    columns = (*first, "Currency", "Orders", *headings)
    rows = table(*columns, numbers=["Orders", *headings], whole=headings)
    for row in report.rows:
        if _says_something(row):
            name = [] if by_currency else [text(_name_of(row, report.by))]
            rows.add_row(*name, *_cells(row, amounts))
    if not by_currency:
        rows.add_section()
        for total in report.totals:
            rows.add_row(TOTAL, *_cells(total, amounts))
    return rows


def _says_something(row: SalesRow) -> bool:
    """Leave out what holds only money that stands beside the report, below the table."""
    return row.orders > 0 or any(getattr(row, name).amount for name in AMOUNTS)


def _name_of(row: SalesRow, by: Dimension) -> str:
    if by is Dimension.VAT_RATE and row.key:
        return percent_of(int(row.key))
    return row.label or row.key or NOTHING


def _cells(figures: SalesFigures, amounts: Iterable[str]) -> Iterator[str]:
    yield figures.gross.currency
    yield f"{figures.orders:,}"
    for name in amounts:
        money: Money = getattr(figures, name)
        number, _, _ = str(money).partition(" ")
        yield number if money.amount or name in ALWAYS_SHOWN else NOTHING


def _beside(total: SalesFigures) -> Iterator[RenderableType]:
    for of in total.vat_by_rate:
        yield text(f"VAT {percent_of(of.rate)}: {of.vat} within {of.net}")
    if total.excess_returned.amount:
        yield text(f"Besides, {total.excess_returned} above the orders' totals went back.")
    if total.unallocated.amount:
        yield text(
            f"▲ {total.unallocated} went back that no refund accounts for yet;"
            " the net is too high by it until it is allocated."
        )
