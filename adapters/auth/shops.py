"""The shops that this ledger serves. Closing one shuts its keys out; its facts stay."""

from datetime import datetime

from msgspec import Struct, convert

from adapters.messaging.contracts import Token
from adapters.postgres.database import Pool
from domain.identifiers import ShopId
from domain.rejection import Rejection

ADD = """
INSERT INTO access.shops (shop, name)
VALUES (%(shop)s, %(name)s)
ON CONFLICT ON CONSTRAINT shops_pkey
DO UPDATE SET name = EXCLUDED.name, revoked_at = NULL
"""

LIST = """
SELECT
    shop,
    name,
    created_at,
    revoked_at
FROM access.shops
ORDER BY shop
"""

REVOKE = """
UPDATE access.shops
SET revoked_at = now()
WHERE shop = %(shop)s
AND revoked_at IS NULL
"""


class Shop(Struct, frozen=True, kw_only=True):
    """A shop; `revoked_at` says since when nobody reaches it."""

    shop: ShopId
    name: str
    created_at: datetime
    revoked_at: datetime | None


class UnknownShop(Rejection):
    """The ledger does not serve this shop (any more)."""

    code = "unknown_shop"


class Shops:
    """The table of shops."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, shop: ShopId, name: str) -> None:
        """Serve a shop, or rename it, or open it again. ValidationError if it is not a token."""
        convert(shop, Token)
        async with self._pool.connection() as connection:
            await connection.execute(ADD, {"shop": shop, "name": name})

    async def list(self) -> list[Shop]:
        """Give all shops, closed ones too, by id."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(LIST)
            rows = await cursor.fetchall()
        return [
            Shop(shop=shop, name=name, created_at=created_at, revoked_at=revoked_at)
            for shop, name, created_at, revoked_at in rows
        ]

    async def revoke(self, shop: ShopId) -> bool:
        """Close a shop to everybody; False if it was not open."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(REVOKE, {"shop": shop})
            return cursor.rowcount == 1
