"""The servers that a benchmark runs on, and a fresh database for each of its rounds."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from adapters.bootstrap import Parts, open_parts
from adapters.embedded.connection import Connection, login_of
from adapters.embedded.roles import ensure_database
from adapters.embedded.servers import embedded_servers
from adapters.postgres.schema import apply_schema
from adapters.settings import Settings
from scripts.benchmarks.sizes import Size

CONNECTIONS_MAX = 16


class Bench(Struct, frozen=True, kw_only=True):
    """Where a benchmark runs and how large it is."""

    connection: Connection
    folder: Path
    size: Size
    stack: AsyncExitStack
    """Closes what is kept for several benchmarks of one run."""
    kept: dict[str, Parts]

    @asynccontextmanager
    async def fresh_database(self) -> AsyncIterator[Settings]:
        """Make an empty ledger, the only one of its kind, and drop it afterwards."""
        name = f"bench_{secrets.token_hex(4)}"
        await self._make(name)
        settings = msgspec.structs.replace(
            self.connection,
            database_url=_in_database(self.connection.database_url, name),
            database_owner_url=_in_database(self.connection.database_owner_url, name),
        )
        await apply_schema(settings.database_owner_url)
        try:
            yield settings
        finally:
            await self._administer("DROP DATABASE {} WITH (FORCE)", name)
            await self._administer("CHECKPOINT", name)

    @asynccontextmanager
    async def fresh_parts(self) -> AsyncIterator[Parts]:
        """Open the adapters of an empty ledger."""
        async with (
            self.fresh_database() as settings,
            open_parts(settings, connections_max=CONNECTIONS_MAX) as parts,
        ):
            yield parts

    async def _make(self, name: str) -> None:
        owner = login_of(self.connection.database_owner_url)
        url = self.connection.database_superuser_url
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await ensure_database(connection, name, owner=owner)

    async def _administer(self, statement: str, name: str) -> None:
        url = self.connection.database_superuser_url
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(SQL(statement).format(Identifier(name)))


@asynccontextmanager
async def open_bench(folder: Path, size: Size) -> AsyncIterator[Bench]:
    """Start the embedded servers on a folder of the benchmark's own."""
    async with embedded_servers(folder, lambda _: None) as connection, AsyncExitStack() as stack:
        yield Bench(connection=connection, folder=folder, size=size, stack=stack, kept={})


def _in_database(url: str, name: str) -> str:
    address, _, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{options}"
