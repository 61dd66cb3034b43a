"""Appends to try, over connections to a test's own database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from adapters.postgres.database import open_pool
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, InboxEntry, NewRow
from domain.identifiers import OrderId, ShopId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.events import NoteAdded, OrderStarted
from domain.order.values import FreeText, Link, Offer
from tests.support import Database

SHOP = ShopId("shop")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
METADATA = Metadata(
    actor=Actor(ActorKind.OPERATOR, "boss"), correlation_id="c", causation_id="c", command_id="c"
)
NOTE = NoteAdded(at=NOW, by="boss", command_id="c", personal=FreeText(text="Ann called"))
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('journal', 0))"
WAITING = """
SELECT count(*)
FROM pg_locks
WHERE locktype = 'advisory'
AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@asynccontextmanager
async def open_journal(url: str) -> AsyncIterator[Journal]:
    async with open_pool(url, min_size=1, max_size=4) as pool:
        yield Journal(pool)


def new_stream() -> StreamName:
    return order_stream(SHOP, OrderId(uuid4()))


def append_of(
    stream: StreamName,
    expected_version: int = 0,
    *,
    events: int = 1,
    data: bytes = b"{}",
    inbox: tuple[InboxEntry, ...] = (),
) -> Append:
    rows = tuple(NewRow(new_event_id(), "NoteAdded", data) for _ in range(events))
    return Append(stream=stream, expected_version=expected_version, rows=rows, inbox=inbox)


def entry(message_id: str, digest: bytes = b"content") -> InboxEntry:
    return InboxEntry(SHOP, message_id, digest)


async def fetch(url: str, query: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def as_owner(database: Database, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.owner_url) as connection:
        await connection.execute(statement.encode())


@asynccontextmanager
async def held_lock(url: str) -> AsyncIterator[None]:
    """Nobody appends meanwhile."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(LOCK)
        yield


async def until_waiting(url: str, appends: int) -> None:
    await until(lambda: fetch(url, WAITING), [(appends,)])


async def until(look: Callable[[], Awaitable[object]], expected: object) -> None:
    while True:
        if await look() == expected:
            return
        await asyncio.sleep(0.01)


def started(order_id: OrderId) -> OrderStarted:
    return OrderStarted(
        at=NOW,
        shop=SHOP,
        order_id=order_id,
        offer=Offer(id="course", name="Course"),
        link=Link(id="link", source="letter"),
        currency="EUR",
    )
