"""Commands over the folder of `scripts/run` stay on this machine, as its processes do."""

from pathlib import Path

from adapters.embedded.connection import load_or_make
from adapters.settings import InnerAddresses, load_settings
from scripts.running.sandbox import environment_for, keep_commands_here
from tests.sandbox_program import SandboxProgram


def test_they_call_the_sandbox_and_nobody_else(sandbox: SandboxProgram, tmp_path: Path) -> None:
    load_or_make(tmp_path, [])

    keep_commands_here(tmp_path, environment_for(sandbox.places))

    settings = load_settings({}, tmp_path)
    assert settings.stripe_api_url == sandbox.places.url("stripe")
    assert settings.inner_addresses is InnerAddresses.ONLY


def test_a_folder_without_servers_of_its_own_is_let_be(
    sandbox: SandboxProgram, tmp_path: Path
) -> None:
    keep_commands_here(tmp_path, environment_for(sandbox.places))
    assert list(tmp_path.iterdir()) == []
