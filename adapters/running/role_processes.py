"""Process roles as children of `up`: one process each, so that roles use all cores and fail alone.

A child that ends is started again, later and later; all of them end with the block, and when this
process ends in whatever way.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import adapters
from adapters.embedded import child
from adapters.embedded.folder import open_private
from adapters.embedded.processes import Report
from adapters.running.supervisor import Delays, stopped_within

STOP_SECONDS_MAX = 20
LOG_BYTES_MAX = 10 * 1024 * 1024
CODE_FOLDER = Path(adapters.__file__).parent.parent
SAME_USER = ("-1", "-1")


@asynccontextmanager
async def role_processes(
    roles: Sequence[str], data_folder: Path, report: Report
) -> AsyncIterator[None]:
    """Run each role in its own process while the block is open; logs lie in the data folder."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_keep_running(role, data_folder, stop, report)) for role in roles]
    try:
        yield
    finally:
        report(f"Stopping: what is under way has up to {STOP_SECONDS_MAX} s to end")
        stop.set()
        await asyncio.gather(*tasks)


async def _keep_running(role: str, data_folder: Path, stop: asyncio.Event, report: Report) -> None:
    delays = Delays()
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        process = await _start(role, data_folder)
        await _end_of(process, stop)
        if stop.is_set():
            return
        code = process.returncode or 0
        delay_seconds = delays.after_seconds(clock() - began, was_killed=code < 0)
        why = _why(code, _log(role, data_folder))
        report(f"{role} ended ({why}); it starts {_when(delay_seconds)}")
        await stopped_within(stop, delay_seconds)


async def _start(role: str, data_folder: Path) -> Process:
    """Start a role; the kernel stops it if we end without a word (on Linux)."""
    become_child = (sys.executable, child.__file__, str(os.getpid()), *SAME_USER)
    run_role = (sys.executable, "-m", "adapters.cli", "run", role, "--data", str(data_folder))
    log = _log(role, data_folder)
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    with open_private(log, os.O_APPEND) as output:
        return await asyncio.create_subprocess_exec(
            *become_child, *run_role, stdin=DEVNULL, stdout=output, stderr=output, cwd=CODE_FOLDER
        )


async def _end_of(process: Process, stop: asyncio.Event) -> None:
    """Wait until the process ends; when told to stop, or cancelled, end it."""
    ending = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await _gone(process, ending)


async def _gone(process: Process, ending: asyncio.Task[int]) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await asyncio.shield(ending)
    except TimeoutError:
        process.kill()
        await ending


def _log(role: str, data_folder: Path) -> Path:
    return data_folder / f"{role}.log"


def _why(code: int, log: Path) -> str:
    """Say how a role ended; of a signal its log knows nothing."""
    return f"exit code {code}: {log} says why" if code >= 0 else signal.Signals(-code).name


def _when(delay_seconds: float) -> str:
    seconds = round(delay_seconds)
    return f"again in {seconds} s" if seconds else "again at once"
