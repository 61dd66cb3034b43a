"""`scripts/run` on an empty folder with JSON lines: what the ledger then says of them."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.up import DEMO_SHOP as SERVED_SHOP
from scripts.feeding.catalogue import Addresses
from scripts.feeding.generated import generated_messages, spread_over
from scripts.feeding.messages import DEMO_SHOP, write_lines
from tests.scripts.examples import NOW
from tests.scripts.tally import Asked, filters, orders_of
from tests.scripts.whole_run import (
    StandingRun,
    last_line,
    run_to_the_end,
    said_at_start,
    standing_run,
)

NOWHERE = Addresses(**dict.fromkeys(("kajabi", "books", "crm"), "http://127.0.0.1:9"))
"""Never called: a file's orders may not name this machine."""
RULES = spread_over(timedelta(days=20), 400, NOW, 1, (DEMO_SHOP,), addresses=NOWHERE)
MESSAGES = list(generated_messages(RULES))
ORDERS = orders_of(message.body for message in MESSAGES)
FILTERS = filters(ORDERS)
NOT_A_MESSAGE = b"not a message"
REFUSED = (
    MESSAGES[-1]
    .body.replace(b'"specversion":"1.0"', b'"specversion":"0.3"')
    .replace(b'"id":"', b'"id":"refused-')
)
STARTED = next(message.body for message in MESSAGES if message.subject.endswith("order-started-v1"))
OTHER_CONTENT = STARTED.replace(b'"link":{"id":"', b'"link":{"id":"other-')


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("orders") / "orders.jsonl"
    with path.open("wb") as lines:
        write_lines(MESSAGES, lines)
        lines.write(b"\n".join((NOT_A_MESSAGE, REFUSED, OTHER_CONTENT)))
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[StandingRun]:
    with standing_run(tmp_path_factory.mktemp("ledger") / "data", file) as standing:
        yield standing


def test_the_shop_of_made_up_orders_is_one_that_a_fresh_ledger_serves() -> None:
    assert DEMO_SHOP == SERVED_SHOP


def test_every_line_is_used_or_reported_with_its_reason(run: StandingRun) -> None:
    assert run.summary["lines_read"] == len(MESSAGES) + 3
    assert run.summary["lines_used"] == len(MESSAGES)
    assert run.summary["lines_unused"] == {"not_a_message": 1, "refused_by_ledger": 2}
    with (run.folder / "unused-lines.csv").open(encoding="utf-8", newline="") as file:
        report = [(int(row[0]), row[1], row[2].split(":")[0]) for row in list(csv.reader(file))[1:]]
    assert [row[:2] for row in report] == [
        (len(MESSAGES) + 1, "not_a_message"),
        (len(MESSAGES) + 2, "refused_by_ledger"),
        (len(MESSAGES) + 3, "refused_by_ledger"),
    ]
    assert [row[2] for row in report[1:]] == ["invalid_envelope", "id_reused"]


def test_the_totals_are_those_of_the_lines(run: StandingRun) -> None:
    gross: Counter[tuple[str, str]] = Counter()
    refunded: Counter[tuple[str, str]] = Counter()
    for order in ORDERS:
        if "form" in order:
            key = (order["form"]["country"], order["form"]["currency"])
            is_paid = order["received"] >= order["form"]["total"]
            gross[key] += order["form"]["total"] * is_paid
            refunded[key] += order["refunded"]
    assert run.summary["orders"] == len(ORDERS) == 400
    assert run.summary["totals"] == [
        {"country": key[0], "currency": key[1], "gross": gross[key], "refunded": refunded[key]}
        for key in sorted(gross)
    ]


@pytest.mark.parametrize("asked", FILTERS, ids=lambda asked: f"{asked.name}-{asked.value}")
def test_each_filter_finds_what_an_independent_count_finds(run: StandingRun, asked: Asked) -> None:
    name, value, finds = asked
    expected = sum(map(finds, ORDERS))
    assert 0 < expected < len(ORDERS)
    assert run.ask_http(**{name: value})["count"]["count"] == expected


def test_feeding_the_same_again_on_the_same_folder_changes_nothing(
    tmp_path: Path, file: Path
) -> None:
    first = last_line(run_to_the_end(tmp_path / "data", file))
    again = last_line(run_to_the_end(tmp_path / "data", file))
    assert first == again
    assert first["orders"] == len(ORDERS)


def test_a_run_on_a_folder_that_has_orders_goes_on_without_a_first_batch(tmp_path: Path) -> None:
    first = last_line(run_to_the_end(tmp_path / "data", None, "--count=20"))
    again = last_line(run_to_the_end(tmp_path / "data"))
    more = last_line(run_to_the_end(tmp_path / "data", None, "--count=5"))
    assert [first["orders"], again["orders"], more["orders"]] == [20, 20, 25]
    said = said_at_start(tmp_path / "data", "The ledger has orders already")
    assert "scripts/sandbox trouble kajabi/" in said
    assert said.count("See  ") == 1
    assert "scripts/sandbox calm" in said
