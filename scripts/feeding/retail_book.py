"""The retail file as invoices and refunds: which lines go together, and which go nowhere.

A cancelled line is money back for one earlier line of the same customer and stock code that has
as much left: one of the same unit price first, then the latest. It is never split.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from domain.order.form import LINES_MAX
from scripts.feeding.retail_lines import (
    DISCOUNT_CODE,
    HEADING,
    RetailLine,
    UnusableRetailLine,
    parse,
)
from scripts.feeding.usage import Reason, Usage


class Invoice(Struct, frozen=True):
    """The lines that a customer bought together."""

    number: str
    lines: tuple[RetailLine, ...]

    @property
    def at(self) -> datetime:
        """When it was made out."""
        return self.lines[0].at

    @property
    def first_line(self) -> int:
        """Where it begins in the file."""
        return self.lines[0].number


class Refund(Struct, frozen=True):
    """What one cancellation gave back for one invoice: (cancelled line, bought line) pairs."""

    number: str
    invoice: str
    pairs: tuple[tuple[RetailLine, RetailLine], ...]

    @property
    def at(self) -> datetime:
        """When it was cancelled."""
        return self.pairs[0][0].at

    @property
    def first_line(self) -> int:
        """Where it begins in the file."""
        return self.pairs[0][0].number

    @property
    def amount_by_line(self) -> dict[int, int]:
        """Pence by the number of the line that was bought."""
        amounts: dict[int, int] = defaultdict(int)
        for cancelled, bought in self.pairs:
            amounts[bought.number] += cancelled.amount
        return dict(amounts)


def read_book(raw_lines: Iterable[bytes], usage: Usage) -> list[Invoice | Refund]:
    """Read the whole file, ordered by time; every line that goes nowhere is reported."""
    lines = list(_readable(raw_lines, usage))
    invoices = _invoices(lines, usage)
    bought = [line for invoice in invoices for line in invoice.lines]
    refunds = _refunds([line for line in lines if line.is_cancellation], bought, usage)
    return sorted([*invoices, *refunds], key=lambda entry: (entry.at, entry.first_line))


def _readable(raw_lines: Iterable[bytes], usage: Usage) -> Iterator[RetailLine]:
    for number, raw in enumerate(raw_lines, 1):
        if number == 1 and raw.decode("utf-8-sig", "replace") == HEADING:
            continue
        usage.read()
        try:
            yield parse(raw.decode(), number)
        except UnicodeDecodeError as error:
            text = raw.decode("utf-8", "backslashreplace")
            usage.leave_out(number, Reason.MALFORMED_LINE, str(error), text)
        except UnusableRetailLine as error:
            usage.leave_out(number, error.reason, error.detail, raw.decode())


def _invoices(lines: list[RetailLine], usage: Usage) -> list[Invoice]:
    by_number: dict[str, list[RetailLine]] = defaultdict(list)
    for line in lines:
        if line.is_cancellation:
            continue
        others = by_number[line.invoice]
        if others and (line.customer, line.country) != (others[0].customer, others[0].country):
            _leave_out(line, Reason.DIFFERS_FROM_INVOICE, "another customer or country", usage)
        elif len(others) == LINES_MAX:
            _leave_out(line, Reason.OVER_LINES_MAX, f"more than {LINES_MAX} lines", usage)
        else:
            others.append(line)
    return [Invoice(number, tuple(lines)) for number, lines in by_number.items()]


def _refunds(cancelled: list[RetailLine], bought: list[RetailLine], usage: Usage) -> list[Refund]:
    left_by_line = {line.number: line.amount for line in bought}
    bought_by_key: dict[tuple[str, str], list[RetailLine]] = defaultdict(list)
    for line in bought:
        bought_by_key[line.customer, line.product].append(line)
    pairs: dict[tuple[str, str], list[tuple[RetailLine, RetailLine]]] = defaultdict(list)
    for line in cancelled:
        earlier = _earlier(line, bought_by_key[line.customer, line.product])
        fitting = [one for one in earlier if left_by_line[one.number] >= line.amount]
        if line.customer and fitting:
            purchase = max(fitting, key=lambda one: (one.price == line.price, one.number))
            left_by_line[purchase.number] -= line.amount
            pairs[line.invoice, purchase.invoice].append((line, purchase))
        else:
            _leave_out(line, *_no_refund(line, has_earlier=bool(earlier)), usage)
    return [Refund(*numbers, tuple(found)) for numbers, found in pairs.items()]


def _earlier(cancelled: RetailLine, bought: list[RetailLine]) -> list[RetailLine]:
    return [one for one in bought if one.at <= cancelled.at and one.number < cancelled.number]


def _no_refund(line: RetailLine, *, has_earlier: bool) -> tuple[Reason, str]:
    if line.product == DISCOUNT_CODE:
        return Reason.DISCOUNT_WITHOUT_PRODUCT, "a discount given afterwards, on no product"
    if not line.customer:
        return Reason.CANCELLATION_WITHOUT_CUSTOMER, "nobody to look up a purchase of"
    if has_earlier:
        return Reason.EXCEEDS_PURCHASE, "no earlier purchase has as much left"
    return Reason.NO_EARLIER_PURCHASE, "not bought by this customer earlier in the file"


def _leave_out(line: RetailLine, reason: Reason, detail: str, usage: Usage) -> None:
    usage.leave_out(line.number, reason, detail, line.text)
