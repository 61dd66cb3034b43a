"""The orders table in a terminal: one column per thing where it is wide, else two things to a cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from adapters.cli.order_naming import ID_PREFIX_MIN
from adapters.cli.output import is_wide, table, text
from adapters.display.times import exact, relative
from adapters.display.words import words_of
from adapters.reading.order_rows import ListedOrder, OrderSummary

COLUMNS = (
    "Number",
    "Status",
    "Created",
    "Customer",
    "Total",
    "Products",
    "Payment",
    "Source",
    "Country",
)
PAIRS = (
    ("Number", "Created"),
    ("Status", "Total"),
    ("Customer", "Country", "Source"),
    ("Products",),
    ("Payment",),
)
"""What shares a cell where the terminal is narrow."""

PRODUCTS_SHOWN = 2
EXTRAS_SHOWN = 1
"""Order bumps and pre-upsells. `orders show` and --json have all."""
NAME_LENGTH_MAX = 22
NOTHING = "-"
ATTENTION_FLAG = "▲"
STYLE_BY_STATUS = {
    "started": "dim",
    "in_progress": "dim",
    "processing": "blue",
    "paid": "blue",
    "completed": "green",
    "marked_as_completed": "green",
    "partially_refunded": "magenta",
    "refunded": "magenta",
}


def orders_table(orders: Sequence[ListedOrder], now: datetime, *, is_exact: bool) -> Table:
    """Show orders with all that the product's table shows."""
    rows = [
        _cells(order, now, is_exact=is_exact)
        | {"Status": _status(order, is_flagged=order.needs_attention)}
        for order in orders
    ]
    return _wide(rows) if is_wide() else _narrow(rows)


def _wide(orders: Iterable[Mapping[str, Text]]) -> Table:
    result = table(*COLUMNS, numbers=["Total"])
    for cells in orders:
        result.add_row(*(cells[column] for column in COLUMNS))
    return result


def _narrow(orders: Iterable[Mapping[str, Text]]) -> Table:
    result = table(*("\n".join(pair) for pair in PAIRS))
    for cells in orders:
        result.add_row(*(Text("\n").join(cells[column] for column in pair) for pair in PAIRS))
        result.add_section()
    return result


def _cells(order: OrderSummary, now: datetime, *, is_exact: bool) -> dict[str, Text]:
    created = exact(order.created_at) if is_exact else relative(order.created_at, now)
    return {
        "Number": _number(order),
        "Created": text(created),
        "Customer": text(order.email or NOTHING),
        "Total": _total(order),
        "Products": _products(order),
        "Payment": _payment(order),
        "Source": _source(order),
        "Country": text(order.country or NOTHING),
    }


def _number(order: OrderSummary) -> Text:
    """Show the number; before there is one, what `orders show` takes for it."""
    if order.number:
        return text(order.number, style="bold")
    return text(str(order.order_id)[:ID_PREFIX_MIN], style="dim")


def _status(order: OrderSummary, *, is_flagged: bool) -> Text:
    word = text(words_of(order.status), style=STYLE_BY_STATUS[order.status])
    if is_flagged:
        word = Text.assemble((f"{ATTENTION_FLAG} ", "bold yellow"), word)
    return word


def _total(order: OrderSummary) -> Text:
    if not order.number:
        return text(NOTHING)
    if order.total == order.original_total:
        return text(str(order.total))
    return Text.assemble(str(order.total), "\n", (f"of {order.original_total}", "dim"))


def _products(order: OrderSummary) -> Text:
    extras = [f"+ {_short(name)} (order bump)" for name in order.order_bumps]
    extras += [f"+ {_short(name)} (pre-upsell)" for name in order.pre_upsells]
    products = [_short(name) for name in order.products]
    shown = products[:PRODUCTS_SHOWN] + extras[:EXTRAS_SHOWN]
    left = products[PRODUCTS_SHOWN:] + extras[EXTRAS_SHOWN:]
    rest = left if len(left) <= 1 else [f"+ {len(left)} more"]
    return text("\n".join(shown + rest) or NOTHING)


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH_MAX else f"{name[: NAME_LENGTH_MAX - 1]}…"


def _payment(order: OrderSummary) -> Text:
    if order.payment is None:
        return text(NOTHING)
    way = f"{words_of(order.payment.provider)} {words_of(order.payment.method)}"
    return text(f"{way}\n{words_of(order.payment_status)}")


def _source(order: OrderSummary) -> Text:
    tags = "".join(f" #{tag}" for tag in order.tags)
    return text(f"{order.source}{tags}".strip() or NOTHING)
