"""Installs a browser where that can be done without asking: Debian's as root, else Playwright's own.

The rule to know: it may fail, on a machine without a network above all. Then the tests say so: they
are skipped with a sentence, and fail where CI promises a browser.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.browsing.finding import find_browser

BROWSERS = ("chromium-headless-shell", "chromium")
"""The first starts three times as fast and has no window; not every Debian has it."""
FONTS = ("fonts-inter", "fonts-liberation")
"""The page's own letters, so that what is measured and drawn is the same everywhere."""
INSTALL_SECONDS_MAX = 600
DEBIANS = ("apt-get", "install", "--quiet", "--yes", "--no-install-recommends")
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def ensure_browser() -> Path | None:
    """Find a browser, or install one and find it then; None where neither can be done."""
    found = find_browser()
    if found is None:
        print(
            "· Installing a browser for the tests of the pages (once)", file=sys.stderr, flush=True
        )
        _install()
        found = find_browser()
    return found


def _install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "--quiet")
        for browser in BROWSERS:
            _run(*DEBIANS, browser, *FONTS)
            if find_browser():
                return
    else:
        _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> None:
    """Run a command whose failure is told by what is then missing; its words go to the terminal."""
    try:
        subprocess.run(
            command,
            check=False,
            env=os.environ | QUIET,
            stdout=sys.stderr,
            timeout=INSTALL_SECONDS_MAX,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"· {command[0]}: {type(problem).__name__}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(0 if ensure_browser() else "No browser could be found or installed.")
