"""Every way in which the servers can end, and that the next start finds everything."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.embedded.connection import Connection, load_or_make, port_of
from adapters.embedded.postgres import Postgres
from adapters.embedded.processes import Program, launch, stop, until_ready
from tests.adapters.embedded.conftest import Start
from tests.adapters.embedded.probing import both_answer, is_kept, leader, processes_of, write


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_servers_stop_cleanly_when_asked(
    start: Start, made: Path, number: signal.Signals
) -> None:
    program = start(made)
    program.connection()
    assert program.end(number) == 0
    assert processes_of(made) == {}
    assert (made / "postgres.log").read_text().rstrip().endswith("database system is shut down")
    assert not (made / "postgres" / "postmaster.pid").exists()


async def test_nothing_acknowledged_is_lost_when_everything_is_killed(
    start: Start, tmp_path: Path
) -> None:
    program = start(tmp_path)
    await write(program.connection())
    for name in ("postgres", "nats-server"):
        os.kill(leader(tmp_path, name), signal.SIGKILL)
    program.end(signal.SIGKILL)
    assert await is_kept(start(tmp_path).connection())


async def test_the_servers_do_not_outlive_a_killed_program(start: Start, made: Path) -> None:
    program = start(made)
    program.connection()
    program.end(signal.SIGKILL)
    while processes_of(made):  # noqa: ASYNC110 - no event tells of another program's end
        await asyncio.sleep(0.01)
    assert await both_answer(start(made).connection())


@pytest.mark.parametrize(("name", "title"), [("postgres", "PostgreSQL"), ("nats-server", "NATS")])
async def test_a_killed_server_comes_back_on_its_port(
    start: Start, made: Path, name: str, title: str
) -> None:
    program = start(made)
    connection = program.connection()
    killed = leader(made, name)
    os.kill(killed, signal.SIGKILL)
    program.until_said(f"{title} runs again")
    assert leader(made, name) != killed
    assert await both_answer(connection)


async def test_a_server_that_an_earlier_run_left_behind_is_ended_first(
    start: Start, made: Path
) -> None:
    left = Postgres(made, print)
    earlier = await left.start(load_or_make(made, []), 0)
    program = start(made)
    assert await both_answer(program.connection())
    assert f"An earlier PostgreSQL (process {earlier.process.pid}) still runs" in program.said[0]
    assert await earlier.process.wait() == 0


@contextmanager
def pid_of_a_zombie() -> Iterator[int]:
    ended = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    yield ended.pid
    ended.wait()


@pytest.mark.parametrize("text", ["", "12", "{pid}", "{pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n"])
async def test_no_pid_file_keeps_postgresql_from_starting(
    start: Start, made: Path, text: str
) -> None:
    with pid_of_a_zombie() as zombie:
        for pid in (zombie, os.getpid()):
            (made / "postgres" / "postmaster.pid").write_text(text.format(pid=pid))
            program = start(made)
            assert await both_answer(program.connection())
            program.end()


async def test_a_database_that_was_never_finished_is_made_anew(
    start: Start, tmp_path: Path
) -> None:
    program = start(tmp_path)
    program.until_said("Making a new PostgreSQL database")
    program.end(signal.SIGKILL)
    half = tmp_path / "postgres.new" / "postgres"
    half.mkdir(parents=True, exist_ok=True)
    (half / "PG_VERSION").write_text("18\n")
    assert await both_answer(start(tmp_path).connection())
    assert not half.parent.exists()


async def test_a_long_recovery_is_waited_for_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    program = Program("PostgreSQL", tmp_path, tmp_path / "log", None, signal.SIGKILL, told.append)
    process = await launch(program, ["/bin/sh", "-c", "echo redo in progress; exec sleep 60"])

    async def probe() -> int | None:
        return 5432 if told else None

    running = await until_ready(program, process, probe)
    assert (running.port, told) == (5432, ["Waiting for PostgreSQL: redo in progress"])
    await stop(program, process)


async def test_a_server_that_has_said_nothing_yet_is_waited_for_by_its_name(tmp_path: Path) -> None:
    told: list[str] = []
    program = Program("the sandbox", tmp_path, tmp_path / "log", None, signal.SIGKILL, told.append)
    process = await launch(program, ["/bin/sh", "-c", "exec sleep 60"])

    async def probe() -> int | None:
        return 1 if told else None

    await until_ready(program, process, probe)
    assert told == ["Waiting for the sandbox"]
    await stop(program, process)


async def test_a_server_that_cannot_start_says_why(start: Start, tmp_path: Path) -> None:
    program = start(tmp_path)
    connection: Connection = program.connection()
    program.end()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    program = start(tmp_path)
    assert program.wait() == 1
    assert "database files are incompatible with server" in "\n".join(program.said)
    assert port_of(connection.database_url) > 0


def test_a_start_can_be_broken_off(start: Start, tmp_path: Path) -> None:
    program = start(tmp_path)
    program.until_said("Making a new PostgreSQL database")
    assert program.end() == 0
    assert not (tmp_path / "postgres").exists()
    assert start(tmp_path).connection()
