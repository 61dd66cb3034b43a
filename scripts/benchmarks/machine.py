"""The machine that a figure was measured on."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec import Struct

FSYNCS = 200
PAGE_BYTES = 8_192


class Machine(Struct, frozen=True, kw_only=True):
    """What stands beside every figure."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    commit: str
    fsync_milliseconds: float
    """The mean time of an 8 KiB write and its fsync in the temporary folder's file system."""


def describe_machine(folder: Path) -> Machine:
    """Read the machine, and measure its fsync in `folder`."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=platform.platform(terse=True),
        python=sys.version.split()[0],
        commit=_commit(),
        fsync_milliseconds=round(_fsync_seconds(folder) * 1_000, 3),
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the developer's own git
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return answer.stdout.strip() or "unknown"


def _fsync_seconds(folder: Path) -> float:
    page = os.urandom(PAGE_BYTES)
    with tempfile.TemporaryFile(dir=folder) as file:
        begin = time.perf_counter()
        for _ in range(FSYNCS):
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - begin) / FSYNCS
