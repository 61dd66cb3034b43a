"""What the idempotency keys of re-runs of many stand for, written down before anything is asked for.

The rule to know: whoever writes a key down first decides what it stands for; who comes later, or
at the same time, reads that.
"""

from datetime import datetime

import msgspec
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from adapters.commands.requests import Requester
from adapters.commands.rerun_answer import Remembered
from adapters.commands.rerun_options import RerunManyOptions
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from projections.attention.rerun_targets import Choice
from projections.query import Query

REMEMBER = """
INSERT INTO attention.reruns (
    shop,
    key,
    options,
    targets,
    remaining,
    needs_force,
    not_asking,
    asked_at,
    asked_by
)
VALUES (
    %(shop)s,
    %(key)s,
    %(options)s,
    %(targets)s,
    %(remaining)s,
    %(needs_force)s,
    %(not_asking)s,
    %(now)s,
    %(by)s
)
ON CONFLICT ON CONSTRAINT reruns_pkey DO NOTHING
"""

RECALL = """
SELECT
    options,
    targets,
    remaining,
    needs_force,
    not_asking,
    asked_at,
    asked_by,
    position
FROM attention.reruns
WHERE shop = %(shop)s
AND key = %(key)s
"""

DONE = """
UPDATE attention.reruns
SET position = %(position)s
WHERE shop = %(shop)s
AND key = %(key)s
"""


class RerunMemory:
    """The table of keys."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def recall(self, requester: Requester) -> list[Remembered]:
        """Say what the key stands for; [] if it is free."""
        values: dict[str, object] = {"shop": requester.shop, "key": requester.key}
        return await fetch(self._pool, Query(sql=RECALL, parameters=values, result=Remembered))

    async def remember(
        self, requester: Requester, options: RerunManyOptions, choice: Choice, now: datetime
    ) -> None:
        """Let the key stand for this choice, unless it stands for one already."""
        values = asdict(choice) | {
            "shop": requester.shop,
            "key": requester.key,
            "options": Jsonb(msgspec.to_builtins(asdict(options))),
            "targets": Jsonb(msgspec.to_builtins(choice.targets)),
            "not_asking": Jsonb(msgspec.to_builtins(choice.not_asking)),
            "now": now,
            "by": requester.by,
        }
        async with self._pool.connection() as connection:
            await connection.execute(REMEMBER, values)

    async def done(self, requester: Requester, position: int) -> None:
        """Note up to where the key's facts go, now that all of it was asked for."""
        values = {"shop": requester.shop, "key": requester.key, "position": position}
        async with self._pool.connection() as connection:
            await connection.execute(DONE, values)
