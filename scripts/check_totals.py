"""Proves that nothing of a retail file was lost: `check_totals.py FILE SUMMARY.json UNUSED.csv`.

Imports nothing of the ledger or its feed: it reads the file anew, judges each line by the rules of
docs/feeding.md as written there, and compares. Exit code 1 and one line for each difference.
"""

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

ARGUMENTS = 3
LINES_PER_ORDER_MAX = 1_000
COUNTRIES = {
    "Australia": "AU",
    "Belgium": "BE",
    "EIRE": "IE",
    "France": "FR",
    "Germany": "DE",
    "Italy": "IT",
    "Japan": "JP",
    "Lithuania": "LT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "Spain": "ES",
    "Switzerland": "CH",
    "United Kingdom": "GB",
}


class Line(NamedTuple):
    """A whole line of the file."""

    number: int
    invoice: str
    product: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str
    country: str

    @property
    def pence(self) -> int:
        """Its money, whichever way it goes."""
        return int(abs(self.quantity) * self.price * 100)


def differences(file: Path, summary: dict[str, Any], unused: list[list[str]]) -> Iterator[str]:
    """Name everything in which the summary and the report differ from the file."""
    texts = _texts(file)
    reason_by_line = {int(row[0]): row[1] for row in unused}
    if len(reason_by_line) != len(unused):
        yield "a line is reported twice"
    for reported, _, _, text in unused:
        if texts.get(int(reported)) != text:
            yield f"line {reported} is reported as {text!r}, but is {texts.get(int(reported))!r}"
    yield from _differing_counts(summary, len(texts), Counter(reason_by_line.values()))
    lines = {number: line for number, text in texts.items() if (line := _whole(number, text))}
    should_be_used, refunded_lines = _usable(lines)
    for number in texts:
        if (number in reason_by_line) == (number in should_be_used):
            yield f"line {number} is {'' if number in reason_by_line else 'not '}reported"
    yield from _differing_totals(summary, lines, should_be_used, refunded_lines)


def _texts(file: Path) -> dict[int, str]:
    content = file.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    lines = content.decode().split("\n")
    if not lines[-1]:
        lines.pop()
    return dict(list(enumerate(lines, 1))[1:])


def _whole(number: int, text: str) -> Line | None:
    fields = next(csv.reader([text]))
    try:
        invoice, product, _, quantity, at, price, customer, country = fields
        when = datetime.strptime(at, "%m/%d/%y %H:%M")  # noqa: DTZ007  compared with its like only
        return Line(
            number, invoice, product, int(quantity), when, Decimal(price), customer, country
        )
    except (ValueError, InvalidOperation):
        return None


def _usable(lines: dict[int, Line]) -> tuple[set[int], set[int]]:
    """Find the lines that belong in an order, and those that belong in a refund."""
    bought: list[Line] = []
    lines_by_invoice: Counter[str] = Counter()
    for line in lines.values():
        is_sale = line.quantity > 0 and line.price > 0
        if is_sale and lines_by_invoice[line.invoice] < LINES_PER_ORDER_MAX:
            lines_by_invoice[line.invoice] += 1
            bought.append(line)
    left = {line.number: line.pence for line in bought}
    by_customer = defaultdict(list)
    for line in bought:
        by_customer[line.customer].append(line)
    refunds = set()
    for line in lines.values():
        if line.invoice.startswith("C") and line.quantity < 0 < line.price and line.customer:
            purchase = _purchase_of(line, by_customer[line.customer], left)
            if purchase is not None:
                left[purchase.number] -= line.pence
                refunds.add(line.number)
    return set(left) | refunds, refunds


def _purchase_of(line: Line, bought: list[Line], left: dict[int, int]) -> Line | None:
    """Find the same product bought earlier, with enough left; at the same price if there is one."""
    found = None
    for one in bought:
        is_earlier = one.number < line.number and one.at <= line.at
        if not is_earlier or one.product != line.product or left[one.number] < line.pence:
            continue
        if found is None or one.price == line.price or found.price != line.price:
            found = one
    return found


def _differing_counts(
    summary: dict[str, Any], lines_read: int, by_reason: Counter[str]
) -> Iterator[str]:
    expected = {
        "lines_read": lines_read,
        "lines_used": lines_read - by_reason.total(),
        "lines_unused": dict(by_reason),
    }
    for name, value in expected.items():
        if summary[name] != value:
            yield f"{name} is {summary[name]}, the file and the report say {value}"


def _differing_totals(
    summary: dict[str, Any], lines: dict[int, Line], used: set[int], refunds: set[int]
) -> Iterator[str]:
    gross: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    for number in used:
        line = lines[number]
        (refunded if number in refunds else gross)[COUNTRIES[line.country]] += line.pence
    expected = {(country, "GBP"): (amount, refunded[country]) for country, amount in gross.items()}
    found = {
        (row["country"], row["currency"]): (row["gross"], row["refunded"])
        for row in summary["totals"]
    }
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key) != found.get(key):
            yield f"{key}: the ledger says {found.get(key)}, the file {expected.get(key)}"
    orders = len({lines[number].invoice for number in used - refunds})
    if summary["orders"] != orders:
        yield f"the ledger has {summary['orders']} orders, the file {orders}"


def main(arguments: list[str]) -> int:
    """Compare, and say how it went."""
    if len(arguments) != ARGUMENTS:
        sys.exit(__doc__)
    file, summary_file, report_file = map(Path, arguments)
    summary = json.loads(summary_file.read_text(encoding="utf-8").splitlines()[-1])
    with report_file.open(encoding="utf-8", newline="") as report:
        unused = list(csv.reader(report))[1:]
    found = list(differences(file, summary, unused))
    print("\n".join(found) or "Every line is accounted for; the totals agree to the penny.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
