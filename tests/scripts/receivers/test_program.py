"""The sandbox's own commands: how they end."""

import os
import subprocess

import pytest

from adapters.cli.exits import ExitCode
from tests.sandbox_program import SANDBOX, SandboxProgram
from tests.support import TEST_SECONDS_MAX


@pytest.mark.parametrize("arguments", [("state",), ("received", "--json")], ids=" ".join)
def test_a_reader_who_has_enough_ends_a_command_quietly(
    arguments: tuple[str, ...], sandbox: SandboxProgram
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        ended = subprocess.run(
            (*SANDBOX, *arguments, "--data", sandbox.folder),
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=TEST_SECONDS_MAX,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (ExitCode.PIPE_CLOSED, "")
