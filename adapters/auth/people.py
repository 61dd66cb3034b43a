"""The people who may sign in, as whoever runs the ledger sees them: of all shops.

Nobody is ever deleted: they are revoked. What the admins of one shop may do is in `members`.
"""

import builtins
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from adapters.auth.memberships import (
    EMAIL,
    Person,
    insert_person,
    join,
    keeping_admins,
    leave,
    lock_out,
    normal_email,
    shops_of,
    void_links,
)
from adapters.auth.roles import Role
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from projections.query import Query

LIST = """
SELECT
    p.person_id,
    p.email,
    p.name,
    p.password_hash IS NOT NULL AS has_password,
    p.seen_at,
    p.revoked_at,
    coalesce(jsonb_object_agg(m.shop, m.role) FILTER (WHERE m.shop IS NOT NULL), '{}') AS roles
FROM access.people AS p
LEFT JOIN access.memberships AS m USING (person_id)
WHERE (%(email)s::text IS NULL OR p.email = %(email)s)
GROUP BY p.person_id
ORDER BY p.email
"""

FIND_HASH = """
SELECT
    person_id,
    password_hash
FROM access.people
WHERE email = %(email)s
AND revoked_at IS NULL
"""

KEEP_HASH = """
UPDATE access.people
SET password_hash = %(password_hash)s
WHERE person_id = %(person_id)s
"""

REHASH = """
UPDATE access.people
SET password_hash = %(password_hash)s
WHERE person_id = %(person_id)s
AND password_hash = %(known)s
"""

REVOKE = """
UPDATE access.people
SET
    revoked_at = now(),
    password_hash = NULL
WHERE person_id = %(person_id)s
AND revoked_at IS NULL
"""


class KnownPerson(Person, frozen=True, kw_only=True):
    """A person as whoever runs the ledger sees them."""

    has_password: bool
    seen_at: datetime | None
    revoked_at: datetime | None
    roles: Mapping[ShopId, Role]


class PasswordOf(Struct, frozen=True):
    """Whose password is asked for, and its hash where there is one."""

    person_id: str
    password_hash: str | None


class People:
    """The table of people."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, email: str, name: str, shop: ShopId, role: Role) -> Person:
        """Let a person into a shop, in a role; who is known already gets the name and the role.

        UnknownShop, PersonWrong, or LastAdmin if the role takes the last admin from the shop.
        """
        async with self._pool.connection() as connection, connection.transaction():
            person = await insert_person(connection, email, name)
            shops = await shops_of(connection, person.person_id)
            if shops and shop not in shops:
                await void_links(connection, person.person_id)
            async with keeping_admins(connection, [shop]):
                await join(connection, person.person_id, shop, role)
        return person

    async def list(self) -> builtins.list[KnownPerson]:
        """Give everybody, who was revoked too, by email address."""
        return await self._read(None)

    async def find(self, email: str) -> KnownPerson | None:
        """Give the person with this address."""
        found = await self._read(normal_email(email))
        return found[0] if found else None

    async def password_of(self, email: str) -> PasswordOf | None:
        """Find the password of who may sign in by this address."""
        address = normal_email(email)
        if not EMAIL.fullmatch(address):
            return None
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND_HASH, {"email": address})).fetchone()
        return None if row is None else PasswordOf(*row)

    async def set_password(self, person_id: str, password_hash: str) -> None:
        """Keep the hash of a person's new password."""
        values = {"person_id": person_id, "password_hash": password_hash}
        async with self._pool.connection() as connection:
            await connection.execute(KEEP_HASH, values)

    async def rehash(self, known: PasswordOf, password_hash: str) -> None:
        """Keep a better hash of the same password, unless another one was chosen meanwhile."""
        values = {
            "person_id": known.person_id,
            "password_hash": password_hash,
            "known": known.password_hash,
        }
        async with self._pool.connection() as connection:
            await connection.execute(REHASH, values)

    async def revoke(self, person_id: str) -> bool:
        """Shut a person out of everything, now; False if they were. LastAdmin."""
        values = {"person_id": person_id}
        async with self._pool.connection() as connection, connection.transaction():
            shops = await shops_of(connection, person_id)
            async with keeping_admins(connection, shops):
                revoked = await connection.execute(REVOKE, values)
                for shop in shops:
                    await leave(connection, person_id, shop)
                await lock_out(connection, person_id)
        return revoked.rowcount == 1

    async def _read(self, email: str | None) -> builtins.list[KnownPerson]:
        return await fetch(
            self._pool, Query(sql=LIST, parameters={"email": email}, result=KnownPerson)
        )
