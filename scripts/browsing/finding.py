"""Where a Chromium is on this machine.

The rule to know: what `LEDGER_BROWSER` names comes first; then the usual programs, the usual
places of other systems, and the one that Playwright installs for itself.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

VARIABLE = "LEDGER_BROWSER"
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    r"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It shows pages of this machine only, and asks nobody else for anything."""


def find_browser(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find a browser that Playwright can drive; None if there is none."""
    return next((path for path in _candidates(environ) if path.exists()), None)


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get(VARIABLE):
        yield Path(named)
        return
    yield from (Path(found) for name in PROGRAMS if (found := shutil.which(name)))
    yield from map(Path, PLACES)
    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)
