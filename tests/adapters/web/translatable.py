"""Every text that a page can show: of the templates, of the code that speaks, and codes' words."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, get_args

from babel.messages.extract import extract_from_dir
from msgspec.structs import fields

from adapters.alerts.channel import Channel
from adapters.auth.roles import Role
from adapters.display.words import words_of
from adapters.reading.sales_report import RangeWord
from adapters.web.badges import BADGES
from adapters.web.orders.filters_view import YES_NO
from adapters.web.panel.actions import WORD_BY_FIELD
from domain.configuration.settings import ActionLevel, ActionSettings
from domain.order.attention import AttentionKind
from domain.order.values import LineKind
from projections.open_refunds.projection import OpenKind
from projections.order_view.history import WATCHED
from projections.order_view.provider_words import WORDS_BY_PROVIDER
from projections.sales.queries import Dimension
from tests.adapters.web.codes import ERROR_CODES, NAMES, PART_CODES, PAYMENT_CODES

Text: TypeAlias = str | tuple[str, ...]
"""A text, or its singular and plural."""

ROOT = Path(__file__).parents[3]
SPEAKING = ("domain", "projections", "adapters")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
NAMING = frozenset({"title", "label", "TITLE", "LABELS"})
"""What holds English that a template translates: a keyword, a variable, a table."""
STATES = (Channel, Role, RangeWord, ActionLevel, AttentionKind, LineKind, OpenKind, Dimension)


def texts() -> set[Text]:
    """Collect them all."""
    return {*_of_templates(), *_of_code(), *(words_of(code) for code in _codes())} - set(NAMES)


def _of_templates() -> Iterator[Text]:
    """Find what templates and what code around them hand to gettext."""
    found = extract_from_dir(
        ROOT / "adapters" / "web",
        method_map=[("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": TEMPLATES},
        keywords=KEYWORDS,
        comment_tags=(),
    )
    for _, _, text, _, _ in found:
        yield text if isinstance(text, str) else tuple(str(form) for form in text)


def _of_code() -> Iterator[Text]:
    for folder in SPEAKING:
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text())
            if "domain.phrase" in _imported(tree):
                yield from _said(tree)
            if file.is_relative_to(ROOT / "adapters" / "web"):
                yield from _named(tree)


def _imported(tree: ast.Module) -> set[str | None]:
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def _said(tree: ast.Module) -> Iterator[str]:
    """Find the templates of phrases: literals, or a table of this module."""
    tables = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "say":
            continue
        match call.args[0]:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Subscript(value=ast.Name(id=name)):
                yield from _strings(tables[name])
            case other:
                raise AssertionError(f"no literal: {ast.unparse(other)}")


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=name, value=value) if name in NAMING:
                yield from _strings(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMING:
                yield from _strings(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                name in NAMING
            ):
                yield from _strings(value)
            case ast.Call(func=ast.Name(id="Dialog"), args=[_, ast.Constant(value=str(title))]):
                yield title


def _strings(value: ast.expr) -> Iterator[str]:
    """Give a literal, or the values of a table."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Dict(values=values):
            for one in values:
                yield from _strings(one)


def _codes() -> Iterator[str]:
    """Go through the codes that pages show as words."""
    for states in (*BADGES, *STATES):
        assert issubclass(states, StrEnum)
        yield from (state.value for state in states)
    for settings in get_args(ActionSettings):
        yield str(settings.__struct_config__.tag)
        yield from (field.name for field in fields(settings))
    yield from (*WATCHED, *WORD_BY_FIELD.values(), *YES_NO.values(), "kind")
    yield from (*ERROR_CODES, *PART_CODES, *PAYMENT_CODES, *WORDS_BY_PROVIDER)
