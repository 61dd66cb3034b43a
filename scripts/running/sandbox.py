"""The sandbox as a child of `scripts/run`, and an environment that sends actions there.

The rule to know: nothing leaves this machine, unless the environment says so. What a file's orders
name elsewhere is refused, and stays visible as a failed action.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from adapters.embedded import child
from adapters.embedded.connection import Connection, save
from adapters.embedded.folder import open_private
from adapters.embedded.ports import LOOPBACK
from adapters.embedded.processes import Program, Report, Running, kept_running, until_ready
from adapters.settings import CONNECTION_FILE, VARIABLE_BY_FIELD, InnerAddresses
from scripts.receivers.places import CONTROL, Places, Receiver

ROOT = Path(__file__).resolve().parents[2]
SAME_USER = ("-1", "-1")
LOG_FILE = "sandbox.log"
MAIL_FROM = "no-reply@example.com"


@asynccontextmanager
async def sandbox_process(folder: Path, report: Report) -> AsyncIterator[Places]:
    """Run the sandbox of a data folder while the block is open; raise EmbeddedServerFailed."""
    program = _program(folder, report)

    async def start(_port: int) -> Running:
        process = await _launch(program)

        async def probe() -> int | None:
            return await _answering(folder)

        return await until_ready(program, process, probe)

    async with kept_running(program, await start(0), start):
        places = Places.read(folder)
        assert places is not None
        yield places


def environment_for(places: Places) -> Mapping[str, str]:
    """Name what the ledger's processes need to reach the sandbox, without what is set already."""
    wanted = {
        "SMTP_URL": places.url(Receiver.MAIL),
        "LEDGER_MAIL_FROM": MAIL_FROM,
        "KAJABI_API_URL": places.url(Receiver.KAJABI_API),
        "SYSTEME_API_URL": places.url(Receiver.SYSTEME),
        "PAYTRAIL_API_URL": places.url(Receiver.PAYTRAIL),
        "STRIPE_API_URL": places.url(Receiver.STRIPE),
        "LEDGER_INNER_ADDRESSES": InnerAddresses.ONLY,
    }
    return {name: value for name, value in wanted.items() if name not in os.environ}


def keep_commands_here(folder: Path, environment: Mapping[str, str]) -> None:
    """Let commands over this folder call the sandbox too: they do not share our environment."""
    file = folder / CONNECTION_FILE
    if not file.exists():
        return
    fields = {
        field: environment[variable]
        for field, variable in VARIABLE_BY_FIELD.items()
        if variable in environment
    }
    known = msgspec.to_builtins(msgspec.json.decode(file.read_bytes(), type=Connection))
    save(folder, msgspec.convert(known | fields, Connection))


def _program(folder: Path, report: Report) -> Program:
    folder.mkdir(parents=True, exist_ok=True)
    return Program("the sandbox", folder, folder / LOG_FILE, None, signal.SIGKILL, report)


async def _launch(program: Program) -> Process:
    become = (sys.executable, child.__file__, str(os.getpid()), *SAME_USER)
    run = (sys.executable, "-m", "scripts.receivers", "run", "--data", str(program.home))
    with open_private(program.log, os.O_TRUNC) as output:
        return await asyncio.create_subprocess_exec(
            *become, *run, stdin=DEVNULL, stdout=output, stderr=output, cwd=ROOT
        )


async def _answering(folder: Path) -> int | None:
    """Tell the port of the control once somebody listens there."""
    places = Places.read(folder)
    if places is None:
        return None
    port = places.ports[CONTROL]
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return None
    writer.close()
    return port
