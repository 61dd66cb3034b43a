"""`docs/seed-coverage.md` names tests that there are, and every test of the seed is named in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "seed-coverage.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (?!Sentence |---)", re.MULTILINE)
SENTENCES = 25
"""Of the three sections, or parts of sentences that say two things."""


def names_in(path: Path) -> Iterator[str]:
    """Name the tests of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_":
            yield node.name


def test_every_sentence_is_stated_by_tests_that_there_are() -> None:
    rows = [line for line in PAGE.splitlines() if ROW.match(line)]
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(PAGE)
        if not (ROOT / path).exists() or name not in set(names_in(ROOT / path))
    ]

    assert missing == []
    assert len(rows) == SENTENCES
    assert all(NAMED.search(row) for row in rows)


def test_every_test_of_the_seed_stands_beside_its_sentence() -> None:
    named = set(NAMED.findall(PAGE))
    stated = {
        (str(path.relative_to(ROOT)), name)
        for path in ROOT.glob("tests/journeys/test_seed_*.py")
        for name in names_in(path)
    }

    assert stated <= named
