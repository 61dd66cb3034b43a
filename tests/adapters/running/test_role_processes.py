"""Roles as child processes of `up`."""

import stat
from pathlib import Path

from adapters.running.role_processes import role_processes
from tests.adapters.postgres.given import until


async def test_a_roles_log_is_for_its_user_alone(tmp_path: Path) -> None:
    log = tmp_path / "nobody.log"

    async def is_there() -> bool:
        return log.exists()

    async with role_processes(["nobody"], tmp_path, lambda _: None):
        await until(is_there, expected=True)

    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_whoever_stops_them_is_told_what_they_still_wait_for(tmp_path: Path) -> None:
    told: list[str] = []

    async with role_processes([], tmp_path, told.append):
        assert told == []
    assert told == ["Stopping: what is under way has up to 20 s to end"]
