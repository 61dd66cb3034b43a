"""What most commands begin with: the ledger's adapters, and the shop."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.bootstrap import Parts, open_parts
from adapters.cli.exits import NotFound, WrongUse
from adapters.cli.options import Connection, ShopOptions
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


async def the_shop(parts: Parts, options: ShopOptions) -> ShopId:
    """Say which shop a command is about: the one named, or the only one there is."""
    names = [shop.shop for shop in await parts.shops.list()]
    if options.shop is not None and options.shop not in names:
        raise NotFound(f"there is no shop {options.shop!r}", _known(names))
    if options.shop is None and len(names) != 1:
        raise WrongUse("say which shop with --shop", _known(names))
    return ShopId(options.shop or names[0])


async def the_shops(parts: Parts, options: ShopOptions) -> list[ShopId]:
    """Say which shops a command is about: the one named, or all."""
    if options.shop is not None:
        return [await the_shop(parts, options)]
    return [shop.shop for shop in await parts.shops.list()]


def _known(names: list[ShopId]) -> str:
    if not names:
        return "There is none yet: `order-ledger shops add ID --name NAME`."
    return f"Shops of this ledger: {', '.join(names)}."
