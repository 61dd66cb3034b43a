"""What providers told, in `providers.news`: kept before it is answered for, taken in afterwards.

The rule to know: a row is never deleted. It is how a repeat is recognised, and how a refund that
failed stays failed whatever comes late.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg import DataError
from psycopg.types.json import Jsonb

from adapters.postgres.database import Pool
from adapters.postgres.errors import NotStorable
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from processors.provider_news import Fate, News, RefundSeen
from projections.query import Query

PAYMENT_UNKNOWN = "payment_unknown"
"""The code of news that waits for its payment, which no order has."""
INTERNAL_ERROR = "internal_error"
"""Of news that a mistake of ours keeps waiting."""
FIRST_TRY = timedelta(seconds=2)
"""What was just told is tried by whoever keeps it; the loop comes later, lest both do."""

COLUMNS = """
    shop,
    provider,
    news,
    told_at,
    tries,
    waits_for
"""

KEEP = f"""
INSERT INTO providers.news (
    shop,
    provider,
    news_id,
    subject,
    news,
    told_at,
    retry_at
)
SELECT
    %(shop)s,
    %(provider)s,
    told.news_id,
    told.subject,
    told.news,
    %(now)s,
    %(retry_at)s
FROM unnest(%(news_ids)s::text[], %(subjects)s::text[], %(news)s::jsonb[])
AS told (news_id, subject, news)
ON CONFLICT ON CONSTRAINT news_pkey DO NOTHING
RETURNING {COLUMNS}
"""  # noqa: S608 - made of our own names only

DUE = f"""
SELECT {COLUMNS}
FROM providers.news
WHERE done_at IS NULL
AND retry_at <= %(now)s
ORDER BY retry_at
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only

WAITING = f"""
SELECT {COLUMNS}
FROM providers.news
WHERE done_at IS NULL
AND shop = %(shop)s
AND told_at <= %(told_before)s
ORDER BY told_at
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only

FAILURE = f"""
SELECT {COLUMNS}
FROM providers.news
WHERE shop = %(shop)s
AND provider = %(provider)s
AND news_id = %(news_id)s
"""  # noqa: S608 - made of our own names only

END = """
UPDATE providers.news
SET
    tries = tries + 1,
    done_at = %(now)s,
    waits_for = '',
    refusal = %(refusal)s
WHERE shop = %(shop)s
AND provider = %(provider)s
AND news_id = %(news_id)s
AND done_at IS NULL
"""

PUT_OFF = """
UPDATE providers.news
SET
    tries = tries + 1,
    retry_at = %(retry_at)s,
    waits_for = %(waits_for)s
WHERE shop = %(shop)s
AND provider = %(provider)s
AND news_id = %(news_id)s
AND done_at IS NULL
"""


class KeptNews(Struct, frozen=True, kw_only=True):
    """News of a provider about a shop, as it is kept."""

    shop: ShopId
    provider: str
    news: News
    told_at: datetime
    tries: int
    waits_for: str
    """The code of what keeps it from being taken in; empty before the first try."""


class NewsStore:
    """The table of news."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(
        self, shop: ShopId, provider: str, news: Sequence[News], now: datetime
    ) -> list[KeptNews]:
        """Keep what is told; answer with what was not known yet. Safe to repeat.

        Raise NotStorable where PostgreSQL cannot hold a word of it; then nothing is kept.
        """
        if not news:
            return []
        parameters = {
            "shop": shop,
            "provider": provider,
            "now": now,
            "retry_at": now + FIRST_TRY,
            "news_ids": [one.news_id for one in news],
            "subjects": [one.subject for one in news],
            "news": [Jsonb(msgspec.to_builtins(one)) for one in news],
        }
        query = Query(sql=KEEP, parameters=parameters, result=KeptNews)
        try:
            return await fetch(self._pool, query)
        except (DataError, UnicodeEncodeError) as problem:
            raise NotStorable(str(problem)) from problem

    async def due(self, now: datetime, limit: int) -> list[KeptNews]:
        """Give what is to be taken in now, what waits longest first."""
        parameters: dict[str, object] = {"now": now, "limit": limit}
        return await fetch(self._pool, Query(sql=DUE, parameters=parameters, result=KeptNews))

    async def waiting(self, shop: ShopId, told_before: datetime, limit: int) -> list[KeptNews]:
        """Give what was told before a moment and is not taken in, the oldest first."""
        parameters = {"shop": shop, "told_before": told_before, "limit": limit}
        return await fetch(self._pool, Query(sql=WAITING, parameters=parameters, result=KeptNews))

    async def failure_of(self, kept: KeptNews, refund: RefundSeen) -> KeptNews | None:
        """Give the news that the same refund failed, if that was ever told."""
        failed = msgspec.structs.replace(refund, fate=Fate.FAILED)
        parameters = _key(kept) | {"news_id": failed.news_id}
        query = Query(sql=FAILURE, parameters=parameters, result=KeptNews)
        return next(iter(await fetch(self._pool, query)), None)

    async def end(self, kept: KeptNews, now: datetime, refusal: str = "") -> None:
        """Note that it was taken in, or never will be and why."""
        await self._change(END, _key(kept) | {"now": now, "refusal": refusal})

    async def put_off(self, kept: KeptNews, retry_at: datetime, waits_for: str) -> None:
        """Note what it waits for, and until when."""
        await self._change(PUT_OFF, _key(kept) | {"retry_at": retry_at, "waits_for": waits_for})

    async def _change(self, statement: str, values: dict[str, object]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)


def _key(kept: KeptNews) -> dict[str, object]:
    return {"shop": kept.shop, "provider": kept.provider, "news_id": kept.news.news_id}
