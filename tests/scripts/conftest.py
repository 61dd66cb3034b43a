"""The real file: tests of it are collected where ORDER_LEDGER_RETAIL_CSV names it, always under CI."""

import os
from pathlib import Path

import pytest

RETAIL_FILE_VARIABLE = "ORDER_LEDGER_RETAIL_CSV"

collect_ignore = (
    [] if RETAIL_FILE_VARIABLE in os.environ or "CI" in os.environ else ["test_real_file.py"]
)


@pytest.fixture(scope="session")
def retail_file() -> Path:
    """The real file; that it is not there under CI is a failure."""
    name = os.environ.get(RETAIL_FILE_VARIABLE, "")
    assert name, f"{RETAIL_FILE_VARIABLE} must name the real file under CI"
    file = Path(name)
    assert file.is_file(), f"{file} is not there"
    return file
