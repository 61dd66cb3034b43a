"""The people of one shop, as its admins see and change them.

The rule to know: an admin reaches nobody who has to do with a shop that this admin does not run.
Whoever may make a link for somebody can sign in as them, everywhere that they may.
"""

import builtins
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from msgspec import Struct

from adapters.auth.memberships import (
    Connection,
    Person,
    insert_person,
    join,
    keeping_admins,
    leave,
    lock_out,
    normal_email,
    shops_of,
)
from adapters.auth.roles import Role
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from domain.phrase import say
from domain.rejection import Rejection
from projections.query import Query

REVOKED = say(
    "This person was shut out of the ledger. Whoever runs it can let them in again: "
    "order-ledger users add"
)
ELSEWHERE = say(
    "This person belongs to another shop too, so only whoever runs the ledger can do this: "
    "order-ledger users"
)
LEFT = say("This person does not belong to the shop any more.")

LIST = """
SELECT
    p.person_id,
    p.email,
    p.name,
    m.role,
    p.password_hash IS NOT NULL AS has_password,
    p.seen_at,
    p.revoked_at,
    EXISTS (
        SELECT 1
        FROM access.sign_in_links AS l
        WHERE l.person_id = p.person_id
        AND l.used_at IS NULL
        AND l.expires_at > now()
    ) AS has_open_link,
    EXISTS (
        SELECT 1
        FROM access.memberships AS o
        WHERE o.person_id = p.person_id
        AND o.shop <> ALL(%(run)s)
    ) AS is_elsewhere_too
FROM access.memberships AS m
INNER JOIN access.people AS p USING (person_id)
WHERE m.shop = %(shop)s
ORDER BY p.name, p.email
"""

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('order-ledger person ' || %(email)s, 0))"
"""Of two admins who add somebody new at once, the second one finds the first one's person."""

KNOWN = """
SELECT
    person_id,
    name,
    revoked_at IS NOT NULL
FROM access.people
WHERE email = %(email)s
FOR NO KEY UPDATE
"""

START_AFRESH = """
UPDATE access.people
SET password_hash = NULL
WHERE person_id = %(person_id)s
"""


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of the shop."""

    person_id: str
    email: str
    name: str
    role: Role
    has_password: bool
    seen_at: datetime | None
    revoked_at: datetime | None
    has_open_link: bool
    is_elsewhere_too: bool
    """They belong to a shop that who looks does not run."""


class PersonElsewhere(Rejection):
    """The person belongs to a shop that the admin does not run."""

    code = "person_elsewhere"


class PersonRevoked(Rejection):
    """Whoever runs the ledger has shut this person out."""

    code = "person_revoked"


class MemberKnown(Rejection):
    """The person belongs to the shop already."""

    code = "member_known"


class MemberUnknown(Rejection):
    """The person does not belong to the shop (any more)."""

    code = "member_unknown"


class Members:
    """The people of a shop; `run` are the shops in which who asks is an admin."""

    def __init__(self, pool: Pool, shop: ShopId, run: Collection[ShopId]) -> None:
        self._pool = pool
        self._shop = shop
        self._run = frozenset(run)

    async def list(self) -> builtins.list[Member]:
        """Give all of them, by name."""
        parameters: dict[str, object] = {"shop": self._shop, "run": builtins.list(self._run)}
        return await fetch(self._pool, Query(sql=LIST, parameters=parameters, result=Member))

    async def find(self, person_id: str) -> Member:
        """Give one of them; raise MemberUnknown."""
        for member in await self.list():
            if member.person_id == person_id:
                return member
        raise MemberUnknown(LEFT)

    async def add(self, email: str, name: str, role: Role) -> Person:
        """Let somebody in. PersonWrong, MemberKnown, PersonElsewhere, PersonRevoked."""
        async with self._pool.connection() as connection, connection.transaction():
            await self._require_addable(connection, normal_email(email))
            person = await insert_person(connection, email, name)
            await join(connection, person.person_id, self._shop, role)
        return person

    async def change_role(self, person_id: str, role: Role) -> None:
        """Make a member something else. MemberUnknown, LastAdmin."""
        async with self._changing(person_id) as connection:
            await join(connection, person_id, self._shop, role)

    async def remove(self, person_id: str) -> None:
        """Take a member out of the shop, now. MemberUnknown, LastAdmin."""
        async with self._changing(person_id) as connection:
            await leave(connection, person_id, self._shop)

    async def require_reachable(self, person_id: str) -> Member:
        """Give a member whom a link may be made for. MemberUnknown, PersonElsewhere, PersonRevoked."""
        member = await self.find(person_id)
        if member.revoked_at:
            raise PersonRevoked(REVOKED)
        if member.is_elsewhere_too:
            raise PersonElsewhere(ELSEWHERE)
        return member

    async def _require_addable(self, connection: Connection, email: str) -> None:
        await connection.execute(ALONE, {"email": email})
        found = await (await connection.execute(KNOWN, {"email": email})).fetchone()
        if found is None:
            return
        person_id, name, is_revoked = found
        shops = await shops_of(connection, person_id)
        if self._shop in shops:
            raise MemberKnown(say("{name} belongs to the shop already.", name=name))
        if is_revoked:
            raise PersonRevoked(REVOKED)
        if not self._run.issuperset(shops):
            raise PersonElsewhere(ELSEWHERE)
        if not shops:
            await lock_out(connection, person_id)
            await connection.execute(START_AFRESH, {"person_id": person_id})

    @asynccontextmanager
    async def _changing(self, person_id: str) -> AsyncIterator[Connection]:
        """Change what a member is to the shop. MemberUnknown, LastAdmin."""
        async with (
            self._pool.connection() as connection,
            connection.transaction(),
            keeping_admins(connection, [self._shop]),
        ):
            if self._shop not in await shops_of(connection, person_id):
                raise MemberUnknown(LEFT)
            yield connection
