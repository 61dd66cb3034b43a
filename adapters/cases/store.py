"""The table of cases.

The rule to know: a case is written by one statement that looks at who has it, so of two people at
once one gets it and the other is told who. What has ended is as good as gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from adapters.cases.case import Case, CaseTaken, Standing
from adapters.postgres.database import Pool
from adapters.postgres.errors import StillConflicting
from adapters.postgres.query import fetch
from domain.identifiers import OrderId, ShopId
from projections.query import Query

SNOOZED_MAX = 10_000
PUT_TRIES_MAX = 5
"""A case may end between the try to put it and the look at who has it."""

PUT = """
INSERT INTO attention.cases (shop, order_id, standing, person_id, began_at, ends_at)
VALUES (%(shop)s, %(order_id)s, %(standing)s, %(person_id)s, %(now)s, %(ends_at)s)
ON CONFLICT ON CONSTRAINT cases_pkey DO UPDATE
SET
    standing = excluded.standing,
    person_id = excluded.person_id,
    began_at = excluded.began_at,
    ends_at = excluded.ends_at
WHERE cases.standing <> 'taken'
OR cases.ends_at <= %(now)s
OR cases.person_id = ANY(%(yields)s)
"""

RELEASE = """
DELETE FROM attention.cases
WHERE shop = %(shop)s
AND order_id = %(order_id)s
AND standing = 'taken'
AND person_id = %(person_id)s
"""

WAKE = """
DELETE FROM attention.cases
WHERE shop = %(shop)s
AND order_id = %(order_id)s
AND standing = 'snoozed'
"""

LIVE = """
SELECT
    c.order_id,
    c.standing,
    c.person_id,
    p.name AS person,
    c.began_at,
    c.ends_at
FROM attention.cases AS c
INNER JOIN access.people AS p USING (person_id)
WHERE c.shop = %(shop)s
AND c.ends_at > %(now)s
AND (%(order_ids)s::uuid[] IS NULL OR c.order_id = ANY(%(order_ids)s))
AND (%(standing)s::text IS NULL OR c.standing = %(standing)s)
ORDER BY
    c.ends_at,
    c.order_id
LIMIT %(limit)s
"""


class Desk(Struct, frozen=True, kw_only=True):
    """A person at work in a shop, at a time."""

    pool: Pool
    shop: ShopId
    person_id: str
    now: datetime

    async def take(self, order_id: OrderId, ends_at: datetime, over: str = "") -> None:
        """Be on a case, also one that waits; `over` is whom the person takes it from. CaseTaken."""
        await self._put(order_id, Standing.TAKEN, ends_at, over)

    async def snooze(self, order_id: OrderId, ends_at: datetime) -> None:
        """Let a case wait, also one's own; raise CaseTaken."""
        await self._put(order_id, Standing.SNOOZED, ends_at, "")

    async def release(self, order_id: OrderId) -> None:
        """Leave a case of one's own; of any other nothing changes."""
        await self._do(RELEASE, {"order_id": order_id, "person_id": self.person_id})

    async def wake(self, order_id: OrderId) -> None:
        """Let a case wait no longer, whoever let it."""
        await self._do(WAKE, {"order_id": order_id})

    async def case_of(self, order_id: OrderId) -> Case | None:
        """Say who has a case."""
        found = await self.cases_of([order_id])
        return found[0] if found else None

    async def cases_of(self, order_ids: Sequence[OrderId]) -> list[Case]:
        """Say who has which of these orders' cases."""
        return await self._live(order_ids=list(order_ids), standing=None, limit=len(order_ids))

    async def snoozed(self) -> list[Case]:
        """Say which cases wait, those that end first first."""
        return await self._live(order_ids=None, standing=Standing.SNOOZED.value, limit=SNOOZED_MAX)

    async def _put(
        self, order_id: OrderId, standing: Standing, ends_at: datetime, over: str
    ) -> None:
        values = {
            "order_id": order_id,
            "standing": standing.value,
            "person_id": self.person_id,
            "now": self.now,
            "ends_at": ends_at,
            "yields": [self.person_id, over],
        }
        for _ in range(PUT_TRIES_MAX):
            if await self._do(PUT, values):
                return
            if case := await self.case_of(order_id):
                raise CaseTaken(case)
        raise StillConflicting("a case of the order kept changing hands")

    async def _do(self, statement: str, values: Mapping[str, object]) -> int:
        async with self.pool.connection() as connection:
            done = await connection.execute(statement, {"shop": self.shop, **values})
        return done.rowcount

    async def _live(self, **values: object) -> list[Case]:
        everything = {"shop": self.shop, "now": self.now} | values
        return await fetch(self.pool, Query(sql=LIVE, parameters=everything, result=Case))
