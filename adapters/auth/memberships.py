"""What people are to shops, within a transaction of the caller's.

The rule to know: a shop that has an admin never loses its last one.
"""

import re
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from msgspec import Struct
from psycopg import AsyncConnection

from adapters.auth.roles import Role
from adapters.auth.shops import UnknownShop
from domain.identifiers import ShopId
from domain.phrase import say
from domain.rejection import Rejection

Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]

PERSON_ID_BYTES = 4
EMAIL_LENGTH_MAX = 254
NAME_LENGTH_MAX = 200
EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")

ADD = """
INSERT INTO access.people (person_id, email, name)
VALUES (%(person_id)s, %(email)s, %(name)s)
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

LEAVE = """
DELETE FROM access.memberships
WHERE person_id = %(person_id)s
AND shop = %(shop)s
"""

SHOPS_OF = """
SELECT shop
FROM access.memberships
WHERE person_id = %(person_id)s
ORDER BY shop
"""

LOCK_SHOPS = """
SELECT shop
FROM access.shops
WHERE shop = ANY(%(shops)s)
ORDER BY shop
FOR NO KEY UPDATE
"""

WITH_ADMINS = """
SELECT DISTINCT m.shop
FROM access.memberships AS m
INNER JOIN access.people AS p USING (person_id)
WHERE m.shop = ANY(%(shops)s)
AND m.role = 'admin'
AND p.revoked_at IS NULL
"""

END_SESSIONS = """
DELETE FROM access.sessions
WHERE person_id = %(person_id)s
"""

VOID_LINKS = """
DELETE FROM access.sign_in_links
WHERE person_id = %(person_id)s
"""

END_BY_LINK = """
DELETE FROM access.sessions
WHERE person_id = %(person_id)s
AND is_by_link
"""

FORGET_IDENTITIES = """
DELETE FROM access.identities
WHERE person_id = %(person_id)s
"""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    person_id: str
    email: str
    name: str


class PersonWrong(Rejection):
    """An email address or a name cannot be one."""

    code = "person_wrong"


class LastAdmin(Rejection):
    """The shop would have nobody left who lets people in."""

    code = "last_admin"


def normal_email(email: str) -> str:
    """Write an address as it is kept."""
    return email.strip().lower()


async def insert_person(connection: Connection, email: str, name: str) -> Person:
    """Make a person, or rename the one with this address and let them in again. PersonWrong."""
    address, called = normal_email(email), name.strip()
    if len(address) > EMAIL_LENGTH_MAX or not EMAIL.fullmatch(address):
        raise PersonWrong(say("This is no email address."))
    if len(called) > NAME_LENGTH_MAX or not NAME.fullmatch(called):
        raise PersonWrong(
            say("A name has 1 to {name_length_max} characters.", name_length_max=NAME_LENGTH_MAX)
        )
    person_id = f"p-{secrets.token_hex(PERSON_ID_BYTES)}"
    values = {"person_id": person_id, "email": address, "name": called}
    found = await (await connection.execute(ADD, values)).fetchone()
    assert found is not None
    return Person(person_id=found[0], email=address, name=called)


async def join(connection: Connection, person_id: str, shop: ShopId, role: Role) -> None:
    """Give a person a role in a shop. UnknownShop."""
    values = {"person_id": person_id, "shop": shop, "role": role.value}
    if not (await connection.execute(JOIN, values)).rowcount:
        raise UnknownShop(say("There is no shop {shop}.", shop=shop))


async def leave(connection: Connection, person_id: str, shop: ShopId) -> bool:
    """Take a person out of a shop; False if they did not belong to it."""
    values = {"person_id": person_id, "shop": shop}
    return (await connection.execute(LEAVE, values)).rowcount == 1


async def shops_of(connection: Connection, person_id: str) -> list[ShopId]:
    """Say which shops a person belongs to, closed ones too."""
    rows = await (await connection.execute(SHOPS_OF, {"person_id": person_id})).fetchall()
    return [ShopId(shop) for (shop,) in rows]


async def lock_out(connection: Connection, person_id: str) -> None:
    """End a person's sessions, void their links, and forget who they are at a provider."""
    await connection.execute(END_SESSIONS, {"person_id": person_id})
    await connection.execute(VOID_LINKS, {"person_id": person_id})
    await connection.execute(FORGET_IDENTITIES, {"person_id": person_id})


async def void_links(connection: Connection, person_id: str) -> None:
    """Void a person's links and what was begun by one: who made it may hold it, and reaches less."""
    await connection.execute(VOID_LINKS, {"person_id": person_id})
    await connection.execute(END_BY_LINK, {"person_id": person_id})


@asynccontextmanager
async def keeping_admins(connection: Connection, shops: Collection[ShopId]) -> AsyncIterator[None]:
    """Change what people are to shops; LastAdmin if that takes the last admin from one."""
    values = {"shops": list(shops)}
    await connection.execute(LOCK_SHOPS, values)
    before = await _with_admins(connection, values)
    yield
    lost = before - await _with_admins(connection, values)
    if lost:
        shop = min(lost)
        raise LastAdmin(
            say("The shop {shop} needs an admin: make somebody else one first.", shop=shop)
        )


async def _with_admins(connection: Connection, values: dict[str, list[ShopId]]) -> set[ShopId]:
    rows = await (await connection.execute(WITH_ADMINS, values)).fetchall()
    return {ShopId(shop) for (shop,) in rows}
