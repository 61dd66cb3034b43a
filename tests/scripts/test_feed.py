"""`scripts/feed` as a program: which ledger it finds, and what it says where there is none."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import nats

from adapters.messaging.stream import STREAM, ensure_stream

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 60
ORDERS = "20"
"""Fewer than the page shows, so that the test is short."""


def documented() -> list[str]:
    """Read the words of the line that feeds the ledger of one's own folder."""
    page = (ROOT / "docs" / "feeding.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("$ scripts/feed generated"))
    _, _, *words = shlex.split(line, comments=True)
    words[words.index("--orders") + 1] = ORDERS
    return words


def feed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, told nothing by the environment."""
    without = {"NATS_URL", "DATABASE_URL", "LEDGER_MASTER_KEY", "ORDER_LEDGER_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [sys.executable, "-m", "scripts.feeding", *words],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )


def begin(folder: Path, nats_url: str) -> None:
    """Leave what a ledger leaves in its data folder."""
    (folder / "ledger-data").mkdir()
    found = {"nats_url": nats_url, "database_url": "postgresql://nobody", "master_key": "none"}
    (folder / "ledger-data" / "connection.json").write_text(json.dumps(found))


def test_the_line_of_the_page_feeds_the_ledger_of_the_folder_one_is_in(
    nats_url: str, tmp_path: Path
) -> None:
    begin(tmp_path, nats_url)
    asyncio.run(_make_stream(nats_url))
    ended = feed(tmp_path, *documented())
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.startswith(f"{asyncio.run(_messages(nats_url))} messages published")


def test_without_a_ledger_it_says_where_it_looked_and_how_to_name_another(tmp_path: Path) -> None:
    ended = feed(tmp_path, *documented())
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: no running ledger found in ./ledger-data: --data FOLDER")


def test_a_ledger_that_does_not_run_is_told_in_a_sentence(tmp_path: Path) -> None:
    begin(tmp_path, "nats://127.0.0.1:1")
    ended = feed(tmp_path, *documented())
    assert ended.returncode == 1
    assert "does not answer: is the ledger running?" in ended.stderr
    assert "Traceback" not in ended.stderr


async def _make_stream(url: str) -> None:
    client = await nats.connect(url)
    await ensure_stream(client)
    await client.close()


async def _messages(url: str) -> int:
    client = await nats.connect(url)
    found = await client.jetstream().stream_info(STREAM)
    await client.close()
    return int(found.state.messages)
