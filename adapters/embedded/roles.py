"""The database roles of the ledger, the same on every server that we set up.

One rule: the owner owns the schema and nobody runs as it; the application's login may only what
the group role `order_ledger_app` may, and that is granted by the schema's own files.
"""

from typing import LiteralString

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier, Literal

APPLICATION_ROLE = "order_ledger_app"

CREATE_APPLICATION_ROLE = """
DO $$
BEGIN
    CREATE ROLE order_ledger_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$
"""
CREATE_LOGIN = "CREATE ROLE {name} LOGIN"
SET_PASSWORD = "ALTER ROLE {name} PASSWORD {password}"  # noqa: S105 - a statement
GRANT_APPLICATION_ROLE = "GRANT order_ledger_app TO {name}"
CREATE_DATABASE = "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}"
CLOSE_DATABASE = "REVOKE ALL ON DATABASE {name} FROM PUBLIC"
OPEN_DATABASE = "GRANT CONNECT ON DATABASE {name} TO order_ledger_app"


class Login(Struct, frozen=True, kw_only=True):
    """A role that may sign in."""

    name: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.name!r})"


async def ensure_logins(connection: AsyncConnection, *, owner: Login, application: Login) -> None:
    """Make both logins, or set their passwords where they stand already."""
    await connection.execute(CREATE_APPLICATION_ROLE)
    for login in (owner, application):
        name = Identifier(login.name)
        if not await _stands(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", login.name):
            await connection.execute(SQL(CREATE_LOGIN).format(name=name))
        password = Literal(login.password)
        await connection.execute(SQL(SET_PASSWORD).format(name=name, password=password))
    name = Identifier(application.name)
    await connection.execute(SQL(GRANT_APPLICATION_ROLE).format(name=name))


async def ensure_database(
    connection: AsyncConnection, name: str, *, owner: Login, template: str = "template1"
) -> None:
    """Make a database of `owner` that only the application may connect to besides.

    Each statement commits by itself: the connection is in autocommit.
    """
    database = Identifier(name)
    if not await _stands(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        await connection.execute(
            SQL(CREATE_DATABASE).format(
                name=database, owner=Identifier(owner.name), template=Identifier(template)
            )
        )
    await connection.execute(SQL(CLOSE_DATABASE).format(name=database))
    await connection.execute(SQL(OPEN_DATABASE).format(name=database))


async def _stands(connection: AsyncConnection, query: LiteralString, name: str) -> bool:
    cursor = await connection.execute(query, (name,))
    return await cursor.fetchone() is not None
