"""How the followers of the journal stand: read models and process managers alike."""

from collections.abc import Collection

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.running.follower import BATCH_EVENTS_MAX
from adapters.running.liveness import State, state_of
from adapters.running.positions import SetAsideListed
from adapters.running.process_managers import PROCESS_MANAGERS
from adapters.running.projections import READ_MODELS
from domain.identifiers import ORDER_CATEGORY, ShopId
from projections.query import Query

FOLLOWERS = (*READ_MODELS, *PROCESS_MANAGERS)
"""The names of all there are."""

SET_ASIDE_LISTED_MAX = 1_000

STANDINGS = """
SELECT
    n.name,
    coalesce(p.position, 0) AS position,
    head.position AS head,
    coalesce(h.runner, '') AS runner,
    extract(epoch FROM clock_timestamp() - h.seen_at)::float8 AS silent_seconds,
    (
        SELECT count(*)
        FROM followers.set_aside AS s
        WHERE s.follower = n.name
    ) AS set_aside
FROM unnest(%(names)s::text[]) WITH ORDINALITY AS n (name, place)
CROSS JOIN (
    SELECT coalesce(max(position), 0) AS position
    FROM journal.events
) AS head
LEFT JOIN followers.positions AS p ON p.name = n.name
LEFT JOIN LATERAL (
    SELECT
        runner,
        seen_at
    FROM followers.heartbeats
    WHERE name = n.name
    ORDER BY seen_at DESC
    LIMIT 1
) AS h ON true
ORDER BY n.place
"""

SET_ASIDE = """
SELECT
    position,
    stream,
    reason,
    set_aside_at
FROM followers.set_aside
WHERE follower = %(name)s
ORDER BY position
LIMIT %(limit)s
"""

ORDERS_ASIDE = """
SELECT count(DISTINCT stream) AS orders
FROM followers.set_aside
WHERE follower = %(name)s
AND starts_with(stream, %(prefix)s)
"""


class Standing(Struct, frozen=True, kw_only=True):
    """Where a follower is."""

    name: str
    position: int
    head: int
    """Of the journal, at the same moment."""
    runner: str
    silent_seconds: float | None
    """Since its runner last showed that it lives; None when nobody runs it."""
    set_aside: int
    """Events that it could not handle."""

    @property
    def lag(self) -> int:
        """Events that are recorded and that it has not handled."""
        return self.head - self.position

    @property
    def state(self) -> State:
        """How it is kept, in one word."""
        return state_of(self.silent_seconds, is_behind=self.lag > BATCH_EVENTS_MAX)


class Aside(Struct, frozen=True):
    """How many orders are set aside."""

    orders: int


async def standings(pool: Pool, names: Collection[str] = FOLLOWERS) -> list[Standing]:
    """Say how these followers stand."""
    query = Query(sql=STANDINGS, parameters={"names": list(names)}, result=Standing)
    return await fetch(pool, query)


async def count_orders_aside(pool: Pool, name: str, shop: ShopId | None = None) -> int:
    """Count the orders, of one shop or all, that a follower has not handled to their end."""
    prefix = f"{ORDER_CATEGORY}/{shop}/" if shop else f"{ORDER_CATEGORY}/"
    values: dict[str, object] = {"name": name, "prefix": prefix}
    return (await fetch_one(pool, Query(sql=ORDERS_ASIDE, parameters=values, result=Aside))).orders


async def list_set_aside(pool: Pool, name: str) -> list[SetAsideListed]:
    """List what a follower could not handle, the earliest first."""
    values: dict[str, object] = {"name": name, "limit": SET_ASIDE_LISTED_MAX}
    return await fetch(pool, Query(sql=SET_ASIDE, parameters=values, result=SetAsideListed))
