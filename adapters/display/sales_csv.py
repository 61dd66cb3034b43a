"""The sales report as CSV: for programs by RFC 4180, or as a Finnish Excel opens it.

The rule to know: a text that begins like a formula is given an apostrophe before it, because a
spreadsheet would run it: a source or a product's name is anybody's words. Our own numbers are not.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from io import StringIO

from msgspec import Struct

from adapters.display.words import percent_of
from adapters.reading.sales_report import SalesReport
from domain.money import Money, exponent_of
from projections.sales.report import SalesRow

BYTE_ORDER_MARK = "\ufeff"
FORMULA_BEGINNINGS = ("=", "+", "-", "@")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
"""A cell is one line; what steers a terminal or hides a formula has no place in it."""
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


class CsvFormat(StrEnum):
    """Who is to read it."""

    STANDARD = "standard"
    EXCEL_FI = "excel-fi"


class Dialect(Struct, frozen=True, kw_only=True):
    """How one kind of reader wants it."""

    beginning: str = ""
    delimiter: str = ","
    decimal_sign: str = "."


DIALECTS = {
    CsvFormat.STANDARD: Dialect(),
    CsvFormat.EXCEL_FI: Dialect(beginning=BYTE_ORDER_MARK, delimiter=";", decimal_sign=","),
}


def sales_csv(report: SalesReport, format_: CsvFormat = CsvFormat.STANDARD) -> str:
    """Write the rows of a report, one line each, with the VAT of each rate in its own column."""
    dialect = DIALECTS[format_]
    rates = sorted({of.rate for row in report.rows for of in row.vat_by_rate}, reverse=True)
    text = StringIO()
    text.write(dialect.beginning)
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(_heading(report, rates))
    writer.writerows([*_cells(row, rates, dialect)] for row in report.rows)
    return text.getvalue()


def guarded(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    line = CONTROL.sub(" ", text).strip()
    return f"'{line}" if line.startswith(FORMULA_BEGINNINGS) else line


def _heading(report: SalesReport, rates: Iterable[int]) -> Sequence[str]:
    by_rate = [f"{what} {percent_of(rate)}" for rate in rates for what in ("net", "vat")]
    return [report.by, "label", "currency", "orders", "units", *AMOUNTS, *by_rate]


def _cells(row: SalesRow, rates: Iterable[int], dialect: Dialect) -> Iterator[str]:
    yield from (guarded(row.key), guarded(row.label), row.gross.currency)
    yield from (str(row.orders), str(row.units))
    yield from (_decimal(getattr(row, name), dialect) for name in AMOUNTS)
    known = {of.rate: of for of in row.vat_by_rate}
    for rate in rates:
        found = known.get(rate)
        yield _decimal(found.net, dialect) if found else ""
        yield _decimal(found.vat, dialect) if found else ""


def _decimal(money: Money, dialect: Dialect) -> str:
    number = Decimal(money.amount).scaleb(-exponent_of(money.currency))
    return f"{number:f}".replace(".", dialect.decimal_sign)
