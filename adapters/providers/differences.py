"""Where a provider's money differs from the ledger's, and when that was last looked at."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import OrderId, PaymentId, ShopId
from processors.reconciliation import Difference, Why
from projections.query import Query

SEE = """
INSERT INTO providers.differences AS d (
    shop,
    provider,
    transaction_id,
    order_id,
    payment_id,
    currency,
    ours,
    theirs,
    why,
    first_seen_at,
    last_seen_at
)
VALUES (
    %(shop)s,
    %(provider)s,
    %(transaction_id)s,
    %(order_id)s,
    %(payment_id)s,
    %(currency)s,
    %(ours)s,
    %(theirs)s,
    %(why)s,
    %(now)s,
    %(now)s
)
ON CONFLICT ON CONSTRAINT differences_pkey DO UPDATE
SET
    ours = excluded.ours,
    theirs = excluded.theirs,
    why = excluded.why,
    last_seen_at = excluded.last_seen_at
"""

AGREE = """
DELETE FROM providers.differences
WHERE shop = %(shop)s
AND provider = %(provider)s
AND transaction_id = ANY(%(transaction_ids)s::text[])
"""

ALL = """
SELECT
    provider,
    transaction_id,
    order_id,
    payment_id,
    currency,
    ours,
    theirs,
    why,
    first_seen_at,
    last_seen_at
FROM providers.differences
WHERE shop = %(shop)s
ORDER BY
    first_seen_at,
    transaction_id
"""

LOOKED = """
INSERT INTO providers.reconciliations AS r (
    shop,
    provider,
    tried_at,
    done_at,
    failure
)
VALUES (
    %(shop)s,
    %(provider)s,
    %(tried_at)s,
    %(done_at)s,
    %(failure)s
)
ON CONFLICT ON CONSTRAINT reconciliations_pkey DO UPDATE
SET
    tried_at = excluded.tried_at,
    done_at = coalesce(excluded.done_at, r.done_at),
    failure = excluded.failure
"""

LAST = """
SELECT
    tried_at,
    done_at,
    failure
FROM providers.reconciliations
WHERE shop = %(shop)s
AND provider = %(provider)s
"""


class DifferenceSeen(Struct, frozen=True, kw_only=True):
    """A difference, and since when it is seen."""

    provider: str
    transaction_id: str
    order_id: OrderId
    payment_id: PaymentId
    currency: str
    ours: int
    """In minor units, as `theirs`."""
    theirs: int
    why: Why
    first_seen_at: datetime
    last_seen_at: datetime


class LastLook(Struct, frozen=True, kw_only=True):
    """When money was last compared."""

    tried_at: datetime
    done_at: datetime | None
    """When all of it last was."""
    failure: str


class Differences:
    """The two tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def see(
        self,
        shop: ShopId,
        provider: str,
        found: Sequence[Difference],
        agreeing: Collection[str],
        now: datetime,
    ) -> None:
        """Note which payments differ, and forget those that agree, by their transaction ids."""
        key = {"shop": shop, "provider": provider}
        async with self._pool.connection() as connection, connection.transaction():
            for one in found:
                await connection.execute(SEE, key | _values(one) | {"now": now})
            await connection.execute(AGREE, key | {"transaction_ids": list(agreeing)})

    async def all(self, shop: ShopId) -> list[DifferenceSeen]:
        """Give a shop's differences, the oldest first."""
        parameters: dict[str, object] = {"shop": shop}
        query = Query(sql=ALL, parameters=parameters, result=DifferenceSeen)
        return await fetch(self._pool, query)

    async def looked(self, shop: ShopId, provider: str, at: datetime, failure: str = "") -> None:
        """Note that money was compared, or why it could not be."""
        values = {
            "shop": shop,
            "provider": provider,
            "tried_at": at,
            "done_at": None if failure else at,
            "failure": failure,
        }
        async with self._pool.connection() as connection:
            await connection.execute(LOOKED, values)

    async def last_look(self, shop: ShopId, provider: str) -> LastLook | None:
        """Say when a shop's money was last compared; None before the first time."""
        parameters: dict[str, object] = {"shop": shop, "provider": provider}
        found = await fetch(self._pool, Query(sql=LAST, parameters=parameters, result=LastLook))
        return found[0] if found else None


def _values(one: Difference) -> dict[str, object]:
    return {
        "transaction_id": one.transaction_id,
        "order_id": one.order_id,
        "payment_id": one.payment_id,
        "currency": one.ours.currency,
        "ours": one.ours.amount,
        "theirs": one.theirs.amount,
        "why": one.why.value,
    }
