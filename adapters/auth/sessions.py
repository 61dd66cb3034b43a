"""Sessions of people who signed in: begun once, stored hashed, looked up at every request.

Nothing is cached, so who is revoked, or leaves a shop, is out from the next request on.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from adapters.auth.roles import Role
from adapters.auth.secret_text import digest_of, make_secret_text
from adapters.auth.visitor import Visitor
from adapters.clock import utc_now
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from projections.query import Query

SESSION_LIFE = timedelta(days=7)
IDLE_LIFE = timedelta(days=3)
"""Of a session in which nothing is asked for."""

BEGIN = """
WITH person_seen AS (
    UPDATE access.people
    SET seen_at = now()
    WHERE person_id = %(person_id)s
)
INSERT INTO access.sessions (digest, person_id, expires_at, browser, is_by_link)
VALUES (%(digest)s, %(person_id)s, %(expires_at)s, %(browser)s, %(is_by_link)s)
"""

FIND = """
WITH seen AS (
    UPDATE access.sessions
    SET seen_at = now()
    WHERE digest = %(digest)s
    AND seen_at < now() - interval '1 minute'
    AND seen_at >= now() - %(idle)s
    AND expires_at > now()
    RETURNING person_id
),
person_seen AS (
    UPDATE access.people
    SET seen_at = now()
    WHERE person_id IN (SELECT person_id FROM seen)
)
SELECT
    p.person_id,
    p.name,
    p.email,
    coalesce(jsonb_object_agg(m.shop, m.role) FILTER (WHERE s.shop IS NOT NULL), '{}')
FROM access.sessions AS n
INNER JOIN access.people AS p USING (person_id)
LEFT JOIN access.memberships AS m USING (person_id)
LEFT JOIN access.shops AS s ON s.shop = m.shop AND s.revoked_at IS NULL
WHERE n.digest = %(digest)s
AND n.expires_at > now()
AND n.seen_at >= now() - %(idle)s
AND p.revoked_at IS NULL
GROUP BY p.person_id
"""

LIST = """
SELECT
    browser,
    created_at,
    seen_at,
    digest = %(digest)s AS is_this_one
FROM access.sessions
WHERE person_id = %(person_id)s
AND expires_at > now()
AND seen_at >= now() - %(idle)s
ORDER BY seen_at DESC
"""

IS_BY_LINK = """
SELECT is_by_link
FROM access.sessions
WHERE digest = %(digest)s
"""

END = """
DELETE FROM access.sessions
WHERE digest = %(digest)s
"""

END_ALL = """
WITH void AS (
    DELETE FROM access.sign_in_links
    WHERE person_id = %(person_id)s
    AND used_at IS NULL
)
DELETE FROM access.sessions
WHERE person_id = %(person_id)s
"""
"""A used link stays: it leads on whoever is signed in by it, and signs nobody in."""

SWEEP = """
DELETE FROM access.sessions
WHERE expires_at <= now()
OR seen_at < now() - %(idle)s
"""


class SignedIn(Struct, frozen=True, kw_only=True):
    """A browser in which a person is signed in."""

    browser: str
    """Its name and its system's, as far as they are known."""
    created_at: datetime
    seen_at: datetime
    is_this_one: bool


class Sessions:
    """The table of sessions."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(
        self, person_id: str, *, browser: str = "", is_by_link: bool = False, instead_of: str = ""
    ) -> str:
        """Sign a person in; the text opens the session, and is kept by their browser alone.

        The session that this browser had before ends, and so do all that are over anyway.
        """
        text = make_secret_text()
        row = {
            "digest": digest_of(text),
            "person_id": person_id,
            "expires_at": utc_now() + SESSION_LIFE,
            "browser": browser,
            "is_by_link": is_by_link,
        }
        async with self._pool.connection() as connection:
            await connection.execute(END, {"digest": digest_of(instead_of)})
            await connection.execute(SWEEP, {"idle": IDLE_LIFE})
            await connection.execute(BEGIN, row)
        return text

    async def find(self, text: str) -> Visitor | None:
        """Tell whose session this is; None unless it lives and the person may still sign in."""
        values = {"digest": digest_of(text), "idle": IDLE_LIFE}
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND, values)).fetchone()
        if row is None:
            return None
        person_id, name, email, roles = row
        by_shop = {ShopId(shop): Role(role) for shop, role in roles.items()}
        return Visitor(person_id=person_id, name=name, email=email, roles=by_shop)

    async def end(self, text: str) -> None:
        """Sign out."""
        async with self._pool.connection() as connection:
            await connection.execute(END, {"digest": digest_of(text)})

    async def end_all(self, person_id: str) -> None:
        """Sign a person out everywhere, and void the links that would let somebody in again."""
        async with self._pool.connection() as connection:
            await connection.execute(END_ALL, {"person_id": person_id})

    async def of(self, person_id: str, text: str) -> list[SignedIn]:
        """List where a person is signed in, the newest first; `text` is the session that asks."""
        values = {"person_id": person_id, "digest": digest_of(text), "idle": IDLE_LIFE}
        return await fetch(self._pool, Query(sql=LIST, parameters=values, result=SignedIn))

    async def is_by_link(self, text: str) -> bool:
        """Say whether a session was begun by a link, and no password was chosen since."""
        async with self._pool.connection() as connection:
            found = await connection.execute(IS_BY_LINK, {"digest": digest_of(text)})
            row = await found.fetchone()
        return row is not None and bool(row[0])
