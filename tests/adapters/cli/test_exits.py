"""How the real program ends when its reader goes away, or its server is not there."""

import asyncio
import os
import subprocess
import sys
from subprocess import PIPE

import msgspec
import pytest

from adapters.bootstrap import open_parts
from adapters.cli.exits import ExitCode
from adapters.messaging.examples import envelope_of, subject_of
from adapters.messaging.verdicts import Arrival
from adapters.settings import Settings

PROGRAM = (sys.executable, "-m", "adapters.cli")
SECONDS_MAX = 60
PARKED = "payment.received.v1"


async def park(settings: Settings) -> None:
    """Take in a payment whose order has not come."""
    async with open_parts(settings) as parts:
        body = msgspec.json.encode(envelope_of(PARKED))
        await parts.intake.take([Arrival(subject_of(PARKED), body, "")])


def into_a_closed_pipe(*arguments: str) -> tuple[int, str]:
    """Run the program with a standard output that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        ended = subprocess.run(
            (*PROGRAM, *arguments),
            stdout=out,
            stderr=PIPE,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("orders", "list"),
        ("orders", "list", "--json"),
        ("messages", "show", f"{PARKED}-1", "--body"),
        ("messages", "replay", f"{PARKED}-1"),
    ],
)
def test_a_reader_who_has_enough_ends_the_program_quietly(
    arguments: tuple[str, ...], two_orders: Settings
) -> None:
    asyncio.run(park(two_orders))

    assert into_a_closed_pipe(*arguments, "--shop", "demo") == (ExitCode.PIPE_CLOSED, "")


def test_without_a_server_there_is_one_sentence_and_no_noise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    ended = subprocess.run(
        (*PROGRAM, "orders", "list"),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert ended.returncode == ExitCode.UNAVAILABLE
    assert ended.stderr.splitlines() == [
        "error: PostgreSQL does not answer",
        "Is `order-ledger up` running? With servers of your own, check DATABASE_URL.",
    ]
