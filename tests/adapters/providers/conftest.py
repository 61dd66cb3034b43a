"""The sandbox, calm at the start of each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox_program import SandboxProgram, sandbox_program


@pytest.fixture(scope="package")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProgram]:
    with sandbox_program(tmp_path_factory.mktemp("sandbox")) as program:
        yield program


@pytest.fixture
def sandbox(_sandbox: SandboxProgram) -> SandboxProgram:
    """The sandbox, without trouble."""
    _sandbox.calm()
    return _sandbox
