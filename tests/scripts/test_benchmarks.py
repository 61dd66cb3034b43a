"""The benchmarks at their smoke size, so that they cannot rot; no figure is judged here."""

import subprocess
import sys

import msgspec
import pytest

from scripts.benchmarks.__main__ import BENCHMARKS, Report
from scripts.benchmarks.figure import figure


@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_a_benchmark_reports_ours_beside_its_peer(name: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks", name, "--size", "smoke", "--json"],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    assert answer.returncode == 0, answer.stderr
    report = msgspec.json.decode(answer.stdout.splitlines()[-1], type=Report)
    assert [it for it in report.figures if it.name.startswith(name)] == report.figures
    assert all(it.ours > 0 and it.peer > 0 and it.rounds == 1 for it in report.figures)


def test_a_figure_is_met_by_the_median_of_its_ratios() -> None:
    pairs = [(7.0, 10.0), (8.0, 10.0), (1.0, 10.0)]

    found = figure(pairs, name="P0", what="made up", unit="x/s", peer_name="peer", ratio_target=0.7)

    assert found.met
    assert (found.ratio.least, found.ratio.median, found.ratio.most) == (0.1, 0.7, 0.8)
    assert not figure(
        pairs, name="P0", what="made up", unit="x/s", peer_name="peer", ratio_target=0.71
    ).met
