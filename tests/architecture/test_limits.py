"""What every file must keep to; which folder may import which is checked by import-linter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("domain", "projections", "processors", "adapters", "scripts")
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH_IN_PROSE = re.compile(
    r"`((?:domain|projections|processors|adapters|scripts|tests|docs)/[\w./-]+)`"
)
TEST_IN_PROSE = re.compile(r"`(?:[\w/]+\.py::)?(test_\w+)`")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_tells_one_story_in_few_lines(path: Path) -> None:
    text = path.read_text()

    assert text.count("\n") <= FILE_LINES_MAX
    assert [name for name, lines in _functions(text) if lines > FUNCTION_LINES_MAX] == []


def test_every_file_says_what_it_is() -> None:
    silent = [path for path in SOURCES if ast.get_docstring(ast.parse(path.read_text())) is None]

    assert silent == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_files_that_there_are(page: Path) -> None:
    text = page.read_text()
    linked = [page.parent / target for target in LINK.findall(text)]
    named = [ROOT / target for target in PATH_IN_PROSE.findall(text)]

    assert [str(path) for path in (*linked, *named) if not path.exists()] == []


def test_the_pages_name_only_tests_that_there_are() -> None:
    named = {name for page in PAGES for name in TEST_IN_PROSE.findall(page.read_text())}
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    known = {name for text in texts for name, _ in _functions(text)}

    assert named
    assert named - known == set()


def _functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
