"""`scripts/run` as a new user sees it: actions succeed, fail, ask for a look, and are repaired.

Real processes throughout. Waiting is asking again until the answer is as it should be.
"""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scripts.receivers.book import Effect
from scripts.receivers.client import Sandbox
from scripts.receivers.places import CONTROL
from tests.scripts.whole_run import RUN, environment

ORDERS = 100
"""So many that some surely bought what is in trouble."""
WAIT_SECONDS_MAX = 60
PERSON = "laura"


class Demo:
    """A run in a folder, and its two programs beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [*RUN, "--data", str(folder), "--count", str(ORDERS), "--speed", "0.001"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(),
        )
        assert self.process.stdout is not None
        self.said: list[str] = []
        for line in self.process.stdout:
            self.said.append(line)
            if "visits fed" in line:
                break

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox.of(self.folder)

    def ledger(self, *words: str) -> Any:
        """Run a command of the ledger about the demo shop; what it answers in JSON."""
        return json.loads(self.command(*words, "--shop", "demo", "--json"))

    def command(self, *words: str) -> str:
        """Run a command of the ledger; what it prints."""
        program = (sys.executable, "-m", "adapters.cli", *words, "--data", str(self.folder))
        ended = subprocess.run(
            program, capture_output=True, text=True, check=False, env=environment()
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def problems(self, code: str) -> dict[str, str]:
        """Name the orders that need a look now for one error alone, and the action of each."""
        found = self.ledger("attention", "--limit", "200")
        return {
            order["number"]: problem["action_id"]
            for order in found["orders"]
            for problem in order["problems"]
            if problem["code"] == code and len(order["problems"]) == 1
        }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo") / "data")
    yield running
    running.process.kill()
    running.process.communicate()


def until(is_so: Callable[[], bool]) -> None:
    """Ask until it is so."""
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while not is_so():
        assert time.monotonic() < ends_at, "it never came"


def test_the_demo_shows_success_failure_attention_and_repair(demo: Demo) -> None:
    assert any("orders rerun" in line for line in demo.said)
    demo.command("shops", "set", "demo", "--grace", "1s")
    until(lambda: len(demo.problems("http_500")) > 1)
    troubled = demo.problems("http_500")
    again, closed, *_ = troubled

    demo.sandbox.calm()
    # Confirmed, since a retry may have come first and succeeded.
    demo.ledger("orders", "rerun", again, troubled[again], "--confirm", "--by", PERSON)
    demo.ledger("orders", "complete", closed, "--by", PERSON)

    until(lambda: not {again, closed} & set(demo.problems("http_500")))
    assert demo.ledger("orders", "show", closed)["status"] == "marked_as_completed"
    until(lambda: _steps(demo, again, troubled[again])[-1][0] == "ActionSucceeded")
    steps = _steps(demo, again, troubled[again])
    assert steps[:3] == [
        ("ActionRequested", "system", "fulfilment"),
        ("ActionStarted", "system", "worker"),
        ("ActionFailed", "system", "worker"),
    ]
    assert steps[-3:] == [
        ("ActionRequested", "operator", PERSON),
        ("ActionStarted", "system", "worker"),
        ("ActionSucceeded", "system", "worker"),
    ]

    standings = {one.receiver: one for one in demo.sandbox.standing().receivers}
    assert all(standings[name].effects for name in ("mail", "books", "kajabi", "kajabi-api"))
    assert not any(one.doubled for one in standings.values())
    grants = [one for one in demo.sandbox.received("kajabi") if one.effect is Effect.DONE]
    assert grants


def test_the_sandbox_ends_with_the_run_even_when_it_is_killed(demo: Demo) -> None:
    port = demo.sandbox.places.ports[CONTROL]
    assert _listens(port)
    demo.process.send_signal(signal.SIGKILL)
    demo.process.wait()
    until(lambda: not _listens(port))


def _steps(demo: Demo, order: str, action_id: str) -> list[tuple[str, str, str]]:
    """Read an action's facts from the order's history: what happened, and who did it."""
    return [
        (event["event"], event["actor"]["kind"], event["actor"]["id"])
        for event in demo.ledger("orders", "history", order)["events"]
        if event["data"].get("action_id") == action_id
    ]


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
