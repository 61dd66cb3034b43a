"""Episodes of causes and alerts on their way out: what survives the process that tells.

The rule to know: what is told is written down together with the decision to tell it, before it is
sent; so it is sent at least once, under an id that stays the same.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from adapters.alerts.channel import Channel
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from domain.identifiers import ShopId
from processors.episodes import Decision, Episode, Notice, alert_id
from projections.query import Query

LAST = """
SELECT DISTINCT ON (cause)
    cause,
    episode,
    subject,
    since,
    appeared_at,
    absent_since,
    ended_at,
    appeared_told_at,
    aged_told_at
FROM attention.episodes
WHERE shop = %(shop)s
AND (ended_at IS NULL OR cause = ANY(%(causes)s))
ORDER BY
    cause,
    episode DESC
"""

SAVE = """
INSERT INTO attention.episodes AS e (
    shop,
    cause,
    episode,
    subject,
    since,
    appeared_at,
    absent_since,
    ended_at,
    appeared_told_at,
    aged_told_at
)
VALUES (
    %(shop)s,
    %(cause)s,
    %(episode)s,
    %(subject)s,
    %(since)s,
    %(appeared_at)s,
    %(absent_since)s,
    %(ended_at)s,
    %(appeared_told_at)s,
    %(aged_told_at)s
)
ON CONFLICT ON CONSTRAINT episodes_pkey DO UPDATE
SET
    absent_since = excluded.absent_since,
    ended_at = excluded.ended_at,
    appeared_told_at = excluded.appeared_told_at,
    aged_told_at = excluded.aged_told_at
"""

MAKE = """
INSERT INTO attention.alerts (
    shop,
    alert_id,
    channel,
    notices,
    made_at,
    retry_at
)
VALUES (
    %(shop)s,
    %(alert_id)s,
    %(channel)s,
    %(notices)s,
    %(now)s,
    %(now)s
)
ON CONFLICT ON CONSTRAINT alerts_pkey DO NOTHING
"""

LAST_MADE = """
SELECT max(made_at) AS made_at
FROM attention.alerts
WHERE shop = %(shop)s
"""

WAITING = """
SELECT
    shop,
    alert_id,
    channel,
    notices,
    made_at,
    tries
FROM attention.alerts
WHERE done_at IS NULL
AND retry_at <= %(now)s
ORDER BY retry_at
LIMIT %(limit)s
"""

TRIED = """
UPDATE attention.alerts
SET
    tries = tries + 1,
    retry_at = coalesce(%(retry_at)s, retry_at),
    done_at = %(done_at)s,
    failure = %(failure)s
WHERE shop = %(shop)s
AND alert_id = %(alert_id)s
AND channel = %(channel)s
"""


class Alert(Struct, frozen=True, kw_only=True):
    """A message that waits to be sent."""

    shop: ShopId
    alert_id: str
    channel: Channel
    notices: tuple[Notice, ...]
    made_at: datetime
    tries: int


class _LastMade(Struct, frozen=True):
    """When a shop's last message was made; None before the first."""

    made_at: datetime | None


class AlertStore:
    """The two tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def last(self, shop: ShopId, causes: Sequence[str]) -> dict[str, Episode]:
        """Give the last episode of each of these causes, and of all that are open, by cause."""
        values: dict[str, object] = {"shop": shop, "causes": list(causes)}
        found = await fetch(self._pool, Query(sql=LAST, parameters=values, result=Episode))
        return {episode.cause: episode for episode in found}

    async def told_at(self, shop: ShopId) -> datetime | None:
        """Say when a shop's last message was made."""
        values: dict[str, object] = {"shop": shop}
        query = Query(sql=LAST_MADE, parameters=values, result=_LastMade)
        return (await fetch_one(self._pool, query)).made_at

    async def save(
        self, shop: ShopId, decision: Decision, channels: Sequence[Channel], now: datetime
    ) -> None:
        """Write down a decision, and one message per channel of all that it tells."""
        if not decision.episodes:
            return
        notices = Jsonb(msgspec.to_builtins(decision.notices))
        async with self._pool.connection() as connection, connection.transaction():
            for episode in decision.episodes:
                subject = Jsonb(msgspec.to_builtins(episode.subject))
                values = asdict(episode) | {"shop": shop, "subject": subject}
                await connection.execute(SAVE, values)
            for channel in channels if decision.notices else ():
                alert = {"alert_id": alert_id(decision.notices), "channel": channel.value}
                await connection.execute(
                    MAKE, {"shop": shop, "notices": notices, "now": now} | alert
                )

    async def waiting(self, now: datetime, limit: int) -> list[Alert]:
        """Give the messages whose time has come."""
        values: dict[str, object] = {"now": now, "limit": limit}
        return await fetch(self._pool, Query(sql=WAITING, parameters=values, result=Alert))

    async def tried(
        self,
        alert: Alert,
        *,
        failure: str,
        done_at: datetime | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Note what became of a try: done, given up, or to be tried again."""
        values = {
            "shop": alert.shop,
            "alert_id": alert.alert_id,
            "channel": alert.channel.value,
            "failure": failure,
            "done_at": done_at,
            "retry_at": retry_at,
        }
        async with self._pool.connection() as connection:
            await connection.execute(TRIED, values)
