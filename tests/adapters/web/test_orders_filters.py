"""The filters of the list: each in the address, each with its way out, and none that breaks it."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.http_api.freshness import catch_up
from adapters.web.orders.query import read_query
from adapters.web.regions import Region
from domain.order.events import OrderFact
from domain.order.stages import OrderStatus
from tests.adapters.http_api.recorded import order_id_of, placed, received, record, started
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.listed import Seen
from tests.adapters.web.site import Site
from tests.adapters.web.test_orders_list import opened
from tests.support import Database

HELSINKI = ZoneInfo("Europe/Helsinki")


async def three(ledger: Site) -> None:
    """Record an order that is paid, one with a discount that is not, and one only opened."""
    paid: list[OrderFact] = [
        started(1),
        placed(1, "anna@example.com", first_name="Anna"),
        received(1),
    ]
    unpaid: list[OrderFact] = [
        started(2, source="facebook"),
        placed(2, "matti@example.com", discount="SPRING"),
    ]
    orders: dict[int, list[OrderFact]] = {1: paid, 2: unpaid, 3: [started(3)]}
    for number, facts in orders.items():
        position = await record(ledger.parts, number, facts)
    await catch_up(ledger.parts, position)


async def test_each_filter_finds_its_order_and_is_a_chip_that_can_be_removed(
    database: Database,
) -> None:
    expected = {
        ("number", "2026-1"): ("Order number: 2026-1", "2026-1"),
        ("email", "anna@"): ("Email: anna@", "2026-1"),
        ("first_name", "ann"): ("First name: ann", "2026-1"),
        ("last_name", "meikä"): ("Last name: meikä", "2026-2 2026-1"),
        ("status", "paid"): ("Status: Paid", "2026-1"),
        ("payment_status", "unpaid"): ("Payment status: Unpaid", "No number yet 2026-2"),
        ("source", "facebook"): ("Source: facebook", "2026-2"),
        ("tag", "autumn"): ("Tag: autumn", "No number yet 2026-2 2026-1"),
        ("discount_code", "SPRING"): ("Discount code: SPRING", "2026-2"),
        ("created_to", "2026-11-23"): ("Created to: 23 Nov 2026", "No number yet 2026-2 2026-1"),
        ("attention", "false"): ("Requires attention: No", "No number yet 2026-2 2026-1"),
    }
    async with opened(database) as (ledger, laura):
        await three(ledger)
        for (name, value), (chip, numbers) in expected.items():
            said: dict[str, Any] = {name: value, "q": ""}
            seen = Seen((await laura.get("/orders", **said)).text)
            assert seen.chips == [chip]
            assert " ".join(numbers_of(seen)) == numbers, name
            label = chip.split(":")[0]
            assert seen.links[f"Remove filter {label}"] == "/shops/kauppa/orders"


def numbers_of(seen: Seen) -> list[str]:
    """Name the orders, or say that there is no number."""
    return [
        "No number yet" if "No number yet" in row["c-cr"] else row["c-cr"].split("Order #")[1]
        for row in seen.rows
    ]


async def test_several_statuses_are_any_of_them_under_one_chip(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await three(ledger)
        two = Seen((await laura.get("/orders", status=["paid", "started"])).text)
        many = Seen((await laura.get("/orders", status=["paid", "started", "refunded"])).text)

    assert numbers_of(two) == ["No number yet", "2026-1"]
    assert two.chips == ["Status: Paid, Started"]
    assert many.chips == ["Status: 3 selected"]


async def test_removing_a_filter_keeps_the_others_and_begins_at_the_first_page(
    database: Database,
) -> None:
    async with opened(database) as (ledger, laura):
        await three(ledger)
        seen = Seen((await laura.get("/orders", status="paid", q="anna", tag="autumn")).text)

    assert seen.links["Remove filter Status"] == "/shops/kauppa/orders?q=anna&tag=autumn"
    assert seen.links["Clear"] == "/shops/kauppa/orders"


async def test_what_is_not_understood_is_shown_and_breaks_nothing(database: Database) -> None:
    strange = {
        "bogus": "1",
        "status": "sideways",
        "created_from": "2026-02-30",
        "attention": "maybe",
        "after": "nonsense",
        "email": "a\x00b",
    }
    async with opened(database) as (ledger, laura):
        await three(ledger)
        for name, value in strange.items():
            said: dict[str, Any] = {name: value}
            answer = await laura.get("/orders", **said)
            seen = Seen(answer.text)
            assert answer.status_code == 200, name
            assert len(seen.rows) == 3, name
            assert [chip.startswith("Not understood:") for chip in seen.chips] == [True], name
        twice = Seen((await laura.get("/orders", email=["anna", "matti"])).text)

    assert twice.chips == ["Email: anna", "Not understood: Email matti"]
    assert numbers_of(twice) == ["2026-1"]


@pytest.mark.parametrize("tab", ["", "attention"])
async def test_the_name_of_an_unknown_filter_is_text_and_nothing_else(
    database: Database, tab: str
) -> None:
    names = ['"><img src=x>', "%(x)s", "%s", "{{ 7 * 7 }}"]
    async with opened(database) as (_, laura):
        said: list[dict[str, Any]] = [{"tab": tab, name: "1"} for name in names]
        pages = [await laura.get("/orders", **one) for one in said]

    assert [page.status_code for page in pages] == [200] * len(names)
    for name, page in zip(names, pages, strict=True):
        seen = Seen(page.text)
        assert seen.chips == [f"Not understood: {name} 1"]
        assert f"Remove filter {name}" in seen.links
        assert "<img" not in page.text


async def test_an_exact_number_leads_to_its_order(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await three(ledger)
        exact = await laura.get("/orders/find", q="2026-2", open="1", number="")
        part = await laura.get("/orders/find", q="2026", open="1")
        typed = await laura.get("/orders/find", q="2026-2")
        region = await laura.get("/orders/find", Region.WORK, q="2026-2", open="1")

    assert exact.headers["location"] == f"/shops/kauppa/orders/{order_id_of(2)}?q=2026-2"
    assert region.headers["location"] == exact.headers["location"]
    assert part.headers["location"] == "/shops/kauppa/orders?q=2026"
    assert typed.headers["location"] == "/shops/kauppa/orders?q=2026-2"
    assert exact.status_code == 303


async def test_the_form_sends_what_is_set_and_empty_fields_leave_the_address(
    database: Database,
) -> None:
    async with opened(database) as (_, laura):
        fields: dict[str, Any] = {
            "email": "a",
            "number": "",
            "created": "",
            "status": ["paid", "refunded"],
        }
        answer = await laura.get("/orders/find", **fields)
        seen = Seen((await laura.client.get(answer.headers["location"])).text)

    assert answer.headers["location"] == (
        "/shops/kauppa/orders?email=a&status=paid&status=refunded"
    )
    for form in ("order-search", "export-menu"):
        sent = [(name, value) for to, name, value in seen.hidden if to == form]
        assert sent == [("email", "a"), ("status", "paid"), ("status", "refunded")]


def test_days_are_those_of_the_shop_and_all_that_is_said_must_hold() -> None:
    today = date(2026, 10, 26)
    night = "created_from=2026-10-25&created_to=2026-10-25"
    both = read_query(f"{night}&created=last_7_days", KAUPPA, HELSINKI, today).filter
    apart = read_query("created=today&created_to=2026-10-01", KAUPPA, HELSINKI, today).filter

    assert both.created_from == datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert both.created_to == datetime(2026, 10, 25, 22, tzinfo=UTC), "25 hours that night"
    assert apart.created_from is not None
    assert apart.created_to is not None
    assert apart.created_to < apart.created_from


def test_a_value_is_taken_once_and_spaces_around_it_are_not_meant() -> None:
    query = read_query("status=paid&status=paid&q=+anna+", KAUPPA, HELSINKI, date(2026, 1, 1))

    assert query.filter.status == (OrderStatus.PAID,)
    assert query.filter.q == "anna"
    assert query.at(after="x") == "status=paid&q=anna&after=x"


def test_an_address_says_once_which_list_it_is() -> None:
    query = "&".join(f"tab={number}" for number in range(1_000)) + "&tab=attention&q=anna"

    assert read_query(query, KAUPPA, HELSINKI, date(2026, 10, 1)).at() == "tab=attention&q=anna"
