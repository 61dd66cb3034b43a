"""The file that tells how to reach the servers of a data folder, and keeps their secrets.

It is written before there is anything that needs it, whole or not at all, and is never made anew
beside standing data: whoever loses the master key loses all personal data.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from adapters.embedded.errors import EmbeddedServerFailed
from adapters.embedded.folder import open_private
from adapters.embedded.ports import ANY_PORT, LOOPBACK
from adapters.embedded.roles import Login
from adapters.master_key import generate_master_key
from adapters.settings import CONNECTION_FILE, Settings

DATABASE = "ledger"
OWNER = "ledger_owner"
APPLICATION = "ledger_app"
SUPERUSER = "postgres"
NATS_USER = "ledger"
PASSWORD_BYTES = 24


class Connection(Settings, frozen=True, kw_only=True):
    """The settings of an embedded ledger, and the way in for maintenance."""

    database_superuser_url: str

    __repr__ = Settings.__repr__


def load_or_make(folder: Path, standing: list[Path]) -> Connection:
    """Read the folder's connection, or make one for a folder whose servers have no data yet."""
    file = folder / CONNECTION_FILE
    if file.exists():
        return _read(file)
    if data := [str(path) for path in standing if path.exists()]:
        raise EmbeddedServerFailed(
            f"{file} is missing beside {' and '.join(data)}: put it back from a backup, or choose "
            "another folder. It holds the master key, without which personal data stays sealed."
        )
    connection = _made()
    save(folder, connection)
    return connection


def save(folder: Path, connection: Connection) -> None:
    """Write the file, readable by us alone."""
    unfinished = folder / f"{CONNECTION_FILE}.new"
    with open_private(unfinished, os.O_TRUNC) as file:
        file.write(msgspec.json.format(msgspec.json.encode(connection), indent=2))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / CONNECTION_FILE)


def on_ports(connection: Connection, *, postgres: int, nats: int, api: int) -> Connection:
    """Tell the servers' ports anew."""
    return msgspec.structs.replace(
        connection,
        database_url=on_port(connection.database_url, postgres),
        database_owner_url=on_port(connection.database_owner_url, postgres),
        database_superuser_url=on_port(connection.database_superuser_url, postgres),
        nats_url=on_port(connection.nats_url, nats),
        api_url=on_port(connection.api_url, api),
    )


def on_port(url: str, port: int) -> str:
    """Tell one port anew."""
    parts = urlsplit(url)
    place = parts.netloc.removesuffix(str(parts.port)) + str(port)
    return parts._replace(netloc=place).geturl()


def port_of(url: str) -> int:
    """Read a port that we wrote."""
    return urlsplit(url).port or 0


def login_of(url: str) -> Login:
    """Read a login that we wrote."""
    parts = urlsplit(url)
    return Login(name=parts.username or "", password=parts.password or "")


def _made() -> Connection:
    return Connection(
        database_url=_postgres_url(APPLICATION, DATABASE),
        database_owner_url=_postgres_url(OWNER, DATABASE),
        database_superuser_url=_postgres_url(SUPERUSER, "postgres"),
        nats_url=f"nats://{NATS_USER}:{_password()}@{LOOPBACK}:{ANY_PORT}",
        master_key=generate_master_key(),
        api_url=f"http://{LOOPBACK}:{ANY_PORT}",
    )


def _postgres_url(user: str, database: str) -> str:
    return f"postgresql://{user}:{_password()}@{LOOPBACK}:{ANY_PORT}/{database}?sslmode=disable"


def _password() -> str:
    return secrets.token_hex(PASSWORD_BYTES)


def _read(file: Path) -> Connection:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Connection)
    except msgspec.DecodeError as error:
        raise EmbeddedServerFailed(
            f"{file} is damaged ({error}): put it back from a backup."
        ) from error
