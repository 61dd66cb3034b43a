"""Where the servers' data may lie, who they run as, and how one gets in."""

import json
import os
import socket
import stat
from pathlib import Path

import nats
import psycopg
import pytest

from tests.adapters.embedded.conftest import Start
from tests.adapters.embedded.probing import both_answer, leader, port, processes_of

PATH_CHARACTERS = 150


def modes(folder: Path) -> dict[Path, int]:
    return {parent: parent.stat().st_mode for parent in folder.parents}


@pytest.mark.parametrize("name", ["with space", "hyvää-päivää-Å", 'it\'s "quoted" 100% $HOME'])
async def test_both_servers_start_whatever_the_folder_is_called(
    start: Start, tmp_path: Path, name: str
) -> None:
    assert await both_answer(start(tmp_path / name).connection())


async def test_both_servers_start_on_a_path_of_150_characters(
    start: Start, open_folder: Path
) -> None:
    rest = PATH_CHARACTERS - len(str(open_folder)) - 1
    folder = open_folder / ("ä" * rest)
    assert len(str(folder)) == PATH_CHARACTERS
    assert await both_answer(start(folder).connection())


async def test_both_servers_start_below_a_folder_of_ours_alone_and_open_no_parent(
    start: Start, tmp_path: Path
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = modes(private / "data")
    assert await both_answer(start(private / "data").connection())
    assert modes(private / "data") == before


def test_no_server_runs_as_root(start: Start, made: Path) -> None:
    start(made).connection()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_of(made)}
    expected = 65534 if os.geteuid() == 0 else os.geteuid()
    assert owners == {expected}


async def test_the_locale_around_us_makes_no_difference(start: Start, tmp_path: Path) -> None:
    program = start(tmp_path, LC_ALL="xx_XX.absent", LANG="tlh", PGPORT="1", PGDATA="/nowhere")
    with psycopg.connect(program.connection().database_url) as database:
        found = database.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found == ("b", "C.UTF-8")


async def test_nobody_enters_postgresql_without_the_password(start: Start, made: Path) -> None:
    connection = start(made).connection()
    url = connection.database_url
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="guessed")
    with psycopg.connect(url) as database:
        assert database.execute("SELECT current_user").fetchone() == ("ledger_app",)
    with psycopg.connect(connection.database_superuser_url) as database:
        assert database.execute("SHOW unix_socket_directories").fetchone() == ("",)
        assert database.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def test_nobody_enters_nats_without_the_password(start: Start, made: Path) -> None:
    address = ("127.0.0.1", port(start(made).connection().nats_url))
    with socket.create_connection(address) as stranger, stranger.makefile("rb") as answers:
        stranger.sendall(b'CONNECT {"user": "ledger", "pass": "guessed"}\r\nPING\r\n')
        assert answers.readline().startswith(b"INFO ")
        assert answers.readline() == b"-ERR 'Authorization Violation'\r\n"


async def test_nats_takes_four_megabytes(start: Start, made: Path) -> None:
    messages = await nats.connect(start(made).connection().nats_url)
    assert messages.max_payload == 4 * 1024 * 1024
    await messages.close()


def test_nats_flushes_each_message_and_all_secrets_are_readable_by_their_owner_alone(
    made: Path,
) -> None:
    assert "sync_interval: always" in (made / "nats" / "nats.conf").read_text()
    for file in (made / "connection.json", made / "nats" / "nats.conf"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_ports_and_secrets_stay_the_same_over_restarts(start: Start, made: Path) -> None:
    program = start(made)
    first = program.connection()
    program.end()
    assert start(made).connection() == first


async def test_a_port_that_was_taken_meanwhile_is_exchanged(start: Start, made: Path) -> None:
    before = json.loads((made / "connection.json").read_bytes())
    with (
        socket.create_server(("127.0.0.1", port(before["database_url"]))),
        socket.create_server(("127.0.0.1", port(before["nats_url"]))),
    ):
        after = start(made).connection()
        assert await both_answer(after)
    assert port(after.database_url) != port(before["database_url"])
    assert port(after.nats_url) != port(before["nats_url"])


def test_a_second_start_names_the_process_that_holds_the_folder(start: Start, made: Path) -> None:
    first = start(made)
    first.connection()
    second = start(made)
    assert second.wait() == 1
    assert second.said[-1].endswith(
        f"is in use by process {first.process.pid}: stop that program, or choose another folder."
    )
    assert leader(made, "postgres") > 0


def test_a_lost_connection_file_is_never_made_anew_beside_data(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "postgres").mkdir()
    program = start(tmp_path)
    assert program.wait() == 1
    assert "put it back from a backup" in program.said[-1]


def test_a_damaged_connection_file_is_named(start: Start, tmp_path: Path) -> None:
    (tmp_path / "connection.json").write_text('{"database_url": ')
    program = start(tmp_path)
    assert program.wait() == 1
    assert "connection.json is damaged" in program.said[-1]


def test_a_folder_that_cannot_be_made_is_named(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    program = start(tmp_path / "file" / "data")
    assert program.wait() == 1
    assert "cannot be used as a data folder" in program.said[-1]
