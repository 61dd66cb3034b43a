"""A journal with made-up orders in it, and followers that run for as long as a test wants them."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres.codec import encode
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.lease import IDLE_SECONDS_MAX
from adapters.postgres.news import News
from adapters.postgres.rows import Append, AppendStatus, NewRow
from adapters.running.follower import BATCH_EVENTS_MAX, Follower
from adapters.running.projections import READ_MODELS, consumer_of
from adapters.running.verifying import Verification, Verifier
from adapters.running.waiting import wait_for
from domain.identifiers import CustomerKeyId, StreamName
from domain.message import Actor, ActorKind, Event, Metadata
from tests.projections.sample import Sample

MASTER_KEY = generate_master_key()
METADATA = Metadata(
    actor=Actor(kind=ActorKind.CHECKOUT, id="test"),
    correlation_id="test",
    causation_id="test",
    command_id="test",
)
BOTH = ("orders", "attention")


class Ledger(Struct, kw_only=True):
    """What a test needs of the ledger."""

    pool: Pool
    journal: Journal
    tail: JournalTail
    key_ring: KeyRing
    news: News
    versions: dict[StreamName, int]

    async def record(self, samples: Sequence[Sample], *, seed: int = 1, at_once: int = 20) -> None:
        """Record whole orders, their facts shuffled among each other as life does."""
        stories = {sample.stream: await self.story(sample) for sample in samples}
        chance = random.Random(seed)
        while stories:
            streams = chance.sample(list(stories), min(at_once, len(stories)))
            lengths = {stream: chance.randint(1, 3) for stream in streams}
            await self.append_all({s: stories[s][: lengths[s]] for s in streams})
            stories |= {s: stories[s][lengths[s] :] for s in streams}
            stories = {stream: rows for stream, rows in stories.items() if rows}

    async def story(self, sample: Sample) -> list[NewRow]:
        customer = CustomerRef(sample.shop, sample.email)
        key = (await self.key_ring.ensure([customer]))[customer]
        return [self.row(fact, key) for fact in sample.facts(key)]

    def row(self, fact: Event, key: CustomerKeyId) -> NewRow:
        return encode(fact, METADATA, self.key_ring, key)

    async def append(self, stream: StreamName, rows: Sequence[NewRow]) -> None:
        await self.append_all({stream: rows})

    async def append_all(self, rows_by_stream: Mapping[StreamName, Sequence[NewRow]]) -> None:
        answers = await self.journal.append(
            [
                Append(stream=s, expected_version=self.versions.get(s, 0), rows=tuple(rows))
                for s, rows in rows_by_stream.items()
            ]
        )
        assert {answer.status for answer in answers} == {AppendStatus.APPENDED}
        for stream, rows in rows_by_stream.items():
            self.versions[stream] = self.versions.get(stream, 0) + len(rows)
        self.news.announce()

    def follower(
        self,
        name: str,
        batch_events_max: int = BATCH_EVENTS_MAX,
        idle_seconds_max: float = IDLE_SECONDS_MAX,
    ) -> Follower[Any]:
        return Follower(
            consumer_of(name, self.tail, self.key_ring),
            pool=self.pool,
            news=self.news,
            batch_events_max=batch_events_max,
            idle_seconds_max=idle_seconds_max,
        )

    async def caught_up(self, *names: str) -> None:
        """Wait until these read models, else all, have handled all that is recorded."""
        assert await wait_for(
            self.pool, await self.journal.head(), names or BOTH, timeout_seconds=60
        )

    async def verify(self, name: str) -> Verification:
        model = READ_MODELS[name]
        return await Verifier(
            model, pool=self.pool, journal=self.journal, key_ring=self.key_ring
        ).verify()

    async def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(sql.encode())).fetchall()


@asynccontextmanager
async def open_ledger(url: str, master_key: str = MASTER_KEY) -> AsyncIterator[Ledger]:
    async with open_pool(url, min_size=1, max_size=14) as pool, News(url) as news:
        journal = Journal(pool)
        yield Ledger(
            pool=pool,
            journal=journal,
            tail=JournalTail(journal),
            key_ring=KeyRing(pool, MasterKey.parse(master_key)),
            news=news,
            versions={},
        )


@asynccontextmanager
async def running(*followers: Follower[Any]) -> AsyncIterator[None]:
    """Run followers until the block ends; a follower that breaks breaks the test."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follower.run()) for follower in followers]
        yield
        for task in tasks:
            task.cancel()
