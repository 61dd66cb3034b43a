"""One schedule from its seed: faults for a while, then calm until nothing is left, then judgement."""

import traceback
from collections import Counter
from datetime import timedelta

from msgspec import Struct

from scripts.simulation.histories import Broken
from scripts.simulation.invariants import check
from scripts.simulation.ledgers import check_ledgers
from scripts.simulation.scheduler import BEGAN_AT
from scripts.simulation.transitions import Step
from scripts.simulation.world import RIGHT, Wiring, World

FAULTY = timedelta(minutes=30)


class Result(Struct, kw_only=True):
    """What became of one schedule."""

    seed: int
    problem: str = ""
    """Why it failed; empty if all is well."""
    steps: int = 0
    injected: Counter[str] = Counter()
    events: int = 0
    runs: int = 0
    calls: int = 0
    emails: int = 0
    asks: int = 0
    """Of payment providers, for refunds."""
    transitions: Counter[Step] = Counter()
    """Steps of refunds and their transfers."""
    trace: list[str] = []


def run_schedule(seed: int, wiring: Wiring = RIGHT, *, is_traced: bool = False) -> Result:
    """Run the schedule of a seed; the same each time."""
    world = World(seed, wiring)
    trace: list[str] = []
    if is_traced:
        world.scheduler.trace = trace
    problem, transitions = _judged(world)
    world.scheduler.close()
    names = Counter(row.name for row in world.tables.rows)
    return Result(
        seed=seed,
        problem=problem,
        steps=world.scheduler.steps,
        injected=world.scheduler.injected,
        events=len(world.tables.rows),
        runs=names["ActionRequested"],
        calls=world.receivers.calls.total(),
        emails=world.receivers.emails,
        asks=sum(bank.asked for bank in world.banks.values()),
        transitions=transitions,
        trace=trace,
    )


def _judged(world: World) -> tuple[str, Counter[Step]]:
    """Run it to its end; say what is wrong, and which steps refunds went."""
    try:
        world.scheduler.run(BEGAN_AT + FAULTY)
        world.scheduler.calm()
        world.scheduler.run()
        return "", check_ledgers(world, check(world))
    except Broken as broken:
        return str(broken), Counter()
    except Exception as problem:  # noqa: BLE001 - whatever a schedule ends with is its finding
        places = "".join(traceback.format_tb(problem.__traceback__)[-3:])
        return f"{type(problem).__name__}: {problem}\n{places}", Counter()
