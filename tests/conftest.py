"""Real servers for tests: one's own by DATABASE_URL and NATS_URL, else the embedded ones.

* A test that waits is `async def`; the hook below runs it, with a limit. There is no plugin, and
  fixtures are synchronous (`asyncio.run` inside where they must wait). Hypothesis and library
  classes call `asyncio.run` themselves.
* `database` is a fresh database with the whole schema, of this test alone; `module_database` is of
  all tests of a module.
* `nats_url` is a server without streams: those of earlier tests are deleted before each test.
* `postgres_url` is for a superuser: it makes and drops databases and roles.
"""

import asyncio
import inspect
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import nats
import pytest
import structlog
from nats.js import JetStreamContext
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from adapters.embedded.connection import Connection
from adapters.embedded.roles import Login, ensure_database, ensure_logins
from adapters.postgres.schema import apply_schema
from tests.embedded_program import EmbeddedProgram
from tests.support import TEST_SECONDS_MAX, Database, url_of


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def limited() -> None:
        async with asyncio.timeout(TEST_SECONDS_MAX):
            await pyfuncitem.obj(**arguments)

    asyncio.run(limited())
    return True


@pytest.fixture(scope="session")
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The embedded servers, in a process of their own that ends with ours."""
    program = EmbeddedProgram(tmp_path_factory.mktemp("embedded"))
    connection = program.connection()
    asyncio.run(_trust_the_machine(connection.database_superuser_url))
    yield connection
    program.end()


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL server's address with the rights of a superuser."""
    own: str | None = os.environ.get("DATABASE_URL")
    return own or request.getfixturevalue("_embedded").database_superuser_url


@pytest.fixture(scope="session")
def nats_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A NATS server with JetStream that holds nothing of value."""
    url = os.environ.get("NATS_URL") or request.getfixturevalue("_embedded").nats_url
    found = asyncio.run(_stream_names(url))
    if found:
        pytest.exit(f"NATS_URL must be an empty server: tests delete streams; it has {found}", 2)
    yield url
    asyncio.run(_delete_streams(url))


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Whatever a test makes of the log, the next one finds it as it comes."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _empty_nats(request: pytest.FixtureRequest) -> None:
    if "nats_url" in request.fixturenames:
        asyncio.run(_delete_streams(request.getfixturevalue("nats_url")))


@pytest.fixture(scope="session")
def _template(postgres_url: str) -> Iterator[tuple[Database, Login, Login]]:
    """A database that has the schema, to copy; and the session's two logins."""
    run_id = secrets.token_hex(4)
    owner = Login(name=f"test_owner_{run_id}", password=secrets.token_hex(16))
    application = Login(name=f"test_app_{run_id}", password=secrets.token_hex(16))
    template = _database(postgres_url, f"test_{run_id}", owner, application)
    try:
        asyncio.run(_make_template(postgres_url, template, owner, application))
        yield template, owner, application
    finally:
        asyncio.run(_drop(postgres_url, databases=[template.name], logins=[application, owner]))


@pytest.fixture
def database(postgres_url: str, _template: tuple[Database, Login, Login]) -> Iterator[Database]:
    """A fresh database with the whole schema, dropped afterwards."""
    with _fresh_database(postgres_url, *_template) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database(
    postgres_url: str, _template: tuple[Database, Login, Login]
) -> Iterator[Database]:
    """One database for all tests of a module, which only look."""
    with _fresh_database(postgres_url, *_template) as fresh:
        yield fresh


@contextmanager
def _fresh_database(
    server_url: str, template: Database, owner: Login, application: Login
) -> Iterator[Database]:
    name = f"{template.name}_{secrets.token_hex(4)}"
    asyncio.run(_make_database(server_url, name, owner, template.name))
    yield _database(server_url, name, owner, application)
    asyncio.run(_drop(server_url, databases=[name], logins=[]))


def _database(server_url: str, name: str, owner: Login, application: Login) -> Database:
    return Database(
        name=name,
        owner_url=url_of(server_url, login=owner, database=name),
        url=url_of(server_url, login=application, database=name),
    )


async def _trust_the_machine(server_url: str) -> None:
    """Wait for no disk: what a test loses when the power goes, it makes anew."""
    async with await AsyncConnection.connect(server_url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            await connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        await connection.execute("SELECT pg_reload_conf()")


async def _make_template(
    server_url: str, template: Database, owner: Login, application: Login
) -> None:
    async with await AsyncConnection.connect(server_url, autocommit=True) as connection:
        await ensure_logins(connection, owner=owner, application=application)
        await ensure_database(connection, template.name, owner=owner)
    await apply_schema(template.owner_url)


async def _make_database(server_url: str, name: str, owner: Login, template: str) -> None:
    async with await AsyncConnection.connect(server_url, autocommit=True) as connection:
        await ensure_database(connection, name, owner=owner, template=template)


async def _drop(server_url: str, *, databases: list[str], logins: list[Login]) -> None:
    async with await AsyncConnection.connect(server_url, autocommit=True) as connection:
        for name in databases:
            drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
            await connection.execute(drop)
        for login in logins:
            await connection.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(login.name)))


async def _stream_names(url: str) -> list[str]:
    connection = await nats.connect(url)
    try:
        return [stream.config.name or "" for stream in await connection.jetstream().streams_info()]
    finally:
        await connection.close()


async def _delete_streams(url: str) -> None:
    connection = await nats.connect(url)
    jetstream: JetStreamContext = connection.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(stream.config.name or "")
    await connection.close()
