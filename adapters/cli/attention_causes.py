"""`attention causes`: why orders wait; the same error at the same destination is one line."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from adapters.cli import attention
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from adapters.display.times import relative
from adapters.display.words import counted, words_of
from adapters.reading.attention import read_causes
from adapters.reading.order_rows import CausePage, ShownCause

app = attention.app


@app.command
async def causes(*, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Say why orders need a look: the same error at the same destination is one line."""
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        page = await read_causes(parts.pool, parts.shop_settings, parts.setting_store, shop)
    if options.json:
        print_json(page)
    elif not page.causes:
        say("Nothing needs attention.")
    else:
        show(_rows(page, utc_now()))
        if any(cause.actions for cause in page.causes):
            say("After the repair: order-ledger attention rerun CAUSE")


def _rows(page: CausePage, now: datetime) -> Table:
    headings = ("Cause", "Orders", "Since", "Problem", "At", "Such as")
    rows = table(*headings, numbers=["Orders"], whole=["Cause"])
    for cause in page.causes:
        rows.add_row(cause.cause_id, f"{cause.orders:,}", relative(cause.due_at, now), *_why(cause))
    return rows


def _why(cause: ShownCause) -> tuple[Text, Text, Text]:
    error = cause.code or words_of(cause.error).lower()
    lines = [words_of(cause.kind), ": ".join(filter(None, (words_of(cause.action_kind), error)))]
    if cause.running:
        lines.append(f"{cause.running:,} running, only by --force")
    if cause.newer_settings:
        newer = counted(cause.newer_settings, "action")
        lines.append(f"newer settings for {newer}: --use-latest-configuration")
    more = " …" if cause.orders > len(cause.numbers) else ""
    return (
        text("\n".join(filter(None, lines))),
        text(cause.destination),
        text(" ".join(cause.numbers) + more),
    )
