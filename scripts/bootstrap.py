"""Make `.venv` as `requirements.lock` says, once; the second call finds it done.

Standard library only: it runs on a machine that has Python and pip and nothing else. An install
that was cut short leaves its mark behind and is begun anew.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed"
UNFINISHED = ENVIRONMENT / "unfinished"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
"""Not the one in `.venv`, which may have to be made anew."""
PIP_OLDEST = (22, 3)
"""The first that installs for another Python (`--python`)."""
PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input")


def ensure() -> Path:
    """Install what is missing and tell the Python to use; leave with a sentence if it fails."""
    if not _is_installed():
        with _alone():
            if not _is_installed():
                _install()
    return PYTHON


def run_module(module: str, arguments: list[str]) -> None:
    """Become a module of this project, from whatever folder one is in."""
    python = str(ensure())
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    os.execve(python, [python, "-P", "-m", module, *arguments], environment)  # noqa: S606


def _is_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == _stamp() and not UNFINISHED.exists() and _runs()


def _stamp() -> str:
    """Tell what an install depends on: its place and what is to be installed."""
    wanted = hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest()
    return f"{ENVIRONMENT}\n{wanted}\n"


@contextmanager
def _alone() -> Iterator[None]:
    """Let one program install at a time; a pip that outlives it still counts as one."""
    root = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(root, True)
    try:
        fcntl.flock(root, fcntl.LOCK_EX)
        yield
    finally:
        os.close(root)


def _install() -> None:
    _require_pip()
    started = time.monotonic()
    if ENVIRONMENT.exists() and (UNFINISHED.exists() or _was_moved() or not _runs()):
        shutil.rmtree(ENVIRONMENT)
    if not ENVIRONMENT.exists():
        _say("Making .venv")
        _run("making .venv", BASE_PYTHON, "-m", "venv", "--without-pip", ENVIRONMENT)
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    _say("Installing the locked packages (once, about a minute)")
    _pip("--require-hashes", "--requirement", LOCK)
    _say("Installing the project")
    _pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    STAMP.write_text(_stamp())
    UNFINISHED.unlink()
    _say(f"Installed in {time.monotonic() - started:.0f} s")


def _was_moved() -> bool:
    """Tell whether `.venv` was made in another place: its programs name it."""
    return STAMP.exists() and STAMP.read_text().split("\n")[0] != str(ENVIRONMENT)


def _runs() -> bool:
    """Tell whether the Python that `.venv` was made of is still there."""
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0


def _require_pip() -> None:
    found = subprocess.run(
        [BASE_PYTHON, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        sys.exit(
            f"{BASE_PYTHON} has no pip. Install it (Debian, Ubuntu: apt install python3-pip; "
            "elsewhere: python3 -m ensurepip), then run this again."
        )
    version = found.stdout.split()[1]
    if tuple(int(part) for part in version.split(".")[:2]) < PIP_OLDEST:
        sys.exit(
            f"pip {version} is too old: at least 22.3 is needed. "
            f"Run `{BASE_PYTHON} -m pip install --upgrade pip`, then this again."
        )


def _pip(*arguments: str | Path) -> None:
    """Install into `.venv` with the pip outside: ensurepip may be missing here."""
    command = (BASE_PYTHON, "-m", "pip", "--python", PYTHON, "install", *PIP_OPTIONS, *arguments)
    _run("installing", *command)


def _run(what: str, *command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, close_fds=False
    )
    if done.returncode != 0:
        sys.exit(
            f"{done.stdout}{done.stderr}\n{what.capitalize()} failed: the reason stands above. If "
            "it is the network, check that pip reaches its package index (behind a proxy: "
            "HTTPS_PROXY); then run this again."
        )


def _say(words: str) -> None:
    print(f"· {words}", file=sys.stderr, flush=True)
