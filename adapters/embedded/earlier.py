"""Find what an earlier run of ours left running, and end it.

A server of ours carries the mark of its home on its command line. That alone tells it apart: a
pid in a file may be stale, half written, a zombie's or another program's by now.
"""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from adapters.embedded.processes import POLL_SECONDS, STOP_SECONDS_MAX, Program, send

PROCESSES = Path("/proc")
BACKEND_TITLE = b"postgres: "
"""PostgreSQL retitles the processes under its first one, which alone stops them all."""


def mark_of(home: Path) -> str:
    """Name a server's folder as no other on this machine, also once it is moved or copied."""
    status = home.stat()
    return f"order-ledger-{status.st_dev:x}-{status.st_ino:x}"


async def end_earlier(program: Program) -> None:
    """End what still runs in the program's home and wait until all of it is gone."""
    mark = mark_of(program.home)
    for pid, command in _marked(mark).items():
        if not command.startswith(BACKEND_TITLE):
            program.report(f"An earlier {program.name} (process {pid}) still runs: waiting for it")
            send(pid, signal.SIGINT)
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await _until_gone(mark)
    except TimeoutError:
        for pid in _marked(mark):
            send(pid, program.harder)
        await _until_gone(mark)


async def _until_gone(mark: str) -> None:
    while _marked(mark):  # noqa: ASYNC110 - no event tells of another program's end
        await asyncio.sleep(POLL_SECONDS)


def _marked(mark: str) -> dict[int, bytes]:
    """Read the command lines by pid; a zombie has none."""
    found = {}
    for file in PROCESSES.glob("[0-9]*/cmdline"):
        with suppress(OSError):
            command = file.read_bytes()
            if mark.encode() in command:
                found[int(file.parent.name)] = command
    return found
