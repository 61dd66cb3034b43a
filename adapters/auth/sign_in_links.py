"""Links that sign somebody in once: for a first visit, and for who has lost their password."""

from datetime import timedelta
from urllib.parse import urlencode

from adapters.address import with_query
from adapters.auth.secret_text import digest_of, make_secret_text
from adapters.clock import utc_now
from adapters.postgres.database import Pool

LINK_LIFE = timedelta(hours=24)
KEPT_AFTERWARDS = timedelta(days=7)
"""As long as a session that it began may live: the link then still leads whoever has that on."""
PATH = "/sign-in/link/"

MAKE = """
INSERT INTO access.sign_in_links (digest, person_id, expires_at)
VALUES (%(digest)s, %(person_id)s, %(expires_at)s)
"""

USE = """
UPDATE access.sign_in_links
SET used_at = now()
WHERE digest = %(digest)s
AND used_at IS NULL
AND expires_at > now()
AND person_id IN (SELECT p.person_id FROM access.people AS p WHERE p.revoked_at IS NULL)
RETURNING person_id
"""

WHOSE = """
SELECT person_id
FROM access.sign_in_links
WHERE digest = %(digest)s
"""

SWEEP = """
DELETE FROM access.sign_in_links
WHERE expires_at < now() - %(kept)s
"""


def link_address(our_address: str, secret: str, after: str = "") -> str:
    """Write a link as it is handed over; `after` is the page that it leads to."""
    query = urlencode({"after": after}, safe="/") if after else ""
    return with_query(f"{our_address}{PATH}{secret}", query)


class SignInLinks:
    """The table of links."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def make(self, person_id: str) -> str:
        """Make a link's secret; who opens it first is that person."""
        text = make_secret_text()
        row = {
            "digest": digest_of(text),
            "person_id": person_id,
            "expires_at": utc_now() + LINK_LIFE,
        }
        async with self._pool.connection() as connection:
            await connection.execute(SWEEP, {"kept": KEPT_AFTERWARDS})
            await connection.execute(MAKE, row)
        return text

    async def use(self, text: str) -> str | None:
        """Take a link for good and say whose it is; None of one that is used, old or unknown."""
        async with self._pool.connection() as connection:
            found = await (await connection.execute(USE, {"digest": digest_of(text)})).fetchone()
        return None if found is None else str(found[0])

    async def whose(self, text: str) -> str | None:
        """Say whom a link is or was for; None of one that is unknown."""
        async with self._pool.connection() as connection:
            found = await (await connection.execute(WHOSE, {"digest": digest_of(text)})).fetchone()
        return None if found is None else str(found[0])
