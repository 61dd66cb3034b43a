"""The sandbox, calm at the start of each test."""

from collections.abc import Iterator

import pytest

from scripts.receivers import paytrail, paytrail_account, stripe_account, stripe_control
from tests.sandbox_program import SandboxProgram, sandbox_program


@pytest.fixture(scope="package")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProgram]:
    with sandbox_program(tmp_path_factory.mktemp("sandbox")) as program:
        yield program


@pytest.fixture
def sandbox(_sandbox: SandboxProgram) -> SandboxProgram:
    """The sandbox, without trouble, and with providers that do nothing special."""
    _sandbox.calm()
    _sandbox.instruct_paytrail(paytrail.Instruction(manner=paytrail_account.Manner.OK))
    _sandbox.instruct_stripe(stripe_control.Instruction(manner=stripe_account.Manner.SUCCEEDED))
    _sandbox.listen_to_stripe(stripe_control.Listener())
    return _sandbox
