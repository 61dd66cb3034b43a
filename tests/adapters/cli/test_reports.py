"""`reports sales`: for people, for programs, for spreadsheets; and the shop's own days."""

import asyncio
from uuid import uuid4

import pytest

from adapters.messaging.examples import SHOP
from adapters.postgres.database import open_pool
from adapters.running.positions import Place, SetAside
from adapters.settings import Settings
from domain.identifiers import OrderId, ShopId, StreamName, order_stream
from tests.adapters.cli.conftest import Ask

DAY = ("--from", "2026-11-20", "--to", "2026-11-20")

pytestmark = pytest.mark.usefixtures("two_orders")


def report(ask: Ask, *arguments: str) -> list[tuple[str, int, int]]:
    """Ask for the report; give each row's key, orders and net."""
    answer = ask("reports", "sales", "--json", *arguments)
    assert answer.exit_code == 0, answer.err
    rows = answer.json["rows"]
    assert isinstance(rows, list)
    return [(row["key"], row["orders"], row["net"]["amount"]) for row in rows]


def test_people_read_what_was_sold_refunded_and_is_not_allocated_yet(ask: Ask) -> None:
    shown = ask("reports", "sales", *DAY).out
    for words in (
        "Sales, 2026-11-20 to 2026-11-20, Europe/Helsinki",
        "2026-11-20   EUR             1   300.00      25.00   275.00",
        "Total",
        "VAT 25.5 %",
        "5.00 EUR went back that no refund accounts for yet",
    ):
        assert words in shown
    assert "Owed" not in shown, "a column is shown where anything of it is in the report"


def test_programs_read_the_same(ask: Ask) -> None:
    assert report(ask, *DAY) == [("2026-11-20", 1, 27_500)]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("provider", ["paytrail"]),
        ("source", ["newsletter"]),
        ("country", ["FI"]),
        ("currency", ["EUR"]),
    ],
)
def test_it_is_divided_by_what_is_asked(ask: Ask, by: str, keys: list[str]) -> None:
    assert [key for key, *_ in report(ask, *DAY, "--by", by)] == keys


def test_products_are_called_by_their_names_and_rates_by_percent(ask: Ask) -> None:
    assert "Piano course" in ask("reports", "sales", *DAY, "--by", "product").out
    assert "25.5 %" in ask("reports", "sales", *DAY, "--by", "vat-rate").out


def test_spreadsheets_get_csv(ask: Ask) -> None:
    heading, row, end = ask("reports", "sales", *DAY, "--csv").out.split("\r\n")
    assert heading.startswith("day,label,currency,orders,units,gross,")
    assert row.startswith("2026-11-20,,EUR,1,")
    assert end == ""
    finnish = ask("reports", "sales", *DAY, "--csv", "--format", "excel-fi").out
    assert finnish.startswith("\ufeffday;label;")
    assert ";300,00;25,00;" in finnish


def test_a_range_without_sales_says_so(ask: Ask) -> None:
    answer = ask("reports", "sales", "--from", "2026-11-19", "--to", "2026-11-19")
    assert answer.out.startswith("Nothing was sold, refunded or lost: 2026-11-19 to 2026-11-19")


def test_the_days_are_those_of_the_shops_zone(ask: Ask) -> None:
    shown = ask("shops", "set", "demo", "--zone", "Pacific/Auckland")
    assert "Pacific/Auckland" in shown.out
    assert report(ask, "--from", "2026-11-20", "--to", "2026-11-20") == [("2026-11-20", 1, 27_500)]
    ask("shops", "set", "demo", "--zone", "Pacific/Honolulu")
    assert report(ask, "--from", "2026-11-19", "--to", "2026-11-20") == [("2026-11-19", 1, 27_500)]


def test_a_zone_that_there_is_not_is_refused_with_an_example(ask: Ask) -> None:
    answer = ask("shops", "set", "demo", "--zone", "Helsinki")
    assert answer.exit_code == 2
    assert "--zone cannot be set to this value" in answer.err
    assert "Europe/Helsinki" in answer.err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("--from", "2026-11-21", "--to", "2026-11-20"), 1, "before it begins"),
        (("--range", "today", "--from", "2026-11-20"), 1, "not both"),
        (("--from", "20.11.2026"), 2, "write 2026-11-23"),
        (("--csv", "--json"), 2, "Give one of them"),
        (("--by", "weather"), 2, "vat-rate"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(
    ask: Ask, arguments: tuple[str, ...], exit_code: int, words: str
) -> None:
    answer = ask("reports", "sales", *arguments)
    assert answer.exit_code == exit_code
    assert words in answer.err + answer.out


@pytest.mark.parametrize("word", ["today", "last-7-days", "previous-month", "year"])
def test_words_name_ranges(ask: Ask, word: str) -> None:
    assert ask("reports", "sales", "--range", word).exit_code == 0


def test_by_currency_names_it_once_and_adds_nothing_up(ask: Ask) -> None:
    shown = ask("reports", "sales", *DAY, "--by", "currency").out
    assert shown.count("Currency") == 1
    assert "Total" not in shown
    assert "EUR             1   300.00" in shown


def test_money_that_only_stands_beside_has_no_row_of_nothing(ask: Ask) -> None:
    shown = ask("reports", "sales", *DAY, "--by", "vat-rate").out
    assert [line.split()[0] for line in shown.splitlines() if " EUR  " in line] == [
        "25.5",
        "14",
        "Total",
    ]
    assert "5.00 EUR went back that no refund accounts for yet" in shown


def test_orders_that_are_set_aside_are_named_and_those_of_other_shops_are_not(
    ask: Ask, settings: Settings
) -> None:
    assert "▲ 1 order" not in ask("reports", "sales", *DAY).out
    shop = ShopId(SHOP)
    for of, number in ((shop, 1), (shop, 2), (ShopId("another"), 3)):
        asyncio.run(_set_aside(settings, order_stream(of, OrderId(uuid4())), number))

    shown = ask("reports", "sales", *DAY).out
    assert "▲ 2 orders set aside" in shown
    assert "`order-ledger projections set-aside sales`" in shown
    assert ask("reports", "sales", *DAY, "--json").json["orders_set_aside"] == 2


async def _set_aside(settings: Settings, stream: StreamName, position: int) -> None:
    found = SetAside(position=position, stream=stream, reason="a mistake")
    async with (
        open_pool(settings.database_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await Place(connection, "sales", "test").put_aside([found])
