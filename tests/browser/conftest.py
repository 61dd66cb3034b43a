"""A real browser for the pages' scripts: any Chromium of this machine.

Without one these tests are skipped; under CI that is a failure, for a suite that was skipped must
not look green. `scripts/test` installs one where it can.
"""

import os

import pytest

from scripts.browsing.finding import VARIABLE, find_browser

NONE_FOUND = f"No Chromium was found: install one, or name it in {VARIABLE}, to test the scripts."


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = find_browser()
    if found is None and os.environ.get("CI"):
        pytest.fail(NONE_FOUND)
    if found is None:
        pytest.skip(NONE_FOUND)
    return str(found)
