"""Steps coroutines by hand, one at a time, and does at every effect whatever the seed says.

The rule to know: code of ours runs from one `reach` to the next without interruption, and every
effect on anything simulated stands between two of them; so the scheduler can run all the others
there, hold it up, let it fail, or end its process. The same seed does the same, always.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, TypeAlias

from scripts.simulation.faults import NO_FAULTS, Faults, delay, restart_delay, skew

BEGAN_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
STEPS_MAX = 60_000
"""A schedule that needs more never ends."""
TICKS = [timedelta(milliseconds=number) for number in range(20)]
"""How long a step takes: any of these."""
PROBES_MAX = 4
NO_SKEW = timedelta()
DATABASE = "database"

Main: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
Step: TypeAlias = Callable[[], object]


class Place(NamedTuple):
    """Where a strand waits."""

    name: str
    trouble: type[Exception] | None = None
    """What may go wrong here besides a crash."""
    is_ready: Callable[[], bool] | None = None
    until: datetime | None = None
    """Ready then in any case."""
    under_way: Step | None = None
    """What was sent off already, and may still take hold after its sender is gone."""

    def __await__(self) -> Generator["Place", None, None]:
        yield self


class Endless(Exception):
    """The schedule does not come to rest."""


class Strand:
    """A coroutine that is stepped by hand."""

    def __init__(self, role: str, coroutine: Coroutine[Any, Any, None]) -> None:
        self.role = role
        self.coroutine = coroutine
        self.place: Place | None = None
        self.held_until: datetime | None = None
        self.is_over = False


class Scheduler:
    """Runs roles, each with a memory of its own, in simulated time."""

    def __init__(self, random: Random, faults: Faults) -> None:
        self.random = random
        self.faults = faults
        self.time = BEGAN_AT
        self.alarms: list[Callable[[], datetime | None]] = []
        """When each part of the world next has something to do."""
        self.steps = 0
        self.injected: Counter[str] = Counter()
        self.trace: list[str] | None = None
        self._strands: list[Strand] = []
        self._mains: dict[str, Main] = {}
        self._to_start: list[tuple[datetime, str]] = []
        self._orphans: list[tuple[datetime, Step]] = []
        self._current: Strand | None = None
        self._skews: dict[str, timedelta] = {}

    def now(self) -> datetime:
        """Read the clock of the machine that the current strand runs on, which may jump."""
        role = self._current.role if self._current is not None else ""
        return self.time + self._skews.get(role, NO_SKEW)

    def steady_seconds(self) -> float:
        """Count the seconds, as every machine does however wrong its clock on the wall is."""
        return (self.time - BEGAN_AT).total_seconds()

    def database_now(self) -> datetime:
        """Read the clock of the machine that PostgreSQL runs on."""
        return self.time + self._skews.get(DATABASE, NO_SKEW)

    def calm(self) -> None:
        """End all faults, and set every clock right."""
        self.faults = NO_FAULTS
        self._skews.clear()

    def start(self, role: str, main: Main) -> None:
        """Run a role; after a crash it begins anew from nothing but what is stored."""
        self._mains[role] = main
        self._strands.append(Strand(role, main()))

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> Strand:
        """Run something beside the current strand, in the same process."""
        assert self._current is not None, "only a running strand spawns"
        strand = Strand(self._current.role, coroutine)
        self._strands.append(strand)
        return strand

    def run(self, until: datetime | None = None) -> None:
        """Step until that time, or until nothing is left to do but wait for nothing."""
        while until is None or self.time < until:
            self._begin_what_is_due()
            strand = self._any_ready()
            if strand is not None:
                self._step(strand)
            elif not self._advance(until):
                return

    def close(self) -> None:
        """Let go of everything."""
        for strand in self._strands:
            strand.coroutine.close()
        self._strands.clear()

    def _any_ready(self) -> Strand | None:
        """Choose by chance; to look at all of them each time would cost most of a schedule."""
        strands, count = self._strands, len(self._strands)
        for _ in range(PROBES_MAX if count else 0):
            strand = strands[int(self.random.random() * count)]
            if self._is_ready(strand):
                return strand
        first = int(self.random.random() * count)
        for number in range(first, first + count):
            if self._is_ready(strands[number % count]):
                return strands[number % count]
        return None

    def _is_ready(self, strand: Strand) -> bool:
        if strand.held_until is not None:
            return strand.held_until <= self.time
        place = strand.place
        if place is None or (place.until is not None and place.until <= self.time):
            return True
        return place.until is None if place.is_ready is None else place.is_ready()

    def _advance(self, until: datetime | None) -> bool:
        """Let time pass up to whatever comes next; False if nothing does."""
        times = [at for at, _ in self._to_start] + [at for at, _ in self._orphans]
        times += [at for at in map(_waits_until, self._strands) if at and at > self.time]
        times += [at for alarm in self.alarms if (at := alarm()) and at > self.time]
        if until is not None:
            times.append(until)
        if not times:
            return False
        self.time = min(times)
        return True

    def _begin_what_is_due(self) -> None:
        if self._to_start:
            due = [role for at, role in self._to_start if at <= self.time]
            self._to_start = [one for one in self._to_start if one[0] > self.time]
            self._strands += [Strand(role, self._mains[role]()) for role in due]
        if self._orphans:
            steps = [step for at, step in self._orphans if at <= self.time]
            self._orphans = [one for one in self._orphans if one[0] > self.time]
            for step in steps:
                step()

    def _step(self, strand: Strand) -> None:
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise Endless(f"{STEPS_MAX} steps, the last of {strand.role} at {strand.place}")
        self.time += TICKS[int(self.random.random() * len(TICKS))]
        place = strand.place
        fault = self.faults.strikes(self.random, place.trouble) if place is not None else None
        if self.trace is not None:
            self._note(strand, fault)
        if place is None or fault is None:
            self._resume(strand, None)
        else:
            self._inject(strand, place, fault)

    def _note(self, strand: Strand, fault: str | None) -> None:
        assert self.trace is not None
        name = strand.place.name if strand.place else "begins"
        word = f"  ← {fault}" if fault else ""
        self.trace.append(f"{self.time:%H:%M:%S.%f} {strand.role:<12} {name}{word}")

    def _inject(self, strand: Strand, place: Place, fault: str) -> None:
        if fault == "trouble":
            assert place.trouble is not None
            self.injected[place.trouble.__name__] += 1
            self._leave_under_way(place)
            self._resume(strand, place.trouble("simulated"))
            return
        self.injected[fault] += 1
        if fault == "crash":
            self._crash(strand.role)
        elif fault == "delay":
            strand.held_until = self.time + delay(self.random)
        else:
            self._skews[self.random.choice((strand.role, DATABASE))] = skew(self.random)

    def _crash(self, role: str) -> None:
        """Kill a process: what it had sent off may still take hold."""
        killed = [one for one in self._strands if one.role == role]
        self._strands = [one for one in self._strands if one.role != role]
        for one in killed:
            if one.place is not None:
                self._leave_under_way(one.place)
            one.is_over = True
            one.coroutine.close()
        self._to_start.append((self.time + restart_delay(self.random), role))

    def _leave_under_way(self, place: Place) -> None:
        if place.under_way is not None and self.random.random() < self.faults.late_commit:
            self.injected["late_commit"] += 1
            self._orphans.append((self.time + delay(self.random), place.under_way))

    def _resume(self, strand: Strand, trouble: Exception | None) -> None:
        self._current = strand
        strand.held_until = None
        try:
            if trouble is None:
                strand.place = strand.coroutine.send(None)
            else:
                strand.place = strand.coroutine.throw(trouble)
        except StopIteration:
            strand.is_over = True
            self._strands.remove(strand)
        finally:
            self._current = None


def _waits_until(strand: Strand) -> datetime | None:
    return strand.held_until or (strand.place.until if strand.place else None)
