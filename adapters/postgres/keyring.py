"""Keys of personal data: one per customer and shop, wrapped by a key of the master key's.

Destroying a wrapped key erases the customer everywhere at once: what it sealed reads as None for
ever, and a customer who comes back gets a new key.
"""

import hmac
import secrets
from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.master_key import MasterKey
from adapters.postgres.database import Pool
from adapters.postgres.event_ids import new_event_id
from domain.identifiers import CustomerKeyId, ShopId

CACHED_KEYS_MAX = 100_000
NONCE_BYTES = 12
KEY_BITS = 256
RACES_MAX = 10

# A key that another transaction makes meanwhile is in neither half: ask again.
ENSURE = """
WITH wanted AS (
    SELECT
        key_id,
        shop,
        customer_hash,
        wrapped_key
    FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %b::bytea[])
        AS w (key_id, shop, customer_hash, wrapped_key)
), standing AS (
    SELECT
        k.shop,
        k.customer_hash,
        k.key_id,
        k.wrapped_key
    FROM vault.customer_keys AS k
    JOIN wanted USING (shop, customer_hash)
), made AS (
    INSERT INTO vault.customer_keys (key_id, shop, customer_hash, wrapped_key)
    SELECT
        key_id,
        shop,
        customer_hash,
        wrapped_key
    FROM wanted
    WHERE (shop, customer_hash) NOT IN (SELECT shop, customer_hash FROM standing)
    ORDER BY shop, customer_hash
    ON CONFLICT ON CONSTRAINT customer_keys_customer_key DO NOTHING
    RETURNING
        shop,
        customer_hash,
        key_id,
        wrapped_key
)
SELECT
    shop,
    customer_hash,
    key_id,
    wrapped_key
FROM standing
UNION ALL
SELECT
    shop,
    customer_hash,
    key_id,
    wrapped_key
FROM made
"""

LOAD = """
SELECT
    key_id,
    wrapped_key
FROM vault.customer_keys
WHERE key_id = ANY(%b)
"""

CLAIM = """
INSERT INTO vault.master_key (fingerprint)
VALUES (%b)
ON CONFLICT (is_only) DO NOTHING
"""

FINGERPRINT = """
SELECT fingerprint
FROM vault.master_key
"""


class WrongMasterKey(Exception):
    """This database's personal data was sealed under another master key."""


class KeyNotAtHand(Exception):
    """A key was used that had not been loaded."""


class CustomerRef(NamedTuple):
    """A customer of a shop, by the email that was given."""

    shop: ShopId
    email: str


class KeyRing:
    """The keys at hand. Safe to share between tasks of one event loop."""

    def __init__(self, pool: Pool, master_key: MasterKey) -> None:
        self._pool = pool
        self._fingerprint = master_key.derive("fingerprint")
        self._hash_key = master_key.derive("customer hash")
        self._wrapping = AESGCM(master_key.derive("customer keys"))
        self._keys: dict[CustomerKeyId, AESGCM | None] = {}

    async def check_master_key(self) -> None:
        """Refuse a master key that is not this database's; the first one becomes its own."""
        async with self._pool.connection() as connection:
            await connection.execute(CLAIM, (self._fingerprint,))
            row = await (await connection.execute(FINGERPRINT, binary=True)).fetchone()
        if row is None or not hmac.compare_digest(row[0], self._fingerprint):
            raise WrongMasterKey("the master key is not the one this database was begun with")

    async def ensure(self, customers: Collection[CustomerRef]) -> dict[CustomerRef, CustomerKeyId]:
        """Find or make the key of each customer; the keys are then at hand."""
        hashes = {customer: (customer.shop, self._hash(customer)) for customer in customers}
        missing = set(hashes.values())
        ids: dict[tuple[ShopId, bytes], CustomerKeyId] = {}
        for _ in range(RACES_MAX):
            if not missing:
                break
            for shop, customer_hash, key_id, wrapped in await self._ensure(missing):
                ids[shop, customer_hash] = key_id
                self._remember(key_id, wrapped)
            missing -= ids.keys()
        return {customer: ids[hashed] for customer, hashed in hashes.items()}

    async def load(self, key_ids: Iterable[CustomerKeyId]) -> None:
        """Have these keys at hand, by one query for those that are not."""
        missing = [key_id for key_id in set(key_ids) if not self._touch(key_id)]
        if not missing:
            return
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(LOAD, (missing,), binary=True)).fetchall()
        for key_id in missing:
            self._remember(key_id, None)
        for key_id, wrapped in rows:
            self._remember(key_id, wrapped)

    def get(self, key_id: CustomerKeyId) -> AESGCM | None:
        """Return a key at hand, None for a destroyed one; KeyNotAtHand before it was loaded."""
        if key_id not in self._keys:
            raise KeyNotAtHand(str(key_id))
        return self._keys[key_id]

    def forget(self, key_id: CustomerKeyId) -> None:
        """Let go of a key that was destroyed."""
        self._keys.pop(key_id, None)

    async def _ensure(
        self, wanted: set[tuple[ShopId, bytes]]
    ) -> list[tuple[ShopId, bytes, CustomerKeyId, bytes]]:
        made = [(shop, customer_hash, *self._make()) for shop, customer_hash in sorted(wanted)]
        shops, hashes, key_ids, wrapped = (list(column) for column in zip(*made, strict=True))
        values = (key_ids, shops, hashes, wrapped)
        async with self._pool.connection() as connection:
            return await (await connection.execute(ENSURE, values, binary=True)).fetchall()

    def _make(self) -> tuple[UUID, bytes]:
        key_id = new_event_id()
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = AESGCM.generate_key(KEY_BITS)
        return key_id, nonce + self._wrapping.encrypt(nonce, key, key_id.bytes)

    def _remember(self, key_id: CustomerKeyId, wrapped: bytes | None) -> None:
        self._keys.pop(key_id, None)
        self._keys[key_id] = None if wrapped is None else self._unwrap(key_id, wrapped)
        if len(self._keys) > CACHED_KEYS_MAX:
            del self._keys[next(iter(self._keys))]

    def _touch(self, key_id: CustomerKeyId) -> bool:
        if key_id not in self._keys:
            return False
        self._keys[key_id] = self._keys.pop(key_id)
        return True

    def _unwrap(self, key_id: CustomerKeyId, wrapped: bytes) -> AESGCM:
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping.decrypt(nonce, sealed, key_id.bytes))
        except InvalidTag as problem:
            raise WrongMasterKey(f"key {key_id} was wrapped by another master key") from problem

    def _hash(self, customer: CustomerRef) -> bytes:
        text = f"{customer.shop}\0{customer.email.strip().casefold()}"
        return hmac.digest(self._hash_key, text.encode(), "sha256")
