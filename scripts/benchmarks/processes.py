"""What processes use, as Linux counts it in `/proc`; a server counts with all that it started."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KIB_PER_MIB = 1_024
PUBLISHER = "publisher"
"""This process."""

GONE = (FileNotFoundError, ProcessLookupError)
"""A process may end while it is being looked at; its parent counts what it used."""


class Use(Struct, frozen=True, kw_only=True):
    """What one part of the ledger has used."""

    cpu_seconds: float
    memory_mib: float
    """Resident now; a page that several share is divided among them."""


class Standing(NamedTuple):
    """What `/proc/PID/stat` says."""

    name: str
    parent: int
    own_ticks: int
    ended_children_ticks: int


def use_by_part(name_by_pid: Mapping[int, str]) -> dict[str, Use]:
    """Measure this process and everything that it started; the nameless go by their program's."""
    standings = dict(_standings())
    me = os.getpid()
    parts = {PUBLISHER: _use([me], standings[me].own_ticks)}
    for pid, standing in standings.items():
        if standing.parent == me:
            tree = [*_tree(pid, standings)]
            ticks = sum(sum(standings[each][2:]) for each in tree)
            parts[name_by_pid.get(pid, standing.name)] = _use(tree, ticks)
    return parts


def _standings() -> Iterator[tuple[int, Standing]]:
    for folder in PROC.glob("[0-9]*"):
        with suppress(*GONE):
            yield int(folder.name), _standing((folder / "stat").read_text())


def _standing(text: str) -> Standing:
    before, _, after = text.rpartition(")")
    fields = after.split()
    user, system, children_user, children_system = map(int, fields[11:15])
    name = before.partition("(")[2]
    return Standing(name, int(fields[1]), user + system, children_user + children_system)


def _tree(pid: int, standings: Mapping[int, Standing]) -> Iterator[int]:
    yield pid
    for child, standing in standings.items():
        if standing.parent == pid:
            yield from _tree(child, standings)


def _use(pids: Iterable[int], ticks: int) -> Use:
    memory_kib = sum(map(_memory_kib, pids))
    return Use(cpu_seconds=ticks / TICKS_PER_SECOND, memory_mib=memory_kib / KIB_PER_MIB)


def _memory_kib(pid: int) -> int:
    with suppress(*GONE):
        for line in (PROC / f"{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
