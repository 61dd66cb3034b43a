"""Ingress's parts over a test's own database, with questions about what became of messages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from adapters.master_key import MasterKey
from adapters.messaging.held import Held
from adapters.messaging.intake import Intake
from adapters.messaging.queries import MessageFilter, MessageRow, Messages
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.order_store import OrderStore
from domain.identifiers import ShopId, StreamName
from tests.adapters.messaging.checkout import SHOP, Sent

MASTER_KEY = MasterKey(b"m" * 32)


class Taken:
    """An intake and its tables."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.journal = Journal(pool)
        self.intake = new_intake(pool)
        self.messages = Messages(pool, Held(pool, MASTER_KEY), self.intake)

    async def take(self, *messages: Sent) -> None:
        """Take one batch in."""
        await self.intake.take([sent.arrival for sent in messages])

    async def serve(self, shop: str) -> None:
        """Serve one shop more."""
        statement = "INSERT INTO access.shops (shop, name) VALUES (%s, %s) ON CONFLICT DO NOTHING"
        await self.run(statement, (shop, shop))

    async def events(self, stream: StreamName) -> list[str]:
        """Name the facts of a stream."""
        return [row.name for row in await self.journal.read_stream(stream)]

    async def held(self) -> list[tuple[str, str, str]]:
        """Tell what is held: id, outcome and code, the oldest first."""
        rows = await self.messages.find(MessageFilter(shops=None))
        held = sorted((row for row in rows if row.held_id), key=lambda row: row.held_id)
        return [(row.message_id, row.outcome.value, row.code) for row in held]

    async def outcome(self, sent: Sent) -> list[str]:
        """Tell what became of a message."""
        return [row.outcome.value for row in await self.rows(sent)]

    async def rows(self, sent: Sent) -> list[MessageRow]:
        """Tell all about a message."""
        return await self.messages.show([ShopId(sent.subject.split(".")[1])], sent.message_id)

    async def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []


def new_intake(pool: Pool, journal: Journal | None = None) -> Intake:
    """Make an intake as a new process would; over a journal of the test's own if it has one."""
    journal, key_ring = journal or Journal(pool), KeyRing(pool, MASTER_KEY)
    return Intake(
        pool=pool,
        journal=journal,
        orders=OrderStore(journal, key_ring),
        key_ring=key_ring,
        master_key=MASTER_KEY,
    )


@asynccontextmanager
async def taken(database_url: str) -> AsyncIterator[Taken]:
    """Open an intake that serves the shop `demo`."""
    async with open_pool(database_url, min_size=1, max_size=4) as pool:
        parts = Taken(pool)
        await parts.serve(SHOP)
        yield parts
