"""The checker finds every way in which a feed could lie."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.check_totals import differences, main
from scripts.feeding.retail_lines import HEADING
from tests.scripts.examples import MUG, TRAY

LINES = (
    MUG,
    TRAY,
    "C900009,10001,BLUE MUG,-2,12/2/10 9:00,2.55,70001,United Kingdom",
    "900002,10003,,4,12/2/10 9:00,0,,France",
    "900003,10003,FORK,4,12/2/10 9:00,0.25,70002,France",
    "537",
)
SUMMARY: dict[str, Any] = {
    "orders": 2,
    "lines_read": 6,
    "lines_used": 4,
    "lines_unused": {"malformed_line": 1, "zero_price": 1},
    "totals": [
        {"country": "FR", "currency": "GBP", "gross": 100, "refunded": 0},
        {"country": "GB", "currency": "GBP", "gross": 2780, "refunded": 510},
    ],
}
UNUSED = [["5", "zero_price", "", LINES[3]], ["7", "malformed_line", "", "537"]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    path.write_text("\n".join((HEADING, *LINES)), encoding="utf-8")
    return path


def test_a_true_account_passes(file: Path) -> None:
    assert not list(differences(file, SUMMARY, UNUSED))


def _penny(summary: dict[str, Any], _: list[list[str]]) -> None:
    summary["totals"][1]["gross"] += 1


def _refund(summary: dict[str, Any], _: list[list[str]]) -> None:
    summary["totals"][1]["refunded"] = 0


def _country(summary: dict[str, Any], _: list[list[str]]) -> None:
    del summary["totals"][0]


def _orders(summary: dict[str, Any], _: list[list[str]]) -> None:
    summary["orders"] = 3


def _count(summary: dict[str, Any], _: list[list[str]]) -> None:
    summary["lines_used"] = 5


def _reason(summary: dict[str, Any], _: list[list[str]]) -> None:
    summary["lines_unused"] = {"malformed_line": 2}


def _unreported(_: dict[str, Any], unused: list[list[str]]) -> None:
    unused.pop()


def _overreported(_: dict[str, Any], unused: list[list[str]]) -> None:
    unused.append(["2", "zero_price", "", MUG])


def _twice(_: dict[str, Any], unused: list[list[str]]) -> None:
    unused.append(unused[0])


def _other_text(_: dict[str, Any], unused: list[list[str]]) -> None:
    unused[0][3] = "something else"


@pytest.mark.parametrize(
    "falsify",
    [
        _penny,
        _refund,
        _country,
        _orders,
        _count,
        _reason,
        _unreported,
        _overreported,
        _twice,
        _other_text,
    ],
)
def test_a_false_account_does_not(
    file: Path, falsify: Callable[[dict[str, Any], list[list[str]]], None]
) -> None:
    summary, unused = json.loads(json.dumps(SUMMARY)), [list(row) for row in UNUSED]
    falsify(summary, unused)
    assert list(differences(file, summary, unused))


def test_it_reads_the_summary_from_the_last_line(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary, report = tmp_path / "summary", tmp_path / "unused.csv"
    summary.write_text(f"The ledger runs.\n{json.dumps(SUMMARY)}\n", encoding="utf-8")
    report.write_text(
        f'line,reason,detail,text\n5,zero_price,,"{LINES[3]}"\n7,malformed_line,,537\n',
        encoding="utf-8",
    )
    assert main([str(file), str(summary), str(report)]) == 0
    assert "to the penny" in capsys.readouterr().out
