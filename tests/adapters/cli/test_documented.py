"""`docs/cli.md` against the code."""

from collections.abc import Iterator
from pathlib import Path

from cyclopts import App

from adapters.cli.app import build_app
from adapters.cli.exits import ExitCode

DOCUMENT = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()


def commands(app: App, path: str = "") -> Iterator[str]:
    """Name every command that does something."""
    for name in app:
        if not name.startswith("-"):
            inner = list(commands(app[name], f"{path} {name}".strip()))
            yield from inner
            if not inner or app[name].default_command:
                yield f"{path} {name}"


def test_every_command_is_documented_and_no_other() -> None:
    rows = [line.split("`")[1] for line in DOCUMENT.splitlines() if line.startswith("| `")]

    assert {row.removesuffix(" ROLE…") for row in rows} == {
        command.strip() for command in commands(build_app())
    }


def test_every_exit_code_is_documented() -> None:
    for code in ExitCode:
        assert f"\n| {code.value} | " in DOCUMENT
