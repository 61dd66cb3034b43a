"""How workers and payers show that they live, and how the whole of their work stands.

The rule to know: a worker beats only after a turn in which it could report and take. One that
meets the same trouble again and again counts as dead.
"""

from time import monotonic

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch_one
from adapters.running.liveness import BEAT_SECONDS, DEAD_AFTER_SECONDS, State, state_of
from projections.query import Query
from projections.work_list.projection import NO_RUN, WORK_LIST

WORKERS = "workers"
"""Their name among those that beat; a worker has no position of its own."""
PAYERS = "payers"
"""Likewise of those that take transfers to providers."""
KEPT_SILENT_SECONDS = 3_600.0
"""How long the last beat of a worker that died is kept; each beat sweeps older ones away."""
OLDEST_SECONDS_MAX = 60.0
"""When what is due has waited for longer, workers are said to catch up."""

BEAT = """
WITH swept AS (
    DELETE FROM followers.heartbeats
    WHERE name = %(name)s
    AND seen_at < clock_timestamp() - make_interval(secs => %(kept)s)
)
INSERT INTO followers.heartbeats (name, runner, position, seen_at)
VALUES (%(name)s, %(runner)s, 0, clock_timestamp())
ON CONFLICT (name, runner) DO UPDATE
SET seen_at = excluded.seen_at
"""

LEAVE = """
DELETE FROM followers.heartbeats
WHERE name = %(name)s
AND runner = %(runner)s
"""

STANDING = f"""
SELECT
    %(name)s AS name,
    w.waiting,
    w.oldest_seconds,
    h.living,
    h.silent_seconds
FROM (
    SELECT
        count(*) AS waiting,
        coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest_seconds
    FROM {WORK_LIST.table}
    WHERE available_at <= now()
    AND (run = %(no_run)s) = %(is_of_transfers)s
) AS w
CROSS JOIN (
    SELECT
        count(*) FILTER (WHERE seen_at > now() - make_interval(secs => %(dead)s)) AS living,
        extract(epoch FROM clock_timestamp() - max(seen_at))::float8 AS silent_seconds
    FROM followers.heartbeats
    WHERE name = %(name)s
) AS h
"""  # noqa: S608 - made of our own names only


class WorkStanding(Struct, frozen=True, kw_only=True):
    """How the workers or payers are, and what waits for them."""

    name: str
    waiting: int
    """Attempts that are due and not taken."""
    oldest_seconds: float
    """How long the one that waits longest has been due; 0 when none waits."""
    living: int
    """Workers that were seen lately."""
    silent_seconds: float | None
    """Since any worker was last seen; None when none runs."""

    @property
    def state(self) -> State:
        """How the work is done, in one word."""
        is_behind = self.oldest_seconds > OLDEST_SECONDS_MAX
        return state_of(self.silent_seconds, is_behind=is_behind)


class WorkerBeats:
    """The beats of one worker's or payer's loop."""

    def __init__(self, pool: Pool, runner: str, name: str = WORKERS) -> None:
        self._pool = pool
        self._values = {"name": name, "runner": runner, "kept": KEPT_SILENT_SECONDS}
        self._beaten_at = float("-inf")

    async def beat(self) -> None:
        """Say that this worker lives, about once a second."""
        if monotonic() - self._beaten_at < BEAT_SECONDS:
            return
        self._beaten_at = monotonic()
        async with self._pool.connection() as connection:
            await connection.execute(BEAT, self._values)

    async def leave(self) -> None:
        """Say that it ends."""
        async with self._pool.connection() as connection:
            await connection.execute(LEAVE, self._values)


async def work_standing(pool: Pool, name: str = WORKERS) -> WorkStanding:
    """Say how the workers or the payers are, and what waits for them."""
    values: dict[str, object] = {
        "name": name,
        "dead": DEAD_AFTER_SECONDS,
        "no_run": NO_RUN,
        "is_of_transfers": name == PAYERS,
    }
    return await fetch_one(pool, Query(sql=STANDING, parameters=values, result=WorkStanding))
