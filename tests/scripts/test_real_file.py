"""The whole real file, from its bytes to the totals; see conftest for when it is collected."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.messaging.parsing import parse
from scripts import check_totals
from scripts.feeding.files import file_messages
from scripts.feeding.messages import Message
from scripts.feeding.retail import RetailRules
from scripts.feeding.usage import Usage
from tests.scripts.examples import NOW
from tests.scripts.tally import Asked, Order, filters, orders_of
from tests.scripts.whole_run import StandingRun, last_line, run_to_the_end, standing_run


@pytest.fixture(scope="module")
def usage() -> Usage:
    return Usage()


@pytest.fixture(scope="module")
def messages(retail_file: Path, usage: Usage) -> list[Message]:
    return list(file_messages(retail_file, RetailRules(), usage))


@pytest.fixture(scope="module")
def orders(messages: list[Message]) -> list[Order]:
    return orders_of(message.body for message in messages)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, retail_file: Path) -> Iterator[StandingRun]:
    with standing_run(tmp_path_factory.mktemp("retail") / "data", retail_file) as standing:
        yield standing


def test_each_line_is_in_a_message_or_in_the_report(messages: list[Message], usage: Usage) -> None:
    used = {number for message in messages for number in message.lines}
    unused = {item.line for item in usage.unused}
    assert not used & unused
    assert used | unused == set(range(2, usage.lines_read + 2))


def test_every_message_passes_the_ledgers_own_door(messages: list[Message]) -> None:
    for message in messages:
        parse(message.subject, message.body, now=NOW, digest_key=b"key")


def test_the_ledger_has_the_whole_file_to_the_penny(run: StandingRun, retail_file: Path) -> None:
    summary = run.folder.parent / "summary.json"
    summary.write_text(json.dumps(run.summary), encoding="utf-8")
    arguments = [str(retail_file), str(summary), str(run.folder / "unused-lines.csv")]
    assert check_totals.main(arguments) == 0


def test_each_filter_finds_what_an_independent_count_finds(
    run: StandingRun, orders: list[Order]
) -> None:
    def found(asked: Asked) -> int:
        count: int = run.ask_cli(**{asked.name: asked.value})["count"]["count"]
        return count

    wanted = filters(orders)
    expected = {(asked.name, asked.value): sum(map(asked.finds, orders)) for asked in wanted}
    assert all(0 < count < len(orders) for count in expected.values())
    assert {(asked.name, asked.value): found(asked) for asked in wanted} == expected


def test_it_does_it_all_without_a_person_and_again(tmp_path: Path, retail_file: Path) -> None:
    first = last_line(run_to_the_end(tmp_path / "data", retail_file))
    again = last_line(run_to_the_end(tmp_path / "data", retail_file))
    assert first == again
    assert first["lines_read"] == first["lines_used"] + sum(first["lines_unused"].values())
