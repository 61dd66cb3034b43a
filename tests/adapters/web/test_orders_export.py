"""The export: exactly what the filter says, however long, through the page and the API alike."""

import csv
from io import StringIO
from typing import Any

from structlog.testing import capture_logs

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from domain.order.events import OrderFact
from projections.orders.queries import PAGE_LENGTH_MAX
from tests.adapters.http_api.recorded import placed, received, record, started
from tests.adapters.web.listed import Seen
from tests.adapters.web.test_orders_list import opened, refund_of, several
from tests.support import Database


def read(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a file as a program would."""
    return [*csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)]


async def test_it_holds_exactly_the_orders_of_the_filter(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 12)
        await catch_up(ledger.parts, await record(ledger.parts, 7, [received(7)], after=2))
        filters: dict[str, Any] = {"status": "in_progress", "q": "buyer1"}
        listed = Seen((await laura.get("/orders", **filters)).text)
        answer = await laura.get("/orders.csv", **filters)

    lines = read(answer.text)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="orders-kauppa-')
    assert [line["number"] for line in lines] == listed.numbers
    assert listed.numbers == ["2026-12", "2026-11", "2026-10", "2026-1"]
    assert {line["status"] for line in lines} == {"in_progress"}


async def test_it_is_longer_than_any_page(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, PAGE_LENGTH_MAX + 5)
        lines = read((await laura.get("/orders.csv")).text)

    assert len({line["order_id"] for line in lines}) == PAGE_LENGTH_MAX + 5
    assert lines[-1]["number"] == "2026-1"


async def test_money_stands_in_decimals_with_refunds_in_their_own_column(
    database: Database,
) -> None:
    async with opened(database) as (ledger, laura):
        sold: list[OrderFact] = [started(1), placed(1, "m@example.com"), received(1)]
        await record(ledger.parts, 1, sold)
        position = await record(ledger.parts, 1, refund_of(2_550), after=3)
        await catch_up(ledger.parts, position)
        (line,) = read((await laura.get("/orders.csv", format="standard")).text)
        finnish = (await laura.get("/orders.csv", format="excel-fi")).text

    amounts = ("total", "original_total", "refunded", "received", "currency")
    assert [line[name] for name in amounts] == ["74.50", "100.00", "25.50", "100.00", "EUR"]
    assert line["created_at"] == "2026-11-23T09:01:00+00:00"
    assert finnish.startswith("\ufeff")
    (excel,) = read(finnish.removeprefix("\ufeff"), ";")
    assert [excel[name] for name in amounts] == ["74,50", "100,00", "25,50", "100,00", "EUR"]


async def test_a_text_that_begins_like_a_formula_is_not_one(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        facts: list[OrderFact] = [
            started(1, source="=cmd"),
            placed(1, "+m@example.com", first_name="@SUM"),
        ]
        await catch_up(ledger.parts, await record(ledger.parts, 1, facts))
        (line,) = read((await laura.get("/orders.csv")).text)

    assert (line["source"], line["email"], line["first_name"]) == (
        "'=cmd",
        "'+m@example.com",
        "'@SUM",
    )


async def test_a_filter_that_is_not_understood_exports_nothing(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 1)
        unknown: list[dict[str, Any]] = [{"status": "sideways"}, {"bogus": "1"}, {"format": "x"}]
        for strange in unknown:
            answer = await laura.get("/orders.csv", **strange)
            assert answer.status_code == 400, strange
            assert "buyer1" not in answer.text


async def test_who_exported_how_many_is_logged_and_not_whom_they_looked_for(
    database: Database,
) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 2)
        with capture_logs() as logs:
            await laura.get("/orders.csv", email="buyer1")

    (entry,) = [entry for entry in logs if entry["event"] == "orders_exported"]
    assert (entry["orders"], entry["is_whole"]) == (1, True)
    assert entry["filters"] == ["email", "shop"]
    assert entry["by"].startswith("Laura")
    assert "buyer1" not in str(entry)


async def test_the_api_gives_the_same_file(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 3)
        key = (await ledger.parts.keys.issue("books", Role.VIEWER, [laura.shop])).text
        headers = {"Authorization": f"Bearer {key}"}
        address = "/api/v1/orders.csv"
        by_api = await ledger.client.get(address, params={"q": "buyer2"}, headers=headers)
        unknown = await ledger.client.get(address, params={"bogus": "1"}, headers=headers)
        by_page = await laura.get("/orders.csv", q="buyer2")

    assert by_api.text == by_page.text
    assert len(read(by_api.text)) == 1
    assert unknown.status_code == 400
