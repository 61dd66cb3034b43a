"""The simulator in the gate: a few hundred schedules, and that a seed is one schedule for ever."""

import pytest

from scripts.simulation.__main__ import app
from scripts.simulation.schedule import run_schedule
from scripts.simulation.summary import Summary

SCHEDULES = 250
KINDS = {
    "crash",
    "delay",
    "clock_jump",
    "NotSent",
    "ServerAway",
    "late_commit",
    "double",
    "disorder",
    "second_runner",
    "slow",
    "refuse",
    "fail",
    "hang",
    "reset",
}


def test_no_schedule_breaks_an_invariant_and_every_fault_struck() -> None:
    summary = Summary()
    for seed in range(SCHEDULES):
        summary.add(run_schedule(seed))

    assert summary.failed == []
    assert {kind for kind, times in summary.injected.items() if times} == KINDS


def test_the_same_seed_is_the_same_schedule_step_by_step() -> None:
    for seed in range(10):
        first, second = (run_schedule(seed, is_traced=True) for _ in range(2))

        assert first.trace == second.trace


def test_one_seed_is_shown_with_everything_that_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app(["--seed", "7"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == run_schedule(7).steps + 1
    assert lines[-1] == "seed 7: all invariants hold"


def test_many_seeds_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["--schedules", "3", "--seed", "5"]) == 0

    assert capsys.readouterr().out.startswith("3 schedules in ")
