"""`/reports/sales`: the report as JSON and as CSV, and what is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from msgspec.structs import replace

from domain.identifiers import LineId, PaymentId
from domain.order.events import OrderFact, RefundRequested
from domain.order.values import RefundLine
from tests.adapters.http_api.recorded import AT, followed, placed, received, record, started
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, bearer, served
from tests.adapters.http_api.test_openapi import closed
from tests.examples import refunded
from tests.support import Database

DAY = AT.date().isoformat()


@asynccontextmanager
async def sold(database: Database) -> AsyncIterator[tuple[Api, str, dict[str, Any]]]:
    """Serve two orders, one of them refunded in part; give a key and what to ask for that day."""
    async with served(database, connections_max=8) as api, followed(api.parts):
        for number, source in ((1, "newsletter"), (2, "=cmd")):
            opened = started(number, source=source)
            form = placed(number, "m@example.com")
            await record(api.parts, number, [opened, form, received(number)])
        asked, *others = refunded(RefundLine(line_id=LineId("1"), amount=2_500, vat=508))
        assert isinstance(asked, RefundRequested)
        transfers = tuple(replace(t, payment_id=PaymentId("p-1")) for t in asked.transfers)
        refund: list[OrderFact] = [replace(asked, transfers=transfers), *others]
        facts_of_refund = [replace(fact, at=AT) for fact in refund]
        position = await record(api.parts, 2, facts_of_refund, after=3)
        wanted = {"from": DAY, "to": DAY, "min_position": position}
        yield api, await api.key_to(KAUPPA), wanted


async def test_it_says_what_was_sold_and_refunded_that_day(database: Database) -> None:
    async with sold(database) as (api, key, wanted):
        answer = await api.get("/reports/sales", key, **wanted)
        description = (await api.client.get("/api/v1/openapi.json")).json()
    assert answer.status_code == HTTPStatus.OK
    report = answer.json()
    closed(description, {"$ref": "#/components/schemas/SalesReport"}).validate(report)
    assert {name: report[name] for name in ("from", "to", "zone", "by")} == {
        "from": DAY,
        "to": DAY,
        "zone": "Europe/Helsinki",
        "by": "day",
    }
    (total,), (row,) = report["totals"], report["rows"]
    assert (row["key"], row["orders"], row["units"]) == (DAY, 2, 2)
    assert row["gross"] == {"amount": 20_000, "currency": "EUR"}
    assert row["returned"]["amount"] == 2_500
    assert row["net"]["amount"] == 17_500
    assert row["vat_by_rate"] == [
        {
            "rate": 2_550,
            "net": {"amount": 17_500, "currency": "EUR"},
            "vat": {"amount": 4_064 - 508, "currency": "EUR"},
        }
    ]
    assert total == {name: row[name] for name in total}


async def test_it_is_divided_by_what_is_asked(database: Database) -> None:
    async with sold(database) as (api, key, wanted):
        report = (await api.get("/reports/sales", key, by="source", **wanted)).json()
    assert [(row["key"], row["net"]["amount"]) for row in report["rows"]] == [
        ("=cmd", 7_500),
        ("newsletter", 10_000),
    ]


async def test_another_shops_sales_are_its_own(database: Database) -> None:
    async with sold(database) as (api, _, wanted):
        key = await api.key_to(TOINEN)
        assert (await api.get("/reports/sales", key, **wanted)).json()["totals"] == []


async def test_who_accepts_csv_gets_it_and_so_does_who_asks_for_the_file(
    database: Database,
) -> None:
    async with sold(database) as (api, key, wanted):
        accepted = await api.client.get(
            "/api/v1/reports/sales",
            params=wanted | {"by": "source"},
            headers=bearer(key) | {"Accept": "text/csv"},
        )
        file = await api.get("/reports/sales.csv", key, by="source", **wanted)
        excel = await api.get("/reports/sales.csv", key, format="excel-fi", **wanted)
    assert accepted.text == file.text
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == (f'attachment; filename="sales-{DAY}-{DAY}.csv"')
    heading, first, second, _ = file.text.split("\r\n")
    assert heading.startswith("source,label,currency,orders,")
    assert first.startswith("'=cmd,,EUR,1,1,100.00,25.00,25.00,0.00,")
    assert second.startswith("newsletter,,EUR,1,1,100.00,0.00,")
    assert excel.content.startswith(b"\xef\xbb\xbfday;label;")
    assert ";200,00;25,00;" in excel.text


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ({"from": "2026-11-24", "to": "2026-11-23"}, "range_wrong", "before it begins"),
        ({"to": "2026-11-23"}, "range_wrong", "on which it begins"),
        ({"range": "today", "from": "2026-11-23"}, "range_wrong", "not both"),
        ({"range": "fortnight"}, "invalid_parameter", "last_7_days"),
        ({"by": "weather"}, "invalid_parameter", "vat_rate"),
        ({"from": "23.11.2026"}, "invalid_parameter", "from"),
        ({"till": "2026-11-23"}, "invalid_parameter", "Unknown parameter 'till'"),
    ],
    ids=str,
)
async def test_what_is_not_understood_is_refused_with_what_would_be(
    database: Database, query: dict[str, str], code: str, words: str
) -> None:
    async with served(database) as api:
        key = await api.key()
        for path in ("/reports/sales", "/reports/sales.csv"):
            answer = await api.get(path, key, **query)
            assert answer.status_code == HTTPStatus.BAD_REQUEST
            assert answer.json()["code"] == code
            assert words in answer.json()["detail"]


async def test_an_unknown_format_is_refused(database: Database) -> None:
    async with served(database) as api:
        answer = await api.get("/reports/sales.csv", await api.key(), format="pdf")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "excel-fi" in answer.json()["detail"]
