"""The documented matrix of facts and commands, as a program reads it from `docs/domain.md`."""

from pathlib import Path
from typing import NamedTuple

from domain.order.stages import OrderStatus

PAGE = Path(__file__).parents[2] / "docs" / "domain.md"
NONE = "—"
THE_LIFECYCLES_WORD = "the lifecycle's word"
LIFECYCLE = frozenset(OrderStatus) - {OrderStatus.PARTIALLY_REFUNDED, OrderStatus.REFUNDED}


class Fact(NamedTuple):
    """A row of the facts' table."""

    commands: frozenset[str]
    who: frozenset[str]
    statuses: frozenset[OrderStatus]


def documented_facts() -> dict[str, Fact]:
    """Read the table of facts."""
    return {
        _plain(name): Fact(
            frozenset(map(_plain, commands.split(", "))),
            frozenset(who.split(", ")),
            _statuses(status),
        )
        for name, commands, who, status in _rows("| Fact |")
    }


def documented_commands() -> dict[str, frozenset[str]]:
    """Read who may ask what."""
    return {_plain(name): frozenset(who.split(", ")) for name, who, _ in _rows("| Command |")}


def documented_refusals() -> dict[str, bool]:
    """Read the codes, and which of them wait."""
    return {_plain(code): waits == "yes" for code, waits, _ in _rows("| Code |")}


def _rows(heading: str) -> list[list[str]]:
    lines = PAGE.read_text().splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(heading)) + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def _plain(cell: str) -> str:
    return cell.strip("`")


def _statuses(cell: str) -> frozenset[OrderStatus]:
    found: set[OrderStatus] = set()
    for word in cell.split(", "):
        if word == THE_LIFECYCLES_WORD:
            found |= LIFECYCLE
        elif word != NONE:
            found.add(OrderStatus(word.lower().replace(" ", "_")))
    return frozenset(found)
