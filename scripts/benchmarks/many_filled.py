"""A ledger of two shops that hold very many orders, filled through the append and the followers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct
from psycopg import AsyncConnection
from rich.console import Console

from adapters.bootstrap import Parts
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.postgres.query import fetch
from adapters.reading.attention import READ_MODELS
from adapters.running.projections import run_projections
from adapters.running.waiting import wait_for
from domain.identifiers import OrderId, ShopId
from projections.orders.projection import ORDERS
from projections.query import Query
from scripts.benchmarks.many_orders import facts_of_many
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import order_appends

MANY, OTHER = ShopId("many"), ShopId("other")
FOLLOW_SECONDS_MAX = 3_600.0
TABLES = ("journal.events", "read_models.orders_v1", "read_models.attention_v3")

SOME = f"""
SELECT order_id
FROM {ORDERS.table}
WHERE shop = %(shop)s
AND number <> ''
ORDER BY md5(order_id::text)
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only


class _Id(Struct, frozen=True):
    order_id: OrderId


async def many_orders(bench: Bench) -> Parts:
    """Give a ledger with `listed_orders` orders, two thirds of them in the shop MANY.

    It is filled once a run, and closed with the bench.
    """
    if MANY not in bench.kept:
        bench.kept[MANY] = await bench.stack.enter_async_context(_filled(bench))
    return bench.kept[MANY]


@asynccontextmanager
async def _filled(bench: Bench) -> AsyncIterator[Parts]:
    async with bench.fresh_parts() as parts:
        orders = bench.size.listed_orders
        for shop, of_shop in ((MANY, orders * 2 // 3), (OTHER, orders // 3)):
            await parts.shops.add(shop, shop)
            await _fill(parts, shop, of_shop)
        await _follow(parts)
        await _vacuum(parts.settings.database_owner_url)
        yield parts


def orders_of_many(bench: Bench) -> int:
    """Say how many orders the shop MANY has."""
    return bench.size.listed_orders * 2 // 3


async def some_orders(parts: Parts, limit: int) -> Sequence[OrderId]:
    """Pick placed orders of the shop MANY from all over it, the same each time."""
    values: dict[str, object] = {"shop": MANY, "limit": limit}
    found = await fetch(parts.pool, Query(sql=SOME, parameters=values, result=_Id))
    return [one.order_id for one in found]


async def _fill(parts: Parts, shop: ShopId, orders: int) -> None:
    Console(stderr=True).print(f"filling {shop} with {orders:,} orders …")
    story = facts_of_many(shop, orders)
    async for batch in order_appends(parts.key_ring, orders, facts_of=story, shop=shop):
        await parts.journal.append(batch)


async def _follow(parts: Parts) -> None:
    Console(stderr=True).print("following …")
    stop = asyncio.Event()
    async with News(parts.settings.database_url) as news:
        running = asyncio.create_task(
            run_projections(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=KeyRing(parts.pool, parts.master_key),
                news=news,
                stop=stop,
                names=READ_MODELS,
            )
        )
        head = await parts.journal.head()
        is_there = await wait_for(parts.pool, head, READ_MODELS, timeout_seconds=FOLLOW_SECONDS_MAX)
        stop.set()
        await running
    if not is_there:
        raise TimeoutError(f"the read models did not reach {head}")


async def _vacuum(owner_url: str) -> None:
    """Do what autovacuum would have done by the time that a shop has so many orders."""
    async with await AsyncConnection.connect(owner_url, autocommit=True) as connection:
        for table in TABLES:
            await connection.execute(f"VACUUM ANALYZE {table}".encode())
