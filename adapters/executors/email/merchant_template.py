"""A merchant's own template, filled in: placeholders, `or`, and `{% if %}`, and nothing more.

The rule to know: the template is read before it is run, and what is not in the list below is
refused; so there is no loop, no arithmetic and no call that could take time or memory.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATES_KEPT_MAX = 256
SIGNS_MAX = 2_500
"""About 500 placeholders: reading them takes time, in which nothing else runs."""
DEPTH_MAX = 20
"""Of conditions in conditions and of `or` after `or`; the library's time grows with its cube."""
NO_SIGNS = frozenset({"data", "whitespace"})
PARTS = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
)
ALLOWED = "placeholders, `or`, `and`, `not`, texts in quotes and {% if %}"
TOO_DEEP = "The template is nested too deeply."

_ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, keep_trailing_newline=True)


class TemplateWrong(Exception):
    """A template cannot be filled in; the words say what is wrong with it."""


def fill_in_template(source: str, values: Mapping[str, str], length_max: int) -> str:
    """Fill in a template; raise TemplateWrong."""
    pieces, length = [], 0
    for piece in _compiled(source, tuple(values)).generate(_nested(values)):
        pieces.append(piece)
        length += len(piece)
        if length > length_max:
            raise TemplateWrong(f"The text grows beyond {length_max} characters.")
    return "".join(pieces)


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def _compiled(source: str, known: tuple[str, ...]) -> Template:
    try:
        _require_short(source)
        for node in _ENVIRONMENT.parse(source).iter_child_nodes():
            _require_allowed(node, known, DEPTH_MAX)
        return _ENVIRONMENT.from_string(source)
    except TemplateSyntaxError as error:
        raise TemplateWrong(f"Line {error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise TemplateWrong(TOO_DEEP) from error
    except ValueError as error:
        raise TemplateWrong("The template holds a number that is too long.") from error


def _require_short(source: str) -> None:
    signs = (line for line, kind, _ in _ENVIRONMENT.lex(source) if kind not in NO_SIGNS)
    line = next(islice(signs, SIGNS_MAX, None), None)
    if line is not None:
        raise TemplateWrong(f"Line {line}: there are too many placeholders, about 500 are allowed.")


def _require_allowed(node: nodes.Node, known: tuple[str, ...], depth_left: int) -> None:
    if not depth_left:
        raise TemplateWrong(TOO_DEEP)
    if not isinstance(node, PARTS):
        name = type(node).__name__
        raise TemplateWrong(f"Line {node.lineno}: {name} is not allowed; use {ALLOWED}.")
    placeholder = _placeholder(node)
    if placeholder is not None:
        _require_known(placeholder, node.lineno, known)
        return
    for child in node.iter_child_nodes():
        _require_allowed(child, known, depth_left - 1)


def _placeholder(node: nodes.Node) -> str | None:
    """Write a name as the template does; None for other nodes."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_placeholder(node.node) or '…'}.{node.attr}"
    return None


def _require_known(placeholder: str, line: int, known: tuple[str, ...]) -> None:
    if placeholder not in known:
        names = ", ".join(known)
        raise TemplateWrong(
            f"Line {line}: there is no placeholder {{{{ {placeholder} }}}}; there are {names}."
        )


def _nested(values: Mapping[str, str]) -> dict[str, str | dict[str, str]]:
    """Turn `customer.email` into what Jinja finds under that name."""
    nested: dict[str, str | dict[str, str]] = {}
    for placeholder, value in values.items():
        group, _, name = placeholder.rpartition(".")
        if group:
            members = nested.setdefault(group, {})
            assert isinstance(members, dict)
            members[name] = value
        else:
            nested[name] = value
    return nested
