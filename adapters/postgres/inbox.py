"""What is known for ever: messages by their ids, and people's wishes by their idempotency keys.

The append itself writes `journal.inbox`; here it is asked. The rule to know: an entry is told by
its shop and id, and by the keyed hash of its content; never by its place in the NATS stream,
because a restored store hands numbers out again.
"""

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg import DataError

from adapters.postgres.database import Pool
from adapters.postgres.errors import NotStorable
from domain.identifiers import ShopId

# The inner LIMIT has each looked up by its own key; a join may read a whole shop's.
FIND = """
SELECT
    asked.shop,
    asked.message_id,
    i.digest
FROM unnest(%b::text[], %b::text[]) AS asked (shop, message_id)
CROSS JOIN LATERAL (
    SELECT digest
    FROM journal.inbox
    WHERE shop = asked.shop
    AND message_id = asked.message_id
    LIMIT 1
) AS i
"""

COUNT_AGAIN = """
INSERT INTO messages.duplicates AS d (
    shop,
    message_id,
    times_seen,
    last_seen_at
)
SELECT
    again.shop,
    again.message_id,
    1,
    %b
FROM unnest(%b::text[], %b::text[]) AS again (shop, message_id)
ON CONFLICT ON CONSTRAINT duplicates_pkey DO UPDATE SET
    times_seen = d.times_seen + 1,
    last_seen_at = excluded.last_seen_at
"""

MessageKey = tuple[ShopId, str]
DIGEST = "sha256"


class Inbox:
    """What is known."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def digests_of(self, keys: Collection[MessageKey]) -> dict[MessageKey, bytes]:
        """Give the content hash of each of these that is known, in one query.

        Raises NotStorable when one of them can be in no table.
        """
        async with self._pool.connection() as connection:
            try:
                cursor = await connection.execute(FIND, _columns(keys), binary=True)
            except (DataError, UnicodeEncodeError) as problem:
                raise NotStorable(str(problem)) from problem
            return {(shop, message_id): digest async for shop, message_id, digest in cursor}

    async def count_again(self, keys: Sequence[MessageKey], now: datetime) -> None:
        """Note that known messages came once more. A key may stand only once in `keys`."""
        if not keys:
            return
        async with self._pool.connection() as connection:
            await connection.execute(COUNT_AGAIN, (now, *_columns(keys)))


def digest_of(digest_key: bytes, content: bytes) -> bytes:
    """Give the keyed hash of a content."""
    return hmac.digest(digest_key, content, DIGEST)


def _columns(keys: Collection[MessageKey]) -> tuple[list[str], list[str]]:
    return [shop for shop, _ in keys], [message_id for _, message_id in keys]
