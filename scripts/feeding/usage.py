"""What became of each line of a file: used, or unused for a reason with a stable code.

Every line is counted once: lines_read = lines_used + lines_unused.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class Reason(StrEnum):
    """Why a line could not be used. The codes are stable; `docs/feeding.md` explains each."""

    MALFORMED_LINE = "malformed_line"
    UNKNOWN_COUNTRY = "unknown_country"
    ZERO_PRICE = "zero_price"
    NEGATIVE_PRICE = "negative_price"
    FRACTION_OF_A_PENNY = "fraction_of_a_penny"
    NEGATIVE_QUANTITY = "negative_quantity"
    OUT_OF_RANGE = "out_of_range"
    DIFFERS_FROM_INVOICE = "differs_from_invoice"
    OVER_LINES_MAX = "over_lines_max"
    CANCELLATION_OF_NOTHING = "cancellation_of_nothing"
    CANCELLATION_WITHOUT_CUSTOMER = "cancellation_without_customer"
    DISCOUNT_WITHOUT_PRODUCT = "discount_without_product"
    NO_EARLIER_PURCHASE = "no_earlier_purchase"
    EXCEEDS_PURCHASE = "exceeds_purchase"
    NOT_A_MESSAGE = "not_a_message"
    FILE_CUT_OFF = "file_cut_off"
    TOO_LARGE = "too_large"
    REFUSED_BY_LEDGER = "refused_by_ledger"
    WAITING_IN_LEDGER = "waiting_in_ledger"


class Unused(Struct, frozen=True, kw_only=True):
    """A line that was left out, and why."""

    line: int
    """Counted from 1, the heading included, as an editor shows it."""
    reason: Reason
    detail: str
    text: str
    """The line itself."""


class Usage:
    """The account of one file's lines."""

    def __init__(self) -> None:
        self.lines_read = 0
        self._unused: dict[int, Unused] = {}

    def read(self) -> None:
        """Count a line that was read."""
        self.lines_read += 1

    def leave_out(self, line: int, reason: Reason, detail: str, text: str) -> None:
        """Report a line that cannot be used; the first reason stands."""
        self._unused.setdefault(line, Unused(line=line, reason=reason, detail=detail, text=text))

    @property
    def unused(self) -> list[Unused]:
        """The lines left out, in the file's order."""
        return [self._unused[line] for line in sorted(self._unused)]

    @property
    def lines_used(self) -> int:
        """How many lines became part of a message."""
        return self.lines_read - len(self._unused)

    @property
    def lines_unused(self) -> dict[str, int]:
        """How many lines were left out, by reason."""
        return dict(sorted(Counter(item.reason.value for item in self._unused.values()).items()))


def write_report(unused: Iterable[Unused], path: Path) -> None:
    """Write the lines left out as CSV: line, reason, detail, text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("line", "reason", "detail", "text"))
        rows.writerows((item.line, item.reason.value, item.detail, item.text) for item in unused)
