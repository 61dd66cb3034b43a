"""Which person a subject of the provider is.

The rule to know: the first time, a person is found by an email that the provider has verified;
from then on by the subject alone: whoever is given the address later is nobody here. Nobody is let
in by it who was not added before.
"""

from adapters.auth.openid.tokens import Identity
from adapters.postgres.database import Pool

FIND = """
SELECT p.person_id
FROM access.identities AS i
INNER JOIN access.people AS p USING (person_id)
WHERE i.issuer = %(issuer)s
AND i.subject = %(subject)s
AND p.revoked_at IS NULL
"""

LINK = """
INSERT INTO access.identities (issuer, subject, person_id)
SELECT
    %(issuer)s,
    %(subject)s,
    person_id
FROM access.people AS p
WHERE p.email = %(email)s
AND p.revoked_at IS NULL
AND NOT EXISTS (
    SELECT
    FROM access.identities AS i
    WHERE i.person_id = p.person_id
    AND i.issuer = %(issuer)s
)
ON CONFLICT ON CONSTRAINT identities_pkey DO NOTHING
RETURNING person_id
"""


class Identities:
    """The table of identities."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def person_of(self, identity: Identity) -> str | None:
        """Say whose identity it is; None of somebody who may not sign in."""
        values = {"issuer": identity.issuer, "subject": identity.subject, "email": identity.email}
        async with self._pool.connection() as connection:
            found = await (await connection.execute(FIND, values)).fetchone()
            if found is None and identity.email:
                found = await (await connection.execute(LINK, values)).fetchone()
        return None if found is None else str(found[0])
