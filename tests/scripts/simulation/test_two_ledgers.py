"""Both ledgers of money agree, whatever order refunds, answers, restarts and webhooks come in.

The long run is `scripts/simulate --refunds --schedules 5000`; `docs/reliability.md` has its figures.
"""

import pytest

from scripts.simulation.__main__ import app
from scripts.simulation.refund_world import REFUNDS
from scripts.simulation.schedule import run_schedule
from scripts.simulation.summary import Summary
from scripts.simulation.transitions import STEPS

SCHEDULES = 300


def test_in_no_schedule_do_the_ledgers_differ_and_every_step_of_refunds_was_gone() -> None:
    summary = Summary()
    for seed in range(SCHEDULES):
        summary.add(run_schedule(seed, REFUNDS))

    assert summary.failed == []
    assert [str(step) for step in STEPS if not summary.transitions[step]] == []


def test_a_run_of_refunds_tells_how_often_each_step_was_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app(["--refunds", "--schedules", "3"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("3 schedules in ")
    assert len(lines) == 3 + len(STEPS)
    assert any(line.endswith("  refund: nothing → requested") for line in lines)
