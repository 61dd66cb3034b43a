"""`attention --watch`: what needs a look, for as long as somebody wants to see it.

The rule to know: what is told holds. When the ledger does not answer that is told once, and what
was last known is called so. It looks once a second, so a deadline that passes shows without news.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.json import encode
from rich.console import Group, RenderableType
from rich.live import Live

from adapters.bootstrap import Parts
from adapters.cli.attention_page import shown_attention, sum_of
from adapters.cli.output import console, say, text
from adapters.clock import utc_now
from adapters.display.times import clock
from adapters.postgres.errors import UNAVAILABLE
from adapters.reading.attention import read_attention
from adapters.reading.order_rows import AttentionPage
from domain.identifiers import ShopId

LOOK_SECONDS = 1.0


class Look(Struct, frozen=True, kw_only=True):
    """What one look found."""

    page: AttentionPage | None
    """None before the first answer."""
    is_answered: bool
    """Else the page is what was last known."""

    @property
    def count(self) -> int | None:
        """How many orders need a look; None if nobody can say."""
        return self.page.count if self.page and self.is_answered else None

    @property
    def says(self) -> str:
        """For people."""
        if self.count is not None:
            return sum_of(self.count)
        known = self.page.count if self.page else "nothing"
        return f"The ledger does not answer; waiting (last known: {known})"


class CountLine(Struct, frozen=True, kw_only=True):
    """One change, for programs."""

    at: datetime
    shop: ShopId
    count: int | None
    """How many orders need a look; null while the ledger does not answer."""


async def watch_attention(parts: Parts, shop: ShopId, limit: int, *, is_json: bool) -> None:
    """Show each change until the command is ended."""
    looks = _looks(parts, shop, limit)
    if is_json or not sys.stdout.isatty():
        await _print_changes(looks, shop, is_json=is_json)
        return
    with Live(console=console(), auto_refresh=False) as screen:
        async for look in looks:
            screen.update(Group(*_shown(look)), refresh=True)


async def _print_changes(looks: AsyncIterator[Look], shop: ShopId, *, is_json: bool) -> None:
    told: Look | None = None
    async for look in looks:
        if told is None or look.count != told.count:
            now = utc_now()
            line = CountLine(at=now, shop=shop, count=look.count)
            say(encode(line).decode() if is_json else f"{clock(now)}  {shop}  {look.says}")
        told = look


async def _looks(parts: Parts, shop: ShopId, limit: int) -> AsyncIterator[Look]:
    look = Look(page=None, is_answered=False)
    while True:
        try:
            page = await read_attention(parts.pool, parts.shop_settings, shop, limit)
        except UNAVAILABLE:
            look = Look(page=look.page, is_answered=False)
        else:
            look = Look(page=page, is_answered=True)
        yield look
        await asyncio.sleep(LOOK_SECONDS)


def _shown(look: Look) -> Iterator[RenderableType]:
    if look.page is not None:
        yield from shown_attention(look.page)
    if not look.is_answered:
        yield text(look.says)
