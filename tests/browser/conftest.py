"""A real browser for the pages' scripts: any Chromium of this machine.

It is looked for at `$LEDGER_BROWSER`, by its names on PATH, in its usual places, and where Playwright
keeps its own. Without one these tests are skipped; under CI that is a failure, for a suite that was
skipped must not look green.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
NONE_FOUND = (
    "No Chromium was found: install one, or name it in LEDGER_BROWSER, to test the scripts."
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = next(_found(), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(NONE_FOUND)
    if found is None:
        pytest.skip(NONE_FOUND)
    return found


def _found() -> Iterator[str]:
    named = os.environ.get("LEDGER_BROWSER")
    if named:
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    yield from (place for place in PLACES if Path(place).exists())
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        yield own
