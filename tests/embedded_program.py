"""The embedded servers as a program of their own: started, waited for, ended, killed.

It ends with the test run in whatever way that ends.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from adapters.embedded import child
from adapters.embedded.connection import Connection
from adapters.settings import CONNECTION_FILE

END_SECONDS_MAX = 60
OUR_USER = ("-1", "-1")


class EmbeddedProgram:
    """One run of `python -m adapters.embedded FOLDER`."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._file = folder / CONNECTION_FILE
        program = (sys.executable, "-m", "adapters.embedded", str(folder))
        self.process = subprocess.Popen(
            (sys.executable, "-IS", child.__file__, str(os.getpid()), *OUR_USER, *program),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | environment,
        )
        self.said: list[str] = []

    def connection(self) -> Connection:
        """Wait until both servers answer."""
        self.until_said(str(self._file))
        return msgspec.json.decode(self._file.read_bytes(), type=Connection)

    def until_said(self, words: str) -> None:
        """Wait until it says a line with these words."""
        for line in self.process.stdout or ():
            self.said.append(line.rstrip())
            if words in line:
                return
        raise AssertionError(f"{words!r} was never said, but: {self.said}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it, wait for its end and tell how it ended."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end and tell how it ended."""
        if self.process.stdout is not None and not self.process.stdout.closed:
            rest, _ = self.process.communicate(timeout=END_SECONDS_MAX)
            self.said += rest.splitlines()
        return self.process.returncode
