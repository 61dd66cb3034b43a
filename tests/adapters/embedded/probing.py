"""What tests ask of running servers."""

from pathlib import Path
from urllib.parse import urlsplit

import nats
import psycopg
from nats.js.api import StorageType

from adapters.embedded.connection import Connection
from adapters.embedded.earlier import mark_of

STREAM = "KEPT"
SUBJECT = "kept.message"


async def both_answer(connection: Connection) -> bool:
    """Ask both servers for something."""
    with psycopg.connect(connection.database_url) as database:
        answer = database.execute("SELECT lower('Ä')").fetchone()
    messages = await nats.connect(connection.nats_url)
    await messages.jetstream().account_info()
    await messages.close()
    return answer == ("ä",)


async def write(connection: Connection) -> None:
    """Leave a row and a message behind, both acknowledged."""
    with psycopg.connect(connection.database_owner_url) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    messages = await nats.connect(connection.nats_url)
    jetstream = messages.jetstream()
    await jetstream.add_stream(name=STREAM, subjects=[SUBJECT], storage=StorageType.FILE)
    await jetstream.publish(SUBJECT, b"42")
    await messages.close()


async def is_kept(connection: Connection) -> bool:
    """Tell whether the row and the message still are there."""
    with psycopg.connect(connection.database_owner_url) as database:
        rows = database.execute("SELECT answer FROM kept").fetchall()
    messages = await nats.connect(connection.nats_url)
    message = await messages.jetstream().get_msg(STREAM, 1)
    await messages.close()
    return rows == [(42,)] and message.data == b"42"


def processes_of(folder: Path) -> dict[int, str]:
    """Find the servers' processes of a data folder: their command lines by pid."""
    marks = [mark_of(home) for home in (folder / "postgres", folder / "nats") if home.exists()]
    lines = {}
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines[int(file.parent.name)] = file.read_bytes().decode(errors="replace")
        except OSError:
            continue
    return {pid: line for pid, line in lines.items() if any(mark in line for mark in marks)}


def leader(folder: Path, program: str) -> int:
    """Find the process of a server that stops the whole server."""
    found = processes_of(folder).items()
    return next(pid for pid, line in found if line.split("\0")[0].endswith(f"/{program}"))


def port(url: str) -> int:
    """Read an address's port."""
    return urlsplit(url).port or 0
