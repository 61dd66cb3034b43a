"""Access keys of programs: issued once, stored hashed, looked up at every request.

Nothing is cached, so that a revoked key is refused from its next request on.
"""

import builtins
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from adapters.auth.key_text import (
    PresentedKey,
    make_key_id,
    make_key_text,
    read_key_text,
)
from adapters.auth.roles import PERMISSIONS_BY_ROLE, Permission, Role
from adapters.auth.secret_text import digest_of
from adapters.auth.shops import UnknownShop
from adapters.clock import utc_now
from adapters.postgres.database import Pool
from domain.identifiers import ShopId

KEY_LIFE = timedelta(days=365)
"""How long a key lives when its maker does not say."""

ISSUE = """
INSERT INTO access.keys (key_id, name, digest, role, expires_at)
VALUES (%(key_id)s, %(name)s, %(digest)s, %(role)s, %(expires_at)s)
"""

GRANT = """
INSERT INTO access.key_shops (key_id, shop)
SELECT
    %(key_id)s,
    shop
FROM access.shops
WHERE shop = ANY(%(shops)s)
AND revoked_at IS NULL
"""

LIST = """
SELECT
    k.key_id,
    k.name,
    k.role,
    array_agg(s.shop ORDER BY s.shop),
    k.created_at,
    k.expires_at,
    k.revoked_at
FROM access.keys AS k
JOIN access.key_shops AS s USING (key_id)
GROUP BY k.key_id
ORDER BY k.created_at, k.key_id
"""

REVOKE = """
UPDATE access.keys
SET revoked_at = now()
WHERE key_id = %(key_id)s
AND revoked_at IS NULL
"""

FIND = """
SELECT
    k.digest,
    k.name,
    k.role,
    array_agg(s.shop)
FROM access.keys AS k
JOIN access.key_shops AS ks USING (key_id)
JOIN access.shops AS s ON s.shop = ks.shop AND s.revoked_at IS NULL
WHERE k.key_id = %(key_id)s
AND k.revoked_at IS NULL
AND k.expires_at > now()
GROUP BY k.key_id
"""


class Key(Struct, frozen=True, kw_only=True):
    """A key as its administrators see it: without its secret."""

    key_id: str
    name: str
    role: Role
    shops: tuple[ShopId, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class IssuedKey(Struct, frozen=True):
    """A new key. `text` is the secret: show it once, keep it nowhere."""

    key_id: str
    text: str


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, as far as a valid key tells."""

    key_id: str
    name: str
    """What its issuer called the key."""
    role: Role
    shops: frozenset[ShopId]

    @property
    def by(self) -> str:
        """Name the caller on what is recorded for it: names of keys may repeat, ids do not."""
        return f"{self.name} ({self.key_id})"

    def may(self, permission: Permission) -> bool:
        """Say whether the caller's role allows this."""
        return permission in PERMISSIONS_BY_ROLE[self.role]


class Keys:
    """The table of keys."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def issue(
        self, name: str, role: Role, shops: Collection[ShopId], life: timedelta = KEY_LIFE
    ) -> IssuedKey:
        """Make a key to these shops. UnknownShop unless each is served."""
        key_id = make_key_id()
        text = make_key_text(key_id)
        row = {
            "key_id": key_id,
            "name": name,
            "digest": digest_of(text),
            "role": role.value,
            "expires_at": utc_now() + life,
        }
        await self._insert(row, set(shops))
        return IssuedKey(key_id, text)

    async def list(self) -> builtins.list[Key]:
        """Give all keys, expired and revoked ones too, oldest first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(LIST)
            rows = await cursor.fetchall()
        return [
            Key(
                key_id=key_id,
                name=name,
                role=Role(role),
                shops=tuple(shops),
                created_at=created_at,
                expires_at=expires_at,
                revoked_at=revoked_at,
            )
            for key_id, name, role, shops, created_at, expires_at, revoked_at in rows
        ]

    async def revoke(self, key_id: str) -> bool:
        """Refuse this key from now on; False if it was not in use."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(REVOKE, {"key_id": key_id})
            return cursor.rowcount == 1

    async def authenticate(self, text: str) -> Caller | None:
        """Tell whose key this is; None unless it is ours, in use, and to an open shop."""
        presented = read_key_text(text)
        return None if presented is None else await self._find(presented)

    async def _find(self, presented: PresentedKey) -> Caller | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(FIND, {"key_id": presented.key_id})
            row = await cursor.fetchone()
        if row is None or not hmac.compare_digest(row[0], presented.digest):
            return None
        _, name, role, shops = row
        return Caller(key_id=presented.key_id, name=name, role=Role(role), shops=frozenset(shops))

    async def _insert(self, row: dict[str, object], shops: set[ShopId]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(ISSUE, row)
            granted = await connection.execute(
                GRANT, {"key_id": row["key_id"], "shops": list(shops)}
            )
            if not shops or granted.rowcount != len(shops):
                raise UnknownShop("A key needs at least one shop, and each must be served here.")
