"""The embedded PostgreSQL: made once, started as our child, its recovery waited for.

One rule: a database is made beside its place and moved there whole, so that `postgres/` is always
a database and never half of one.
"""

import shutil
import signal
from asyncio.subprocess import Process
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from adapters.embedded.account import as_seen, choose_account, give, make_home
from adapters.embedded.binaries import postgres_binaries
from adapters.embedded.connection import DATABASE, SUPERUSER, Connection, login_of, on_port
from adapters.embedded.earlier import end_earlier, mark_of
from adapters.embedded.errors import EmbeddedServerFailed, PortTaken
from adapters.embedded.ports import ANY_PORT, LOOPBACK, free_port
from adapters.embedded.processes import (
    Program,
    Report,
    Running,
    failure,
    launch,
    tail,
    until_ready,
)
from adapters.embedded.roles import ensure_database, ensure_logins

PORT_TRIES_MAX = 5
STATUS_LINE = 7
"""Of the pid file, counted from 0."""
FIRST_WORDS = "starting PostgreSQL"
PORT_TAKEN = "Address already in use"
CLUSTER = (
    "--auth=scram-sha-256",
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)
CONFIGURATION = (
    "max_connections=200",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "random_page_cost=1.1",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_startup_progress_interval=1s",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
)
"""The last two keep rows' values, and so personal data, out of the log."""


class Postgres:
    """One PostgreSQL server on one data folder."""

    def __init__(self, folder: Path, report: Report) -> None:
        home = folder / "postgres"
        account = choose_account(home)
        self.program = Program(
            "PostgreSQL", home, folder / "postgres.log", account, signal.SIGQUIT, report
        )
        self._binaries = postgres_binaries(account)

    async def make(self, connection: Connection) -> None:
        """Make the database, if it is not there yet."""
        if self.program.home.exists():
            return
        self.program.report("Making a new PostgreSQL database")
        workshop = self.program.home.with_name("postgres.new")
        unfinished = self.program._replace(home=workshop / "postgres")
        await _clear(workshop, unfinished)
        password = workshop / "password"
        password.write_text(login_of(connection.database_superuser_url).password)
        give(password, self.program.account)
        settings = [f"--set={setting}" for setting in CONFIGURATION]
        making = await self._launch(
            unfinished, "initdb", "--pwfile=../password", *CLUSTER, *settings
        )
        if await making.wait() != 0:
            raise failure(unfinished)
        unfinished.home.rename(self.program.home)
        shutil.rmtree(workshop)

    async def start(self, connection: Connection, port: int) -> Running:
        """Start the server and wait until it answers, however long it recovers."""
        if port != ANY_PORT:
            return await self._start(connection, port)
        for _ in range(PORT_TRIES_MAX):
            with suppress(PortTaken):
                return await self._start(connection, free_port())
        raise EmbeddedServerFailed(f"PostgreSQL found no free port in {PORT_TRIES_MAX} tries")

    async def _start(self, connection: Connection, port: int) -> Running:
        await end_earlier(self.program)
        pid_file = self.program.home / "postmaster.pid"
        pid_file.unlink(missing_ok=True)
        places = (f"listen_addresses={LOOPBACK}", f"port={port}", "unix_socket_directories=")
        options = [word for place in places for word in ("-c", place)]
        process = await self._launch(self.program, "postgres", *options)
        superuser_url = on_port(connection.database_superuser_url, port)

        async def probe() -> int | None:
            if not _is_ready(pid_file, process.pid):
                return None
            await _prepare(superuser_url, connection)
            return port

        try:
            return await until_ready(self.program, process, probe)
        except EmbeddedServerFailed as error:
            if PORT_TAKEN in tail(self.program).rpartition(FIRST_WORDS)[2]:
                raise PortTaken(f"Port {port} has been taken by another program") from error
            raise

    async def _launch(self, program: Program, name: str, *options: str) -> Process:
        seen = as_seen(program.home, program.account)
        mark = f"cluster_name={mark_of(program.home)}"
        return await launch(program, [str(self._binaries / name), "-D", seen, "-c", mark, *options])


async def _clear(workshop: Path, unfinished: Program) -> None:
    if unfinished.home.exists():
        await end_earlier(unfinished)
    shutil.rmtree(workshop, ignore_errors=True)
    make_home(workshop, unfinished.account)
    make_home(unfinished.home, unfinished.account)


async def _prepare(superuser_url: str, connection: Connection) -> None:
    """Make our logins and our database, or see that they stand."""
    owner = login_of(connection.database_owner_url)
    application = login_of(connection.database_url)
    try:
        async with await AsyncConnection.connect(superuser_url, autocommit=True) as superuser:
            await ensure_logins(superuser, owner=owner, application=application)
            await ensure_database(superuser, DATABASE, owner=owner)
    except psycopg.OperationalError as error:
        raise EmbeddedServerFailed(f"PostgreSQL ended while starting: {error}") from error


def _is_ready(pid_file: Path, pid: int) -> bool:
    """Read whether the server takes connections; asking it would fill its log."""
    if not pid_file.exists():
        return False
    lines = pid_file.read_text().split("\n")
    is_whole = len(lines) > STATUS_LINE and lines[0] == str(pid)
    return is_whole and lines[STATUS_LINE].strip() == "ready"
