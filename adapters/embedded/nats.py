"""The embedded NATS server with JetStream, every message flushed before it is acknowledged."""

import json
import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from adapters.embedded.account import as_seen, choose_account, give, make_home
from adapters.embedded.binaries import nats_binary
from adapters.embedded.connection import Connection, login_of
from adapters.embedded.earlier import end_earlier, mark_of
from adapters.embedded.folder import open_private
from adapters.embedded.ports import ANY_PORT, LOOPBACK
from adapters.embedded.processes import Program, Report, Running, launch, until_ready

CHOOSE_PORT = -1
CONFIGURATION_FILE = "nats.conf"
CONFIGURATION = """\
listen: "{host}:{port}"
max_payload: 4MB
ports_file_dir: {home}
authorization {{ user: {user}, password: {password} }}
jetstream {{ store_dir: {home}, sync_interval: always }}
"""


class _Ports(Struct):
    """The file in which the server tells where it listens."""

    nats: list[str]


class Nats:
    """One NATS server on one data folder."""

    def __init__(self, folder: Path, report: Report) -> None:
        home = folder / "nats"
        account = choose_account(home)
        self.program = Program("NATS", home, folder / "nats.log", account, signal.SIGKILL, report)
        self._binary = nats_binary(account)

    async def start(self, connection: Connection, port: int) -> Running:
        """Start the server and wait until it has read its store and tells its port."""
        home = self.program.home
        make_home(home, self.program.account)
        await end_earlier(self.program)
        for stale in home.glob("*.ports"):
            stale.unlink()
        seen = as_seen(home, self.program.account)
        self._configure(connection, CHOOSE_PORT if port == ANY_PORT else port, seen)
        file = f"{seen}/{CONFIGURATION_FILE}"
        process = await launch(
            self.program, [str(self._binary), "--name", mark_of(home), "--config", file]
        )
        ports = home / f"{self._binary.name}_{process.pid}.ports"

        async def probe() -> int | None:
            return _port_in(ports)

        return await until_ready(self.program, process, probe)

    def _configure(self, connection: Connection, port: int, seen: str) -> None:
        login = login_of(connection.nats_url)
        configuration = CONFIGURATION.format(
            host=LOOPBACK,
            port=port,
            home=json.dumps(seen, ensure_ascii=False),
            user=json.dumps(login.name),
            password=json.dumps(login.password),
        )
        file = self.program.home / CONFIGURATION_FILE
        file.unlink(missing_ok=True)
        with open_private(file, os.O_EXCL) as output:
            output.write(configuration.encode())
        give(file, self.program.account)


def _port_in(ports: Path) -> int | None:
    """Read where the server listens; nothing until it has written the whole file."""
    try:
        listening = msgspec.json.decode(ports.read_bytes(), type=_Ports).nats
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return urlsplit(listening[0]).port
