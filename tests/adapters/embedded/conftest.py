"""Folders for embedded servers, and programs that end with their test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded_program import EmbeddedProgram

Start = Callable[..., EmbeddedProgram]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the servers on a folder; they are killed after the test at the latest."""
    programs: list[EmbeddedProgram] = []

    def started(folder: Path, **environment: str) -> EmbeddedProgram:
        programs.append(EmbeddedProgram(folder, **environment))
        return programs[-1]

    yield started
    for program in programs:
        program.end()


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="order-ledger-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with databases of an earlier run that ended well."""
    folder = tmp_path_factory.mktemp("made")
    program = EmbeddedProgram(folder)
    program.connection()
    assert program.end() == 0
    return folder
