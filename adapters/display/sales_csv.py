"""The sales report as CSV."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from adapters.display.csv_cells import (
    DIALECTS,
    LINE_END,
    CsvFormat,
    Dialect,
    decimal_cell,
    guarded,
)
from adapters.display.words import percent_of
from adapters.reading.sales_report import SalesReport
from projections.sales.report import SalesRow

AMOUNTS = (
    "gross",
    "refunded",
    "returned",
    "owed",
    "recorded_only",
    "restored",
    "losses",
    "net",
    "vat",
    "excess_returned",
    "unallocated",
)


def sales_csv(report: SalesReport, format_: CsvFormat = CsvFormat.STANDARD) -> str:
    """Write the rows of a report, one line each, with the VAT of each rate in its own column."""
    dialect = DIALECTS[format_]
    rates = sorted({of.rate for row in report.rows for of in row.vat_by_rate}, reverse=True)
    text = StringIO()
    text.write(dialect.beginning)
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator=LINE_END)
    writer.writerow(_heading(report, rates))
    writer.writerows([*_cells(row, rates, dialect)] for row in report.rows)
    return text.getvalue()


def _heading(report: SalesReport, rates: Iterable[int]) -> Sequence[str]:
    by_rate = [f"{what} {percent_of(rate)}" for rate in rates for what in ("net", "vat")]
    return [report.by, "label", "currency", "orders", "units", *AMOUNTS, *by_rate]


def _cells(row: SalesRow, rates: Iterable[int], dialect: Dialect) -> Iterator[str]:
    yield from (guarded(row.key), guarded(row.label), row.gross.currency)
    yield from (str(row.orders), str(row.units))
    yield from (decimal_cell(getattr(row, name), dialect) for name in AMOUNTS)
    known = {of.rate: of for of in row.vat_by_rate}
    for rate in rates:
        found = known.get(rate)
        yield decimal_cell(found.net, dialect) if found else ""
        yield decimal_cell(found.vat, dialect) if found else ""
