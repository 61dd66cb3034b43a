"""The sandbox as a program of its own; it ends with the test run in whatever way that ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.embedded import child
from scripts.receivers.client import Sandbox, SandboxSilent
from tests.support import TEST_SECONDS_MAX

OUR_USER = ("-1", "-1")
SANDBOX = (sys.executable, "-m", "scripts.receivers")


class SandboxProgram(Sandbox):
    """One run of `scripts/sandbox run`, and questions to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        become = (sys.executable, "-IS", child.__file__, str(os.getpid()), *OUR_USER)
        self.process = subprocess.Popen(
            (*become, *SANDBOX, "run", "--data", str(folder)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "The sandbox runs" not in line:
            self.end()
            raise SandboxSilent(line)
        super().__init__(Sandbox.of(folder).places)

    def end(self) -> None:
        """End it, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=TEST_SECONDS_MAX)


@contextmanager
def sandbox_program(folder: Path) -> Iterator[SandboxProgram]:
    """Run a sandbox while the block is open."""
    program = SandboxProgram(folder)
    try:
        yield program
    finally:
        program.end()
