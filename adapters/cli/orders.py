"""`orders`: the table, one order now or then, and its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, cast

from cyclopts import App, Parameter, validators
from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.asking import ledger, the_shop, utc_now
from adapters.cli.exits import NotFound, WrongUse
from adapters.cli.filters import NO_FILTERS, Filters, Moment
from adapters.cli.history_table import history_table
from adapters.cli.options import ASKING_SHOP, AskingShop
from adapters.cli.order_naming import no_order, order_named
from adapters.cli.order_sheet import order_sheet
from adapters.cli.order_table import orders_table
from adapters.cli.output import print_json, say, show
from adapters.http_api.order_rows import OrderPage, count_of, listed_orders
from adapters.postgres.codec import open_rows
from adapters.postgres.query import fetch, fetch_one
from domain.identifiers import ShopId, order_stream
from domain.message import Recorded
from domain.order.completion import failed_actions
from domain.order.events import OrderFact
from projections.order_view.history import HistoryEntry, history
from projections.order_view.view import fold, until, view
from projections.orders.queries import PAGE_LENGTH_MAX, count_orders, list_orders, page_of

LIMIT_DEFAULT = 20

Limit = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=PAGE_LENGTH_MAX))]
Version = Annotated[int | None, Parameter(validator=validators.Number(gte=1))]
Facts = Sequence[Recorded[OrderFact]]

app = App(name="orders", help="Find orders and look at them.")


class OrderHistory(Struct, frozen=True):
    """Everything that happened to an order, the first first."""

    events: tuple[HistoryEntry, ...]


@app.command(name="list")
async def list_(
    filters: Filters = NO_FILTERS,
    *,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
    exact: Annotated[bool, Parameter(negative=())] = False,
    asking: AskingShop = ASKING_SHOP,
) -> None:
    """Show the orders table, newest first.

    Parameters
    ----------
    limit
        How many orders at most.
    cursor
        Where the page before ended.
    exact
        Show exact times.
    """
    now = utc_now()
    async with ledger(asking) as parts:
        shop = await the_shop(parts, asking)
        wanted, grace = filters.of(shop), (await parts.shop_settings.get(shop)).grace
        asked = list_orders(wanted, now=now, grace=grace, limit=limit, cursor=cursor)
        page = page_of(await fetch(parts.pool, asked), limit)
        count = count_of(await fetch_one(parts.pool, count_orders(wanted, now=now, grace=grace)))
    answer = OrderPage(orders=listed_orders(page.orders), count=count, next_cursor=page.cursor)
    if asking.json:
        print_json(answer)
    else:
        _show_page(answer, now, is_exact=exact)


@app.command(name="show")
async def show_(
    order: str,
    *,
    version: Version = None,
    as_of: Moment = None,
    asking: AskingShop = ASKING_SHOP,
) -> None:
    """Show one order, now or as it was.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    version
        As it was at this version.
    as_of
        As the ledger knew it at this time.
    """
    if version is not None and as_of is not None:
        raise WrongUse("--version and --as-of ask for two different pasts", "Give one of them.")
    async with ledger(asking) as parts:
        shop = await the_shop(parts, asking)
        facts = await _facts(parts, shop, order)
        grace = (await parts.shop_settings.get(shop)).grace
        shown = _then(facts, version, as_of)
        latest = await parts.setting_store.latest_of(shop, failed_actions(fold(shown)))
    details = view(shown, as_of or utc_now(), grace, latest)
    if details is None:
        raise NotFound(f"order {order} had not begun then", f"It begins {facts[0].recorded_at}.")
    print_json(details) if asking.json else show(*order_sheet(details))


@app.command(name="history")
async def history_(order: str, *, asking: AskingShop = ASKING_SHOP) -> None:
    """Tell what happened to an order, who did it, and what it changed.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    """
    async with ledger(asking) as parts:
        entries = history(await _facts(parts, await the_shop(parts, asking), order))
    print_json(OrderHistory(tuple(entries))) if asking.json else show(history_table(entries))


async def _facts(parts: Parts, shop: ShopId, named: str) -> Facts:
    rows = await parts.journal.read_stream(
        order_stream(shop, await order_named(parts.pool, shop, named))
    )
    if not rows:
        raise no_order(named, shop)
    return cast(Facts, await open_rows(rows, parts.key_ring))


def _then(facts: Facts, version: int | None, as_of: datetime | None) -> Facts:
    if as_of is not None:
        return until(facts, as_of)
    if version is not None and version > len(facts):
        raise NotFound(f"the order has only come to version {len(facts)}")
    return facts[:version]


def _show_page(page: OrderPage, now: datetime, *, is_exact: bool) -> None:
    if not page.orders:
        say("No orders match.")
        return
    show(orders_table(page.orders, now, is_exact=is_exact))
    more = "+" if page.count.more else ""
    say(f"{len(page.orders)} of {page.count.count:,}{more} orders")
    if page.next_cursor:
        say(f"Next page: --cursor {page.next_cursor}")
