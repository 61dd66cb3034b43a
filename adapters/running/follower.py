"""The one loop of everything that follows the journal, whatever it makes of the events.

Wait for news, read a batch after the position, prepare what it leads to, store that and the new
position in one statement, repeat. While a batch is stored the next one is already prepared.
Nothing is kept of a failure: the loop begins anew from the stored position.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from adapters.postgres.database import Pool, url_of
from adapters.postgres.errors import UNAVAILABLE, Fenced
from adapters.postgres.lease import IDLE_SECONDS_MAX, LeaseTaken, hold_lease
from adapters.postgres.news import Connection, News
from adapters.postgres.rows import Move, Row
from adapters.running.backoff import Backoff
from adapters.running.liveness import BEAT_SECONDS
from adapters.running.positions import Place

BATCH_EVENTS_MAX = 2_000
NEWS_SECONDS_MAX = 1.0
"""How long news can go unheard: then the journal is looked at without any."""
STANDBY_SECONDS = 1.0
"""How often a runner that stands by asks whether the active one has gone."""
RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 5.0

PreparedT = TypeVar("PreparedT")

logger = structlog.get_logger()


class ReadAgain(Exception):
    """What was prepared ahead holds no longer; begin anew from the stored position."""


class Consumer(Protocol[PreparedT]):
    """What a follower does with its batches."""

    @property
    def name(self) -> str:
        """The follower's name, for ever."""

    async def begin(self, place: Place) -> None:
        """Forget whatever is not stored."""

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """Read what it needs of the next events, and the last of them in any case."""

    async def prepare(self, rows: Sequence[Row]) -> PreparedT:
        """Work out what a batch leads to. The batch before may not be stored yet."""

    async def store(self, connection: Connection, prepared: PreparedT, move: Move) -> None:
        """Store it and move the position together; raise Fenced if the position is elsewhere."""


class Follower(Generic[PreparedT]):
    """One runner of a follower; of all that run in any process, one at a time is active."""

    def __init__(
        self,
        consumer: Consumer[PreparedT],
        *,
        pool: Pool,
        news: News,
        batch_events_max: int = BATCH_EVENTS_MAX,
        idle_seconds_max: float = IDLE_SECONDS_MAX,
    ) -> None:
        self._consumer = consumer
        self._pool = pool
        self._news = news
        self._batch_events_max = batch_events_max
        self._idle_seconds_max = idle_seconds_max
        self._runner = secrets.token_hex(4)
        self._log = logger.bind(follower=consumer.name, runner=self._runner)
        self._beat_at = 0.0
        self._retry = Backoff(RETRY_SECONDS_MIN, RETRY_SECONDS_MAX)

    async def run(self) -> None:
        """Follow until cancelled, through lost connections; a programmer error ends it."""
        while not _is_cancelled():
            try:
                await self._follow_if_active()
            except (Fenced, ReadAgain) as reason:
                self._log.info("follower begins anew", reason=str(reason))
            except UNAVAILABLE as problem:
                self._log.warning("follower waits for the database", problem=str(problem))
                await asyncio.sleep(self._retry.next_seconds())

    async def _follow_if_active(self) -> None:
        try:
            async with hold_lease(
                url_of(self._pool), self._lease_name, idle_seconds_max=self._idle_seconds_max
            ) as lease:
                place = Place(lease.connection, self._consumer.name, self._runner)
                try:
                    await self._follow(place, lease.connection)
                finally:
                    await place.leave()
        except LeaseTaken:
            await asyncio.sleep(STANDBY_SECONDS)

    @property
    def _lease_name(self) -> str:
        return f"follower {self._consumer.name}"

    async def _follow(self, place: Place, connection: Connection) -> None:
        await place.begin()
        await self._consumer.begin(place)
        self._beat_at = 0.0
        position = await place.position()
        storing: asyncio.Task[None] | None = None
        try:
            while not _is_cancelled():
                heard = self._news.heard
                rows = await self._consumer.read(position, self._batch_events_max)
                prepared = await self._consumer.prepare(rows) if rows else None
                if storing is not None:
                    await storing
                await self._beat(place, position)
                if prepared is None:
                    await self._news.wait(NEWS_SECONDS_MAX, since=heard)
                    continue
                move = Move(
                    follower=self._consumer.name,
                    from_position=position,
                    to_position=rows[-1].position,
                )
                storing = asyncio.create_task(self._consumer.store(connection, prepared, move))
                position = move.to_position
        finally:
            if storing is not None:
                storing.cancel()
                await asyncio.gather(storing, return_exceptions=True)

    async def _beat(self, place: Place, position: int) -> None:
        self._retry.reset()
        now = asyncio.get_running_loop().time()
        if now - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = now
        stored = await place.beat(position)
        if stored != position:
            raise ReadAgain(f"the position was set from {position} to {stored}")


def _is_cancelled() -> bool:
    """Ask whether to stop: psycopg waits by Python 3.11's `wait_for`, which can swallow it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
