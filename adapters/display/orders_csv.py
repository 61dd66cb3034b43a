"""The orders table as CSV, a line for each order, with refunds in a column of their own.

The rule to know: it is written as it is read, so that it may be of any length.
"""

import csv
from collections.abc import AsyncIterator, Iterator, Sequence
from io import StringIO

from adapters.display.csv_cells import (
    DIALECTS,
    LINE_END,
    CsvFormat,
    Dialect,
    decimal_cell,
    guarded,
)
from adapters.reading.order_rows import ListedOrder

AMOUNTS = ("total", "original_total", "refunded", "received")
HEADING = (
    "order_id",
    "number",
    "status",
    "payment_status",
    "needs_attention",
    "created_at",
    "email",
    "first_name",
    "last_name",
    "currency",
    *AMOUNTS,
    "products",
    "order_bumps",
    "pre_upsells",
    "payment_provider",
    "payment_method",
    "source",
    "tags",
    "discount_codes",
    "country",
)
JOINED = " | "


async def orders_csv(
    pages: AsyncIterator[tuple[ListedOrder, ...]], format_: CsvFormat
) -> AsyncIterator[str]:
    """Write the heading, then the lines of each page."""
    dialect = DIALECTS[format_]
    yield dialect.beginning + _written([HEADING], dialect)
    async for orders in pages:
        yield _written([[*_cells(order, dialect)] for order in orders], dialect)


def _written(lines: Sequence[Sequence[str]], dialect: Dialect) -> str:
    text = StringIO()
    csv.writer(text, delimiter=dialect.delimiter, lineterminator=LINE_END).writerows(lines)
    return text.getvalue()


def _cells(order: ListedOrder, dialect: Dialect) -> Iterator[str]:
    yield from (str(order.order_id), guarded(order.number), order.status, order.payment_status)
    yield "yes" if order.needs_attention else "no"
    yield order.created_at.isoformat()
    yield from (guarded(text) for text in (order.email, order.first_name, order.last_name))
    yield order.total.currency
    yield from (decimal_cell(getattr(order, name), dialect) for name in AMOUNTS)
    for names in (order.products, order.order_bumps, order.pre_upsells):
        yield guarded(JOINED.join(names))
    yield guarded(order.payment.provider if order.payment else "")
    yield guarded(order.payment.method if order.payment else "")
    yield guarded(order.source)
    for names in (order.tags, order.discount_codes):
        yield guarded(JOINED.join(names))
    yield order.country
