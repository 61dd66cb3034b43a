"""What most commands begin with: the ledger's adapters, the shop, and what time it is."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from adapters.bootstrap import Parts, open_parts
from adapters.cli.exits import NotFound, WrongUse
from adapters.cli.options import AskingShop, Connection
from adapters.settings import Settings, load_settings
from domain.identifiers import ShopId

CONNECTIONS_MAX = 2
"""Of one command to PostgreSQL."""


def settings_of(connection: Connection) -> Settings:
    """Find out where the ledger is; raise SettingsMissing."""
    return load_settings(os.environ, connection.data)


@asynccontextmanager
async def ledger(connection: Connection) -> AsyncIterator[Parts]:
    """Reach the ledger that the options name."""
    # The pool logs each failed try; a command says once, in its own words, that there is no server.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    async with open_parts(settings_of(connection), connections_max=CONNECTIONS_MAX) as parts:
        yield parts


async def the_shop(parts: Parts, asking: AskingShop) -> ShopId:
    """Say which shop a command is about: the one named, or the only one there is."""
    names = [shop.shop for shop in await parts.shops.list()]
    if asking.shop is not None and asking.shop not in names:
        raise NotFound(f"there is no shop {asking.shop!r}", _known(names))
    if asking.shop is None and len(names) != 1:
        raise WrongUse("say which shop with --shop", _known(names))
    return ShopId(asking.shop or names[0])


async def the_shops(parts: Parts, asking: AskingShop) -> list[ShopId]:
    """Say which shops a command is about: the one named, or all."""
    if asking.shop is not None:
        return [await the_shop(parts, asking)]
    return [shop.shop for shop in await parts.shops.list()]


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def _known(names: list[ShopId]) -> str:
    if not names:
        return "There is none yet: `order-ledger shops add ID --name NAME`."
    return f"Shops of this ledger: {', '.join(names)}."
