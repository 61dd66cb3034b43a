"""`attention`: how many orders need a look now, and why each does; once, or for as long as wanted."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import msgspec
from cyclopts import App, Parameter, validators
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from adapters.bootstrap import Parts
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import console, print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from adapters.display.times import relative
from adapters.display.words import orders_need, words_of
from adapters.reading.attention import read_attention
from adapters.reading.live_feed import LiveFeed
from adapters.reading.order_rows import AttentionOrder, AttentionPage, AttentionProblem
from domain.identifiers import ShopId
from projections.attention.queries import LIST_LENGTH_MAX

LIMIT_DEFAULT = 50

app = App(name="attention", help="What needs a look now, why, and the repair of many at once.")


@app.default
async def attention(
    *,
    limit: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=LIST_LENGTH_MAX))
    ] = LIMIT_DEFAULT,
    watch: Annotated[bool, Parameter(negative=())] = False,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """Count the orders that need a look, and list those that wait longest.

    Parameters
    ----------
    limit
        How many orders at most.
    watch
        Go on until Ctrl-C and show each change; with --json, a line of the count at each.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        if watch:
            await _watch(parts, shop, limit, is_json=options.json)
            return
        page = await read_attention(parts.pool, parts.shop_settings, shop, limit)
    print_json(page) if options.json else show(*_shown(page))


async def _watch(parts: Parts, shop: ShopId, limit: int, *, is_json: bool) -> None:
    async with parts.news:
        if is_json or not sys.stdout.isatty():
            await _print_changes(parts, shop, is_json=is_json)
            return
        with Live(console=console(), auto_refresh=False) as screen:
            async for _ in _looks(parts, shop):
                screen.update(
                    Group(
                        *_shown(await read_attention(parts.pool, parts.shop_settings, shop, limit))
                    ),
                    refresh=True,
                )


async def _print_changes(parts: Parts, shop: ShopId, *, is_json: bool) -> None:
    told: int | None = None
    async for count in _looks(parts, shop):
        if count != told:
            say(msgspec.json.encode({"count": count}).decode() if is_json else _sum(count))
        told = count


async def _looks(parts: Parts, shop: ShopId) -> AsyncIterator[int]:
    """Give the count now, upon each news of the shop, and now and then without any; for ever."""
    feed = LiveFeed(parts.pool, parts.news, parts.shop_settings)
    running = asyncio.create_task(feed.run(asyncio.Event()))
    try:
        while not running.done():
            subscriber = await feed.begin(shop)
            with feed.listening(subscriber):
                async for _ in subscriber.events():
                    yield subscriber.count or 0
        running.result()
    finally:
        running.cancel()
        await asyncio.wait({running})


def _shown(page: AttentionPage) -> Iterator[RenderableType]:
    now = utc_now()
    orders = table("Number", "Customer", "Status", "Since", "Problem")
    for order in page.orders:
        orders.add_row(*_cells(order, relative(order.due_at, now)))
    if page.orders:
        yield orders
    yield text(_sum(page.count))


def _sum(count: int) -> str:
    return f"{orders_need(count)} attention" if count else "Nothing needs attention."


def _cells(order: AttentionOrder, since: str) -> tuple[Text, ...]:
    problems = "\n".join(_problem(problem) for problem in order.problems)
    status = words_of(order.status)
    return text(order.number), text(order.email), text(status), text(since), text(problems)


def _problem(problem: AttentionProblem) -> str:
    error = problem.code or (words_of(problem.stage).lower() if problem.stage else "")
    at = f" at {problem.destination}" if problem.destination else ""
    about = ", ".join(part for part in (problem.action, error) if part)
    return f"{words_of(problem.kind)}{f': {about}{at}' if about else ''}"
