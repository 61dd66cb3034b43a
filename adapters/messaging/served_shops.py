"""Which shops the ledger serves, asked often and remembered briefly."""

import time
from collections.abc import Collection

from adapters.postgres.database import Pool

REMEMBERED_SECONDS_MAX = 10.0

SERVED = """
SELECT shop
FROM access.shops
WHERE revoked_at IS NULL
"""


class ServedShops:
    """The shops whose messages are looked at. A new one is seen at once, a closed one soon."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shops: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    async def among(self, shops: Collection[str]) -> frozenset[str]:
        """Give those of these shops that are served."""
        age_seconds = time.monotonic() - self._read_at
        if age_seconds > REMEMBERED_SECONDS_MAX or not self._shops.issuperset(shops):
            await self._read()
        return self._shops.intersection(shops)

    async def _read(self) -> None:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SERVED)).fetchall()
        self._shops = frozenset(shop for (shop,) in rows)
        self._read_at = time.monotonic()
