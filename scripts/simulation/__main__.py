"""`scripts/simulate`: many schedules, or one again with all that happened in it."""

import logging
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from typing import Annotated

import structlog
from cyclopts import App, Parameter, validators

from adapters.running.garbage import collect_seldom
from scripts.feeding.reporting import progress_bar
from scripts.simulation.refund_world import REFUNDS
from scripts.simulation.schedule import Result, run_schedule
from scripts.simulation.summary import Summary
from scripts.simulation.world import RIGHT, Wiring

PORTION = 50
"""Schedules that a job takes at a time."""
SEED_DEFAULT = 1
FAILURES_SHOWN_MAX = 5
SILENT = structlog.make_filtering_bound_logger(logging.CRITICAL)
"""What roles log while their servers fail on purpose is of no use to anybody."""

WIRINGS: Mapping[bool, Wiring] = {False: RIGHT, True: REFUNDS}
"""Whether people do hardly anything but refund."""
Positive = Parameter(validator=validators.Number(gte=1))

app = App(
    name="scripts/simulate",
    help="Run the ledger's rules and followers in a simulated world full of trouble.",
    help_format="plaintext",
    result_action="return_value",
)


@app.default
def simulate(
    *,
    schedules: Annotated[int | None, Positive] = None,
    seed: int | None = None,
    jobs: Annotated[int, Positive] = 1,
    refunds: bool = False,
) -> int:
    """Run schedules of the seeds from `seed` on; without a number, one of them and its trace.

    Parameters
    ----------
    schedules
        How many; each has a seed of its own, counted up from `seed`.
    seed
        The first seed. Alone: run just this schedule again and show every step of it.
    jobs
        Processes that share the work.
    refunds
        People do hardly anything but refund; tells how often refunds and transfers went each step.
    """
    structlog.configure(wrapper_class=SILENT)
    if schedules is None and seed is not None:
        return _replay(seed, is_refunds=refunds)
    first = SEED_DEFAULT if seed is None else seed
    summary = Summary()
    began = time.perf_counter()
    with progress_bar("schedules", total=schedules or 1) as advance:
        for result in _results(range(first, first + (schedules or 1)), jobs, is_refunds=refunds):
            summary.add(result)
            advance(1)
            if result.problem and len(summary.failed) <= FAILURES_SHOWN_MAX:
                print(_failure(result, is_refunds=refunds), flush=True)
    print(summary.text(time.perf_counter() - began))
    if refunds:
        print(summary.steps())
    return 1 if summary.failed else 0


def _replay(seed: int, *, is_refunds: bool) -> int:
    result = run_schedule(seed, WIRINGS[is_refunds], is_traced=True)
    print("\n".join(result.trace))
    failure = _failure(result, is_refunds=is_refunds)
    print(failure if result.problem else f"seed {seed}: all invariants hold")
    return 1 if result.problem else 0


def _results(seeds: range, jobs: int, *, is_refunds: bool) -> Iterator[Result]:
    run = partial(_run_portion, is_refunds=is_refunds)
    if jobs == 1:
        collect_seldom()
        yield from chain.from_iterable(run(range(seed, seed + 1)) for seed in seeds)
        return
    portions = [seeds[start : start + PORTION] for start in range(0, len(seeds), PORTION)]
    with ProcessPoolExecutor(jobs, initializer=_begin_job) as pool:
        yield from chain.from_iterable(pool.map(run, portions))


def _begin_job() -> None:
    structlog.configure(wrapper_class=SILENT)
    collect_seldom()


def _run_portion(seeds: range, *, is_refunds: bool) -> list[Result]:
    return [run_schedule(seed, WIRINGS[is_refunds]) for seed in seeds]


def _failure(result: Result, *, is_refunds: bool) -> str:
    again = f"scripts/simulate{' --refunds' if is_refunds else ''} --seed {result.seed}"
    return f"seed {result.seed} FAILED: {result.problem}\n  again: {again}"


if __name__ == "__main__":
    sys.exit(app())
