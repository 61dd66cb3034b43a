"""The people who may sign in, and what each is to a shop. Nobody is ever deleted: they are revoked."""

import secrets

from msgspec import Struct

from adapters.auth.roles import Role
from adapters.auth.shops import UnknownShop
from adapters.postgres.database import Pool
from domain.identifiers import ShopId

PERSON_ID_BYTES = 4

ADD = """
INSERT INTO access.people (person_id, email, name)
VALUES (%(person_id)s, lower(%(email)s), %(name)s)
ON CONFLICT ON CONSTRAINT people_email_key DO UPDATE
SET
    name = excluded.name,
    revoked_at = NULL
RETURNING person_id
"""

JOIN = """
INSERT INTO access.memberships (person_id, shop, role)
SELECT
    %(person_id)s,
    shop,
    %(role)s
FROM access.shops
WHERE shop = %(shop)s
AND revoked_at IS NULL
ON CONFLICT ON CONSTRAINT memberships_pkey DO UPDATE
SET role = excluded.role
"""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    person_id: str
    email: str
    name: str


class People:
    """The table of people."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, email: str, name: str, shop: ShopId, role: Role) -> Person:
        """Let a person into a shop, in a role; who is known already gets the role. UnknownShop."""
        person_id = f"p-{secrets.token_hex(PERSON_ID_BYTES)}"
        values = {"person_id": person_id, "email": email, "name": name}
        async with self._pool.connection() as connection, connection.transaction():
            found = await (await connection.execute(ADD, values)).fetchone()
            assert found is not None
            joining = {"person_id": found[0], "shop": shop, "role": role.value}
            if not (await connection.execute(JOIN, joining)).rowcount:
                raise UnknownShop(f"There is no shop {shop}.")
        return Person(person_id=found[0], email=email.lower(), name=name)
