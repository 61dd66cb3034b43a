"""How ingress shows that it lives, and what anybody can see of it.

The rule to know: a partition's puller beats only after NATS was really heard and what it sent was
taken in. So one that is deaf, or that meets the same trouble again and again, counts as dead.
"""

from collections.abc import Mapping
from time import monotonic

from msgspec import Struct
from nats.aio.client import Client

from adapters.messaging.stream import STREAM, consumer_of
from adapters.postgres.database import Pool
from adapters.postgres.lease import Lease
from adapters.postgres.query import fetch
from adapters.running.liveness import BEAT_SECONDS, State, state_of
from projections.query import Query

LAG_MESSAGES_MAX = 10_000
"""Behind by more, ingress is said to catch up."""

BEAT = """
INSERT INTO messages.ingress (partition, lag, seen_at)
VALUES (%s, %s, clock_timestamp())
ON CONFLICT (partition) DO UPDATE
SET
    lag = excluded.lag,
    seen_at = excluded.seen_at
"""

LEAVE = """
DELETE FROM messages.ingress
WHERE partition = %s
"""

# There is always a first partition, also when nobody has ever pulled it.
STANDINGS = """
SELECT
    p.partition,
    coalesce(i.lag, 0) AS lag,
    extract(epoch FROM clock_timestamp() - i.seen_at)::float8 AS silent_seconds
FROM (
    SELECT 0 AS partition
    UNION
    SELECT partition
    FROM messages.ingress
) AS p
LEFT JOIN messages.ingress AS i ON i.partition = p.partition
ORDER BY p.partition
"""

HELD = """
SELECT
    o.outcome,
    (
        SELECT count(*)
        FROM messages.held AS h
        WHERE h.outcome = o.outcome
    ) AS messages
FROM (VALUES ('parked'), ('quarantined')) AS o (outcome)
"""


class IngressStanding(Struct, frozen=True, kw_only=True):
    """How the ingress of one partition is."""

    partition: int
    lag: int
    """Messages not yet acknowledged, when it last lived."""
    silent_seconds: float | None
    """Since it last heard from NATS; None when nobody runs it."""

    @property
    def name(self) -> str:
        """What people call it."""
        return f"ingress {self.partition}"

    @property
    def state(self) -> State:
        """How it is kept, in one word."""
        return state_of(self.silent_seconds, is_behind=self.lag > LAG_MESSAGES_MAX)


class HeldCount(Struct, frozen=True, kw_only=True):
    """How many messages are held with one outcome."""

    outcome: str
    messages: int


class Heartbeat:
    """The beats of one partition's puller, on the connection of its lease."""

    def __init__(self, client: Client, lease: Lease, partition: int) -> None:
        self._client = client
        self._connection = lease.connection
        self._partition = partition
        self._beaten_at = float("-inf")

    async def beat(self, heard_at: float) -> None:
        """Say that all heard up to this moment is taken in, about once a second."""
        if heard_at <= self._beaten_at or monotonic() - self._beaten_at < BEAT_SECONDS:
            return
        self._beaten_at = monotonic()
        consumer = consumer_of(self._partition)
        info = await self._client.jetstream().consumer_info(STREAM, consumer)
        lag = (info.num_pending or 0) + (info.num_ack_pending or 0)
        await self._connection.execute(BEAT, (self._partition, lag))

    async def leave(self) -> None:
        """Say that nobody pulls from now on."""
        await self._connection.execute(LEAVE, (self._partition,))


async def ingress_standings(pool: Pool) -> list[IngressStanding]:
    """Say how every partition's ingress is."""
    return await fetch(pool, Query(sql=STANDINGS, parameters={}, result=IngressStanding))


async def held_counts(pool: Pool) -> Mapping[str, int]:
    """Count the messages that wait and those that can never succeed."""
    found = await fetch(pool, Query(sql=HELD, parameters={}, result=HeldCount))
    return {one.outcome: one.messages for one in found}
