"""Both embedded servers on one data folder, kept running until the block is left.

Everything lies in the folder: `postgres/`, `nats/`, their logs, the lock and `connection.json`.
Enter it in a thread that lives as long as the servers: they end when that thread ends.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from adapters.embedded.connection import Connection, load_or_make, on_ports, port_of, save
from adapters.embedded.folder import hold
from adapters.embedded.nats import Nats
from adapters.embedded.ports import ANY_PORT, free_port, is_free
from adapters.embedded.postgres import Postgres
from adapters.embedded.processes import Report, kept_running


@asynccontextmanager
async def embedded_servers(folder: Path, report: Report) -> AsyncIterator[Connection]:
    """Start PostgreSQL and NATS; stop them when the block ends or is cancelled."""
    with hold(folder) as held:
        postgres, nats = Postgres(held, report), Nats(held, report)
        connection = load_or_make(held, [postgres.program.home, nats.program.home])
        await postgres.make(connection)
        async with (
            _kept(postgres, connection, connection.database_url) as postgres_port,
            _kept(nats, connection, connection.nats_url) as nats_port,
        ):
            api_port = free_port(port_of(connection.api_url))
            connection = on_ports(connection, postgres=postgres_port, nats=nats_port, api=api_port)
            save(held, connection)
            yield connection


@asynccontextmanager
async def _kept(server: Postgres | Nats, connection: Connection, url: str) -> AsyncIterator[int]:
    """Start a server, on the port of its last run where that is free."""
    last = port_of(url)
    running = await server.start(connection, last if is_free(last) else ANY_PORT)
    async with kept_running(server.program, running, partial(server.start, connection)):
        yield running.port
