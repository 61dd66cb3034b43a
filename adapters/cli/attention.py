"""`attention`: how many orders need a look now, and why each does."""

from typing import Annotated

from cyclopts import Parameter, validators
from rich.text import Text

from adapters.cli.asking import ledger, the_shop, utc_now
from adapters.cli.options import ASKING_SHOP, AskingShop
from adapters.cli.output import print_json, say, show, table, text
from adapters.display.times import relative
from adapters.display.words import words_of
from adapters.http_api.order_rows import (
    AttentionOrder,
    AttentionPage,
    AttentionProblem,
    attention_orders,
)
from adapters.postgres.query import fetch, fetch_one
from projections.attention.queries import LIST_LENGTH_MAX, count_attention, list_attention

LIMIT_DEFAULT = 50


async def attention(
    *,
    limit: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=LIST_LENGTH_MAX))
    ] = LIMIT_DEFAULT,
    asking: AskingShop = ASKING_SHOP,
) -> None:
    """Count the orders that need a look, and list those that wait longest.

    Parameters
    ----------
    limit
        How many orders at most.
    """
    now = utc_now()
    async with ledger(asking) as parts:
        shop = await the_shop(parts, asking)
        grace = (await parts.shop_settings.get(shop)).grace
        counted = await fetch_one(parts.pool, count_attention(shop, now=now, grace=grace))
        asked = list_attention(shop, now=now, grace=grace, limit=limit)
        found = await fetch(parts.pool, asked)
    page = AttentionPage(count=counted.count, orders=attention_orders(found, now, grace))
    if asking.json:
        print_json(page)
        return
    if not page.orders:
        say("Nothing needs attention.")
        return
    orders = table("Number", "Customer", "Status", "Since", "Problem")
    for order in page.orders:
        orders.add_row(*_cells(order, relative(order.due_at, now)))
    show(orders)
    say(f"{page.count:,} orders need attention")


def _cells(order: AttentionOrder, since: str) -> tuple[Text, ...]:
    problems = "\n".join(_problem(problem) for problem in order.problems)
    status = words_of(order.status)
    return text(order.number), text(order.email), text(status), text(since), text(problems)


def _problem(problem: AttentionProblem) -> str:
    about = ", ".join(part for part in (problem.action, problem.code) if part)
    return f"{words_of(problem.kind)}{f': {about}' if about else ''}"
