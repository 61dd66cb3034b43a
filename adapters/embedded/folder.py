"""The lock on the data folder: one program at a time.

The kernel frees it with its holder, so that a kill -9 leaves nothing behind. NATS takes no lock of
its own: two servers would open one store.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from adapters.embedded.errors import EmbeddedServerFailed, FolderHeld

LOCK_FILE = "lock"
PID_BYTES_MAX = 20


@contextmanager
def hold(folder: Path) -> Iterator[Path]:
    """Make the folder, hold it and tell its whole path; FolderHeld names the program that has it."""
    descriptor = _open_lock(folder)
    try:
        _take(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield folder.absolute()
    finally:
        os.close(descriptor)


def open_private(path: Path, flags: int) -> BinaryIO:
    """Open a file for writing that nobody else may read, made so from its first moment."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "wb")


def _open_lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EmbeddedServerFailed(
            f"{folder} cannot be used as a data folder ({error.strerror}): choose another, or "
            "start as the user it belongs to."
        ) from error


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, PID_BYTES_MAX, 0).decode() or "unknown"
        raise FolderHeld(
            f"{folder} is in use by process {holder}: stop that program, or choose another folder."
        ) from error
