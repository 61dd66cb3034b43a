"""`orders`: the table, one order now or then, and its history."""

from datetime import datetime
from typing import Annotated

from cyclopts import App, Parameter, validators

from adapters.cli.exits import WrongUse
from adapters.cli.filters import NO_FILTERS, Filters, Moment
from adapters.cli.history_table import history_table
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.order_naming import naming, order_named
from adapters.cli.order_sheet import order_sheet
from adapters.cli.order_table import orders_table
from adapters.cli.output import print_json, say, show
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from adapters.display.words import counted
from adapters.reading.order_rows import OrderPage, read_page
from projections.orders.queries import PAGE_LENGTH_MAX

LIMIT_DEFAULT = 20

Limit = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=PAGE_LENGTH_MAX))]
Version = Annotated[int | None, Parameter(validator=validators.Number(gte=1))]

app = App(name="orders", help="Find orders and look at them.")


@app.command(name="list")
async def list_(
    filters: Filters = NO_FILTERS,
    *,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
    exact: Annotated[bool, Parameter(negative=())] = False,
    options: ShopOptions = SHOP_OPTIONS,
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
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        answer = await read_page(
            parts.pool, parts.shop_settings, filters.of(shop), now, limit=limit, cursor=cursor
        )
    if options.json:
        print_json(answer)
    else:
        _show_page(answer, now, is_exact=exact)


@app.command(name="show")
async def show_(
    order: str,
    *,
    version: Version = None,
    as_of: Moment = None,
    options: ShopOptions = SHOP_OPTIONS,
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
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        with naming(order, shop):
            order_id = await order_named(parts.pool, shop, order)
            details = await parts.order_reader.sheet(shop, order_id, version=version, as_of=as_of)
    now = None if version is not None else as_of or utc_now()
    print_json(details) if options.json else show(*order_sheet(details, now))


@app.command(name="history")
async def history_(order: str, *, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Tell what happened to an order, who did it, and what it changed.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        with naming(order, shop):
            order_id = await order_named(parts.pool, shop, order)
            told = await parts.order_reader.history(shop, order_id)
    print_json(told) if options.json else show(history_table(told.events))


def _show_page(page: OrderPage, now: datetime, *, is_exact: bool) -> None:
    if not page.orders:
        say("No orders match.")
        return
    show(orders_table(page.orders, now, is_exact=is_exact))
    found = page.count.count
    of_all = f"{found:,}+ orders" if page.count.more else counted(found, "order")
    say(f"{len(page.orders)} of {of_all}")
    if page.next_cursor:
        say(f"Next page: --cursor {page.next_cursor}")
