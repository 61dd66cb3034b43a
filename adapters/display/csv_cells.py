"""Cells of CSV: for programs by RFC 4180, or as a Finnish Excel opens them.

The rule to know: a text that begins like a formula is given an apostrophe before it, because a
spreadsheet would run it: a source or a product's name is anybody's words. Our own numbers are not.
"""

import re
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from domain.money import Money, exponent_of

BYTE_ORDER_MARK = "\ufeff"
FORMULA_BEGINNINGS = ("=", "+", "-", "@")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
"""A cell is one line; what steers a terminal or hides a formula has no place in it."""
LINE_END = "\r\n"


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


def guarded(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    line = CONTROL.sub(" ", text).strip()
    return f"'{line}" if line.startswith(FORMULA_BEGINNINGS) else line


def decimal_cell(money: Money, dialect: Dialect) -> str:
    """Write an amount without its currency."""
    number = Decimal(money.amount).scaleb(-exponent_of(money.currency))
    return f"{number:f}".replace(".", dialect.decimal_sign)
