"""Who the servers run as: ourselves, but never root.

PostgreSQL refuses root. No folder above ours is ever opened wider for the servers' user: what it
cannot reach by its path it reaches as its working folder, which it inherits from us.
"""

import os
import pwd
import stat
from pathlib import Path

from msgspec import Struct

from adapters.embedded.errors import EmbeddedServerFailed

ROOT_USER_ID = 0
UNPRIVILEGED_USER = "nobody"
WORKING_FOLDER = "/proc/self/cwd"


class Account(Struct, frozen=True, kw_only=True):
    """The user of the servers, where it is not ours."""

    user_id: int
    group_id: int


def choose_account(data_folder: Path) -> Account | None:
    """Choose whom root starts the servers as: the owner of the data that stands, else nobody."""
    if os.geteuid() != ROOT_USER_ID:
        return None
    if data_folder.exists() and (owner := data_folder.stat()).st_uid != ROOT_USER_ID:
        return Account(user_id=owner.st_uid, group_id=owner.st_gid)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise EmbeddedServerFailed(
            f"PostgreSQL refuses to run as root, and there is no user {UNPRIVILEGED_USER!r} to run "
            "it as: start as an ordinary user."
        ) from None
    return Account(user_id=entry.pw_uid, group_id=entry.pw_gid)


def can_reach(path: Path, account: Account | None) -> bool:
    """Tell whether the account may use `path` and pass through every folder above it."""
    path = path.resolve()
    return account is None or all(_may_pass(place, account) for place in (path, *path.parents))


def as_seen(home: Path, account: Account | None) -> str:
    """Name the working folder `home` so that a server of the account finds it."""
    return str(home) if can_reach(home, account) else WORKING_FOLDER


def make_home(home: Path, account: Account | None) -> None:
    """Make a folder for one server alone."""
    home.mkdir(mode=0o700, exist_ok=True)
    give(home, account)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or folder of ours."""
    if account is not None:
        os.chown(path, account.user_id, account.group_id)


def _may_pass(path: Path, account: Account) -> bool:
    status = path.stat()
    if status.st_uid == account.user_id:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.group_id:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
