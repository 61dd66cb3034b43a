"""Sessions of people who signed in: begun once, stored hashed, looked up at every request.

Nothing is cached, so who is revoked, or leaves a shop, is out from the next request on.
"""

from datetime import timedelta

from adapters.auth.roles import Role
from adapters.auth.secret_text import digest_of, make_secret_text
from adapters.auth.visitor import Visitor
from adapters.clock import utc_now
from adapters.postgres.database import Pool
from domain.identifiers import ShopId

SESSION_LIFE = timedelta(days=7)
IDLE_LIFE = timedelta(hours=12)
"""Of a session in which nothing is asked for."""

BEGIN = """
INSERT INTO access.sessions (digest, person_id, expires_at)
VALUES (%(digest)s, %(person_id)s, %(expires_at)s)
"""

FIND = """
WITH seen AS (
    UPDATE access.sessions
    SET seen_at = now()
    WHERE digest = %(digest)s
    AND seen_at < now() - interval '1 minute'
    AND seen_at >= now() - %(idle)s
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

END = """
DELETE FROM access.sessions
WHERE digest = %(digest)s
"""


class Sessions:
    """The table of sessions."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, person_id: str) -> str:
        """Sign a person in; the text opens the session, and is kept by their browser alone."""
        text = make_secret_text()
        row = {
            "digest": digest_of(text),
            "person_id": person_id,
            "expires_at": utc_now() + SESSION_LIFE,
        }
        async with self._pool.connection() as connection:
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
