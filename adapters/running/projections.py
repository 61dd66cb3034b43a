"""The read models there are, and how they are rebuilt and kept running."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.running.followers import run_followers
from adapters.running.row_consumer import RowConsumer
from adapters.running.saving import Saving
from adapters.running.work_saving import work_saving
from projections.attention.projection import ATTENTION
from projections.entry_model import EntryModel
from projections.grants.projection import GRANTS
from projections.open_refunds.projection import OPEN_REFUNDS
from projections.orders.projection import ORDERS
from projections.payments.projection import PAYMENTS
from projections.read_model import ReadModel
from projections.row_model import RowModel
from projections.sales.projection import SALES
from projections.work_list.projection import WORK_LIST

ROW_MODELS: Mapping[str, RowModel[Any]] = {
    model.name: model for model in (ORDERS, ATTENTION, WORK_LIST, OPEN_REFUNDS, GRANTS)
}
"""Every read model of one row per order, by its name."""

ENTRY_MODELS: Mapping[str, EntryModel[Any]] = {model.name: model for model in (PAYMENTS, SALES)}
"""Every read model of rows that events add, by its name."""

READ_MODELS: Mapping[str, ReadModel[Any]] = {**ROW_MODELS, **ENTRY_MODELS}

SAVING_BY_NAME: Mapping[str, Saving[Any]] = {WORK_LIST.name: work_saving()}
"""Read models that are not written as one row per order."""

# The table first: so does a runner's save, and then neither waits for the other for ever.
EMPTY = "TRUNCATE {table}"
TAKE_BACK = "DELETE FROM followers.set_aside WHERE follower = %s"
RESET = "UPDATE followers.positions SET position = 0, moved_at = now() WHERE name = %s"


async def run_projections(
    *,
    pool: Pool,
    journal: Journal,
    key_ring: KeyRing,
    news: News,
    stop: asyncio.Event,
    names: Collection[str] = tuple(READ_MODELS),
) -> None:
    """Keep these read models up to date until `stop` is set; each holds one connection."""
    tail = JournalTail(journal)
    consumers = [consumer_of(name, tail, key_ring) for name in names]
    await run_followers(consumers, pool=pool, news=news, stop=stop)


def consumer_of(name: str, tail: JournalTail, key_ring: KeyRing) -> RowConsumer[Any]:
    """Make what keeps one read model up to date."""
    return RowConsumer(READ_MODELS[name], tail, key_ring, SAVING_BY_NAME.get(name))


async def rebuild(pool: Pool, model: ReadModel[Any]) -> None:
    """Empty a read model and send it back to the start; its runner, once there is one, catches up.

    Meanwhile readers see a part. What was set aside is tried anew.
    """
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(EMPTY.format(table=model.table))
        await connection.execute(TAKE_BACK, (model.name,))
        await connection.execute(RESET, (model.name,))
