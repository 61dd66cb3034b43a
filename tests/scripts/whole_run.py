"""`scripts/run` as a program of its own on a folder, and questions to the ledger that it runs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec

RUN = (sys.executable, "-m", "scripts.running")
SECONDS_MAX = 300
SERVER_VARIABLES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "NATS_URL",
    "LEDGER_MASTER_KEY",
    "LEDGER_API_URL",
    "LEDGER_PARTITIONS",
    "SMTP_URL",
    "LEDGER_MAIL_FROM",
    "KAJABI_API_URL",
    "SYSTEME_API_URL",
    "STRIPE_API_URL",
    "LEDGER_INNER_ADDRESSES",
)


class StandingRun:
    """A run that has fed its file and goes on until the block ends."""

    def __init__(self, folder: Path, summary: dict[str, Any]) -> None:
        self.folder = folder
        self.summary = summary

    def ask_http(self, **wanted: str) -> dict[str, Any]:
        """Ask the HTTP API for orders."""
        connection = json.loads((self.folder / "connection.json").read_text())
        query = urlencode({"shop": "demo", "limit": 1} | wanted)
        request = Request(f"{connection['api_url']}/api/v1/orders?{query}")  # noqa: S310  our own
        request.add_header("Authorization", f"Bearer {(self.folder / 'demo-key').read_text()}")
        with urlopen(request, timeout=SECONDS_MAX) as answer:  # noqa: S310  our own address
            found: dict[str, Any] = json.load(answer)
        return found

    def ask_cli(self, **wanted: str) -> dict[str, Any]:
        """Ask the command line for orders."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in wanted.items()]
        found = subprocess.run(
            [sys.executable, "-m", "adapters.cli", "orders", "list", "--json", "--limit=1",
             "--shop=demo", f"--data={self.folder}", *options],
            check=True, capture_output=True, timeout=SECONDS_MAX, env=environment(),
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(found.stdout)
        return answer


@contextmanager
def standing_run(folder: Path, orders: Path) -> Iterator[StandingRun]:
    """Start on a folder, feed a file, wait for the summary; end it cleanly with the block."""
    with (folder.parent / f"{folder.name}.err").open("w+b") as errors:
        process = subprocess.Popen(
            [*RUN, "--orders", orders, "--data", folder, "--json"],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(),
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            errors.seek(0)
            assert line, errors.read().decode()
            yield StandingRun(folder, json.loads(line))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS_MAX) == 0
            process.stdout and process.stdout.close()


def run_to_the_end(folder: Path, orders: Path | None = None, *more: str) -> bytes:
    """Start on a folder, feed a file or made-up orders, stop; return what it printed."""
    source = ("--orders", orders) if orders else ()
    options = (*source, *more, "--data", folder, "--exit-when-done", "--json")
    ended = subprocess.run(
        [*RUN, *options], check=False, capture_output=True, timeout=SECONDS_MAX, env=environment()
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout


def said_at_start(folder: Path, last: str) -> str:
    """Start on a folder and end it once it has said a line; return all that it said."""
    with subprocess.Popen(
        [*RUN, "--data", folder], stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        said = ""
        while last not in said and (line := process.stdout.readline()):
            said += line
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    return said


def last_line(printed: bytes) -> dict[str, Any]:
    """Read the summary."""
    return msgspec.json.decode(printed.splitlines()[-1], type=dict[str, Any])


def environment() -> dict[str, str]:
    """Use the embedded servers, whichever the other tests use."""
    return {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
