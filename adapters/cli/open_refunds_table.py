"""Money that is open, in a terminal: whose it is, how much, since when, and what to do.

The rule to know: what must be typed begins its line; what there is to do stands below it.
"""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from adapters.cli.output import text
from adapters.clock import utc_now
from adapters.display.times import relative
from adapters.display.words import counted, words_of
from adapters.reading.open_refunds import OpenMoney, OpenOrder, OpenRefundPage
from domain.money import Money

INDENT = 4


def open_orders(page: OpenRefundPage) -> Iterator[RenderableType]:
    """Lay out the orders and, below them, what they come to."""
    for order in page.orders:
        yield from _order(order)
    yield text(_sum(page))


def _order(order: OpenOrder) -> Iterator[Text | Padding]:
    whose = f"  {order.email}" if order.email else ""
    yield text(f"{order.number or order.order_id}{whose}", style="bold")
    for item in order.items:
        yield Padding(text(_money(item)), (0, 0, 0, INDENT))
        yield Padding(text(item.says), (0, 0, 0, 2 * INDENT))


def _money(item: OpenMoney) -> str:
    since = relative(item.since, utc_now())
    way = f"{words_of(item.provider)} {words_of(item.payment_method).lower()}"
    which = item.refund_id or item.external_refund_id
    found = f" ({item.transaction_id})" if item.transaction_id else ""
    return f"{which}: {item.amount} {words_of(item.kind).lower()}, {way}{found}, since {since}"


def _sum(page: OpenRefundPage) -> str:
    if not page.orders:
        return "No money is open."
    totals: dict[str, int] = {}
    for item in (item for order in page.orders for item in order.items):
        amount = totals.get(item.amount.currency, 0) + item.amount.amount
        totals[item.amount.currency] = amount
    sums = ", ".join(str(Money(amount, currency)) for currency, amount in totals.items())
    return f"{sums} in {counted(len(page.orders), 'order')}"
