"""A server as our child: started, waited for, kept running, stopped."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from adapters.embedded import child
from adapters.embedded.account import Account
from adapters.embedded.errors import EmbeddedServerFailed
from adapters.embedded.folder import open_private

Report = Callable[[str], None]
"""Told what is happening, in sentences for the person who waits."""

LOG_BYTES_MAX = 10 * 1024 * 1024
TAIL_BYTES = 2_000
POLL_SECONDS = 0.05
REPORT_SECONDS = 1
RESTART_SECONDS = 1
STOP_SECONDS_MAX = 60
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}
"""All of it: whatever locale or PG… variable is set around us stays outside."""


class Program(NamedTuple):
    """What runs where, and how it is ended."""

    name: str
    home: Path
    log: Path
    account: Account | None
    harder: signal.Signals
    """Ends it when it does not end on request."""
    report: Report


class Running(NamedTuple):
    """A server that answers on its port."""

    process: Process
    port: int


async def launch(program: Program, command: Sequence[str]) -> Process:
    """Start a command in its home; it ends when the calling thread does."""
    account = program.account
    user = (-1, -1) if account is None else (account.user_id, account.group_id)
    numbers = [str(number) for number in (os.getpid(), *user)]
    with _open_log(program.log) as output:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-IS", child.__file__, *numbers, *command),
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            cwd=program.home,
            env=ENVIRONMENT,
        )


async def until_ready(
    program: Program, process: Process, probe: Callable[[], Awaitable[int | None]]
) -> Running:
    """Wait until `probe` knows the port, as long as the server lives: a recovery may be long."""
    told_at = time.monotonic()
    try:
        while (port := await probe()) is None:
            if process.returncode is not None:
                raise failure(program)  # noqa: TRY301 - ended is the same case as cancelled
            if time.monotonic() - told_at > REPORT_SECONDS:
                told_at = time.monotonic()
                program.report(_waiting(program))
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        await stop(program, process)
        raise
    return Running(process, port)


async def stop(program: Program, process: Process) -> None:
    """Ask a server to end; after a minute leave it no choice."""
    if process.returncode is not None:
        return
    send(process.pid, signal.SIGINT)
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await process.wait()
    except TimeoutError:
        send(process.pid, program.harder)
        await process.wait()


@asynccontextmanager
async def kept_running(
    program: Program, running: Running, start: Callable[[int], Awaitable[Running]]
) -> AsyncIterator[None]:
    """Start the server again on its port whenever it ends by itself; stop it at the end."""
    current = running

    async def keep() -> None:
        nonlocal current
        while True:
            code = await current.process.wait()
            program.report(f"{program.name} ended by itself ({code}): starting it again")
            try:
                current = await start(current.port)
                program.report(f"{program.name} runs again")
            except (EmbeddedServerFailed, OSError) as error:
                program.report(str(error))
                await asyncio.sleep(RESTART_SECONDS)

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        await stop(program, current.process)


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone by now."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def failure(program: Program) -> EmbeddedServerFailed:
    """Say how a server ended, in its own last words."""
    return EmbeddedServerFailed(
        f"{program.name} ended while starting. Its log {program.log} ends:\n{tail(program)}"
    )


def tail(program: Program) -> str:
    """Read the end of a server's log."""
    with program.log.open("rb") as log:
        log.seek(max(0, program.log.stat().st_size - TAIL_BYTES))
        return log.read().decode(errors="replace")


def _open_log(log: Path) -> BinaryIO:
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    return open_private(log, os.O_APPEND)


def _waiting(program: Program) -> str:
    """Say what is waited for, in its own last words if it has said any."""
    last_line = tail(program).rstrip().rpartition("\n")[2]
    return f"Waiting for {program.name}{f': {last_line}' if last_line else ''}"
