"""Secrets that actions sign or sign in with, by shop and name: `vault.secrets`, sealed.

The rule to know: nothing is cached, so that a rotated or replaced secret counts from the next
attempt on; and a value leaves this module only to be used, or by `order-ledger secrets show`.
"""

import base64
import builtins
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from psycopg import AsyncConnection

from adapters.master_key import MasterKey
from adapters.postgres.database import Pool
from adapters.postgres.keyring import WrongMasterKey
from adapters.webhooks.secret_names import secret_name_of
from domain.identifiers import ShopId

SEALING_PURPOSE = "secrets"
NONCE_BYTES = 12
WEBHOOK_SECRET_BYTES = 32
WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - what the standard begins each secret with
NO_OVERLAP = timedelta(0)
OVERLAP = timedelta(hours=24)
"""How long a rotated secret stays valid beside the new one."""
VALID_MAX = 10
"""Signatures of one call; whoever rotates more often within a day loses the oldest."""

KAJABI_CLIENT_ID = "kajabi.client_id"
KAJABI_CLIENT_SECRET = "kajabi.client_secret"  # noqa: S105 - its name, not its value
SYSTEME_API_KEY = "systeme.api_key"
STRIPE_API_KEY = "stripe.api_key"
STRIPE_WEBHOOK_SECRET = "stripe.webhook_secret"  # noqa: S105 - its name, not its value
PAYTRAIL_ACCOUNT = "paytrail.account"
PAYTRAIL_SECRET = "paytrail.secret"  # noqa: S105 - its name, not its value
EPASSI_REFUND_URL = "epassi.refund_url"
EPASSI_SITE = "epassi.site"
EPASSI_SECRET = "epassi.secret"  # noqa: S105 - its name, not its value
CREDENTIAL_NAMES = (
    KAJABI_CLIENT_ID,
    KAJABI_CLIENT_SECRET,
    SYSTEME_API_KEY,
    STRIPE_API_KEY,
    STRIPE_WEBHOOK_SECRET,
    PAYTRAIL_ACCOUNT,
    PAYTRAIL_SECRET,
    EPASSI_REFUND_URL,
    EPASSI_SITE,
    EPASSI_SECRET,
)

LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('order-ledger secret ' || %(shop)s || %(name)s, 0))
"""

VALID = """
SELECT
    generation,
    sealed
FROM vault.secrets
WHERE shop = %(shop)s
AND name = %(name)s
AND (retires_at IS NULL OR retires_at > now())
ORDER BY generation DESC
LIMIT %(limit)s
"""

NEXT_GENERATION = """
SELECT coalesce(max(generation), 0) + 1
FROM vault.secrets
WHERE shop = %(shop)s
AND name = %(name)s
"""

RETIRE = """
UPDATE vault.secrets
SET retires_at = least(retires_at, now() + %(overlap)s)
WHERE shop = %(shop)s
AND name = %(name)s
"""

# The newest never retires, so the generations go on counting from it.
FORGET_VOID = """
DELETE FROM vault.secrets
WHERE shop = %(shop)s
AND name = %(name)s
AND retires_at <= now()
"""

ADD = """
INSERT INTO vault.secrets (shop, name, generation, sealed)
VALUES (%(shop)s, %(name)s, %(generation)s, %(sealed)s)
"""

LIST = """
SELECT
    name,
    generation,
    created_at,
    retires_at
FROM vault.secrets
WHERE shop = %(shop)s
AND (retires_at IS NULL OR retires_at > now())
ORDER BY name, generation DESC
"""


Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]


class Secret(Struct, frozen=True, kw_only=True):
    """A valid secret as its administrators see it: without its value."""

    name: str
    generation: int
    created_at: datetime
    retires_at: datetime | None
    """Until when it is valid beside its successor; None for the newest."""


class Secrets:
    """The table of secrets."""

    def __init__(self, pool: Pool, master_key: MasterKey) -> None:
        self._pool = pool
        self._cipher = AESGCM(master_key.derive(SEALING_PURPOSE))

    async def valid(self, shop: ShopId, name: str) -> tuple[str, ...]:
        """Give the values that are valid now, the newest first; () for an unknown name."""
        async with self._pool.connection() as connection:
            return await self._valid(connection, shop, name)

    async def of_webhook(self, shop: ShopId, url: str) -> tuple[str, ...]:
        """Give the signing secrets of a URL's endpoint, newest first; the first need makes one.

        Raises UrlRefused.
        """
        name = secret_name_of(url)
        if found := await self.valid(shop, name):
            return found
        async with self._changing(shop, name) as connection:
            if not await self._valid(connection, shop, name):
                await self._add(connection, shop, name, make_webhook_secret())
            return await self._valid(connection, shop, name)

    async def set(self, shop: ShopId, name: str, secret: str) -> None:
        """Replace a secret; the earlier ones are void at once."""
        async with self._changing(shop, name) as connection:
            await connection.execute(RETIRE, _retiring(shop, name, NO_OVERLAP))
            await self._add(connection, shop, name, secret)

    async def rotate(self, shop: ShopId, name: str) -> None:
        """Make a new signing secret; the one before stays valid beside it for a day."""
        async with self._changing(shop, name) as connection:
            await connection.execute(RETIRE, _retiring(shop, name, OVERLAP))
            await self._add(connection, shop, name, make_webhook_secret())

    async def list(self, shop: ShopId) -> builtins.list[Secret]:
        """Give the valid secrets of a shop without their values."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(LIST, {"shop": shop})).fetchall()
        return [
            Secret(name=name, generation=generation, created_at=created_at, retires_at=retires_at)
            for name, generation, created_at, retires_at in rows
        ]

    @asynccontextmanager
    async def _changing(self, shop: ShopId, name: str) -> AsyncIterator[Connection]:
        """Keep other changes of this secret out; what was void before is deleted for good."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(LOCK, {"shop": shop, "name": name})
            yield connection
            await connection.execute(FORGET_VOID, {"shop": shop, "name": name})

    async def _valid(self, connection: Connection, shop: ShopId, name: str) -> tuple[str, ...]:
        values = {"shop": shop, "name": name, "limit": VALID_MAX}
        rows = await (await connection.execute(VALID, values, binary=True)).fetchall()
        return tuple(self._open(shop, name, generation, sealed) for generation, sealed in rows)

    async def _add(self, connection: Connection, shop: ShopId, name: str, secret: str) -> None:
        row = await (
            await connection.execute(NEXT_GENERATION, {"shop": shop, "name": name})
        ).fetchone()
        assert row is not None
        nonce = os.urandom(NONCE_BYTES)
        context = _context(shop, name, row[0])
        sealed = nonce + self._cipher.encrypt(nonce, secret.encode(), context)
        values = {"shop": shop, "name": name, "generation": row[0], "sealed": sealed}
        await connection.execute(ADD, values)

    def _open(self, shop: ShopId, name: str, generation: int, sealed: bytes) -> str:
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(
                nonce, ciphertext, _context(shop, name, generation)
            ).decode()
        except InvalidTag as problem:
            raise WrongMasterKey(
                f"the secret {name} was sealed by another master key, or changed"
            ) from problem


def make_webhook_secret() -> str:
    """Make a signing secret in the form of Standard Webhooks."""
    secret = base64.b64encode(os.urandom(WEBHOOK_SECRET_BYTES))
    return WEBHOOK_SECRET_PREFIX + secret.decode()


def _retiring(shop: ShopId, name: str, overlap: timedelta) -> dict[str, object]:
    return {"shop": shop, "name": name, "overlap": overlap}


def _context(shop: ShopId, name: str, generation: int) -> bytes:
    return f"{shop}\n{name}\n{generation}".encode()
