"""`order-ledger` as a real program: one command, one role, a whole ledger."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from subprocess import PIPE, Popen

import httpx2
import msgspec
import pytest

from adapters import bootstrap
from adapters.cli.exits import Unavailable
from adapters.cli.options import Connection
from adapters.cli.running import run_until_told
from adapters.master_key import generate_master_key
from tests.adapters.cli.conftest import Ask

PROGRAM = (sys.executable, "-m", "adapters.cli")
SECONDS_MAX = 60
REBUILDS = 5


def started(*arguments: str, **environment: str) -> Popen[str]:
    """Start the program; without the variables that name one's own servers, unless given."""
    own = {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "NATS_URL",
        "LEDGER_MASTER_KEY",
        "LEDGER_API_URL",
        "LEDGER_PARTITIONS",
    }
    kept = {name: value for name, value in os.environ.items() if name not in own}
    command = (*PROGRAM, *arguments)
    return Popen(command, env=kept | environment, stdout=PIPE, stderr=PIPE, text=True)


def ended(program: Popen[str]) -> tuple[int, str, str]:
    """Wait for its end."""
    out, err = program.communicate(timeout=SECONDS_MAX)
    return program.returncode, out, err


@pytest.mark.usefixtures("two_orders")
def test_a_command_of_the_real_program_answers_one_json_document() -> None:
    answer = subprocess.run(
        (*PROGRAM, "orders", "list", "--json"), capture_output=True, timeout=SECONDS_MAX, check=True
    )

    assert len(msgspec.json.decode(answer.stdout)["orders"]) == 2
    assert answer.stderr == b""


def test_a_folder_without_a_ledger_ends_with_4_and_says_how_to_start_one(tmp_path: Path) -> None:
    code, out, err = ended(started("orders", "list", "--data", str(tmp_path)))

    assert (code, out) == (4, "")
    assert "order-ledger up --data FOLDER" in err


def state_of(ask: Ask, name: str) -> str:
    """Ask whether somebody keeps a read model up."""
    found = ask("projections", "list", "--json").json["projections"]
    assert isinstance(found, list)
    return next(str(one["state"]) for one in found if one["name"] == name)


@pytest.mark.usefixtures("two_orders")
def test_a_role_runs_until_it_is_told_to_stop_and_then_ends_well(ask: Ask) -> None:
    role = Popen((*PROGRAM, "run", "projections"), stderr=PIPE, text=True)
    try:
        while state_of(ask, "orders") != "live":
            assert role.poll() is None
        for _ in range(REBUILDS):
            assert "orders is rebuilt up to position" in ask("projections", "rebuild", "orders").out
    finally:
        role.send_signal(signal.SIGTERM)
    _, _, err = ended(role)

    assert role.returncode == 0, err


async def test_a_role_that_cannot_end_is_cut_off_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "STOP_SECONDS_MAX", 0)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{port}/none")
        monkeypatch.setenv("NATS_URL", f"nats://127.0.0.1:{port}")
        monkeypatch.setenv("LEDGER_MASTER_KEY", generate_master_key())
        running = asyncio.create_task(
            run_until_told((bootstrap.Role.PROJECTIONS,), Connection(data=tmp_path))
        )
        connected, _ = await asyncio.to_thread(deaf.accept)
        os.kill(os.getpid(), signal.SIGTERM)
        with connected, pytest.raises(Unavailable, match="cut off"):
            await running


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Popen[str]]:
    """A whole ledger on a new folder; ended afterwards."""
    program = started("up", "--data", str(tmp_path / "data"))
    try:
        yield program
    finally:
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=SECONDS_MAX)


def test_up_says_where_to_look_survives_a_killed_role_and_stops_cleanly(
    up: Popen[str], tmp_path: Path
) -> None:
    assert up.stdout
    assert up.stderr
    data = str(tmp_path / "data")
    where = "".join(takewhile(lambda line: line != "Ctrl-C stops it.\n", up.stdout))
    assert re.search(r"^Key +olk_\w+", where, re.MULTILINE), where
    page = re.search(r"^Page +(http\S+)", where, re.MULTILINE)
    assert page, where
    assert "Order management" in httpx2.get(page[1], follow_redirects=True).text

    code, out, err = ended(started("orders", "list", "--data", data, "--json"))
    assert (code, msgspec.json.decode(out)["count"]) == (0, {"count": 0, "more": False}), err

    code, _, err = ended(started("up", "--data", data))
    assert code == 4
    assert f"is in use by process {up.pid}" in err

    role = next(child for child in _children(up.pid) if "projections" in _command(child))
    os.kill(role, signal.SIGKILL)
    assert next(line for line in up.stderr if "projections ended" in line) == (
        "projections ended (SIGKILL); it starts again at once\n"
    )

    roles = _children(up.pid)
    up.send_signal(signal.SIGTERM)
    assert up.wait(timeout=SECONDS_MAX) == 0
    assert [role for role in roles if Path(f"/proc/{role}").exists()] == []


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
