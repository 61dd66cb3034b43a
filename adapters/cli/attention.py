"""`attention`: how many orders need a look now, and why each does; once, or for as long as wanted."""

from typing import Annotated

from cyclopts import App, Parameter, validators

from adapters.cli.attention_page import shown_attention
from adapters.cli.attention_watch import watch_attention
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, show
from adapters.cli.reaching import ledger, the_shop
from adapters.reading.attention import read_attention
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
        Go on until Ctrl-C and show each change; with --json, a line at each.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        if watch:
            await watch_attention(parts, shop, limit, is_json=options.json)
            return
        page = await read_attention(parts.pool, parts.shop_settings, shop, limit)
    print_json(page) if options.json else show(*shown_attention(page))
