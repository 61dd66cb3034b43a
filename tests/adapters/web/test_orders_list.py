"""The orders table: what each row says, page after page, and what stands there when there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from msgspec.structs import replace
from psycopg import AsyncConnection

from adapters.http_api.freshness import catch_up
from adapters.web.orders.list_view import PAGE_ROWS
from adapters.web.regions import Region
from domain.identifiers import CustomerKeyId, LineId, PaymentId
from domain.money import Money
from domain.order.events import CustomerDataErased, OrderFact, OrderPlaced, RefundRequested
from domain.order.values import LineKind, RefundLine
from tests.adapters.http_api.recorded import (
    AT,
    followed,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.web.listed import Seen
from tests.adapters.web.site import Site, Visitor, site
from tests.examples import refunded
from tests.support import Database


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[tuple[Site, Visitor]]:
    """Serve a shop whose read models follow, and somebody signed in."""
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        yield ledger, laura


async def several(ledger: Site, count: int, first: int = 1) -> None:
    """Record some placed orders, a minute apart, and wait until they are listed."""
    position = 0
    for number in range(first, first + count):
        facts: list[OrderFact] = [started(number), placed(number, f"buyer{number}@example.com")]
        position = await record(ledger.parts, number, facts)
    await catch_up(ledger.parts, position)


def with_extras(number: int) -> OrderPlaced:
    """Fill in a form with a product, an order bump and a pre-upsell."""
    form = placed(number, "maija@example.com")
    (line,) = form.lines
    bump = replace(line, line_id=LineId("2"), kind=LineKind.ORDER_BUMP, name="Brushes <soft>")
    upsell = replace(line, line_id=LineId("3"), kind=LineKind.PRE_UPSELL, name="Mentoring")
    return replace(form, lines=(line, bump, upsell), total=30_000)


def refund_of(amount: int) -> list[OrderFact]:
    """Give back so much of the product, through its provider."""
    asked, *others = refunded(RefundLine(line_id=LineId("1"), amount=amount, vat=0))
    assert isinstance(asked, RefundRequested)
    transfers = tuple(replace(one, payment_id=PaymentId("p-1")) for one in asked.transfers)
    return [replace(asked, transfers=transfers), *others]


async def test_a_row_says_all_that_the_table_is_to_show(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        paid = replace(received(1), amount=Money(30_000, "EUR"))
        facts: list[OrderFact] = [started(1), with_extras(1), paid]
        await catch_up(ledger.parts, await record(ledger.parts, 1, facts))
        answer = await laura.get("/orders")

    (row,) = Seen(answer.text).rows
    assert row["c-st"].startswith("Paid")
    assert "Order #2026-1" in row["c-cr"]
    assert row["c-cu"] == "maija@example.com"
    assert row["c-am"] == "300,00 €"
    assert row["c-pr"] == "Watercolours Order bump: Brushes <soft> · Pre-upsell: Mentoring"
    assert row["c-pm"] == "Stripe · Card Paid"
    assert row["c-so"] == "newsletter autumn"
    assert row["c-co"] == "FI"
    assert 'title="Finland"' in answer.text
    assert 'title="23 Nov 2026, 11.01.00 (Helsinki)"' in answer.text


async def test_an_order_that_was_only_opened_is_a_row_one_can_open(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await catch_up(ledger.parts, await record(ledger.parts, 1, [started(1)]))
        seen = Seen((await laura.get("/orders")).text)

    assert [(row["c-cu"], row["c-am"]) for row in seen.rows] == [("\N{EN DASH}", "\N{EN DASH}")]
    assert seen.links["No number yet"] == f"/shops/kauppa/orders/{order_id_of(1)}"


async def test_an_erased_customer_reads_as_erased(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 1)
        erased = CustomerDataErased(at=AT, customer_key=CustomerKeyId(UUID(int=0)), by="anna")
        await catch_up(ledger.parts, await record(ledger.parts, 1, [erased], after=2))
        (row,) = Seen((await laura.get("/orders")).text).rows

    assert row["c-cu"] == "Erased"


async def test_a_refund_shows_what_is_left_and_a_whole_one_strikes_the_total(
    database: Database,
) -> None:
    async with opened(database) as (ledger, laura):
        position = 0
        for number, amount in ((1, 2_500), (2, 10_000)):
            sold: list[OrderFact] = [
                started(number),
                placed(number, "m@example.com"),
                received(number),
            ]
            await record(ledger.parts, number, sold)
            position = await record(ledger.parts, number, refund_of(amount), after=3)
        await catch_up(ledger.parts, position)
        page = await laura.get("/orders")

    whole, part = Seen(page.text).rows
    assert (part["c-am"], part["c-st"]) == ("75,00 € of 100,00 €", "Partially refunded")
    assert (whole["c-am"], whole["c-st"]) == ("100,00 €", "Refunded")
    assert '<s class="strike">100,00' in page.text


async def test_pages_lead_to_older_orders_and_back_and_new_ones_move_nothing(
    database: Database,
) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 2 * PAGE_ROWS + 3)
        first = Seen((await laura.get("/orders")).text)
        second = Seen((await laura.client.get(first.links["Older"])).text)
        third = await laura.client.get(second.links["Older"])
        await several(ledger, 1, first=900)
        again = await laura.client.get(second.links["Older"])
        back = Seen((await laura.client.get(Seen(third.text).links["Newer"])).text)
        newest = Seen((await laura.client.get(back.links["Newer"])).text)

    assert (len(first.rows), len(second.rows)) == (PAGE_ROWS, PAGE_ROWS)
    assert first.numbers[0] == f"2026-{2 * PAGE_ROWS + 3}"
    assert not set(first.numbers) & set(second.numbers)
    assert Seen(third.text).numbers == ["2026-3", "2026-2", "2026-1"]
    assert f"3 of {2 * PAGE_ROWS + 3} orders" in third.text
    assert Seen(again.text).numbers == Seen(third.text).numbers
    assert back.numbers == second.numbers
    assert newest.numbers == first.numbers
    assert "Newer" in newest.links
    assert "Newer" not in first.links


async def test_newer_orders_that_just_fill_a_page_are_the_first_page(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, PAGE_ROWS + 3)
        first = Seen((await laura.get("/orders")).text)
        second = Seen((await laura.client.get(first.links["Older"])).text)
        back = Seen((await laura.client.get(second.links["Newer"])).text)

    assert back.numbers == first.numbers
    assert "Newer" not in back.links


async def test_a_row_leads_to_its_order_and_keeps_the_list(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 2)
        listed = Seen((await laura.get("/orders", status="in_progress", q="buyer1")).text)
        address = listed.links["Order #2026-1"]
        page = await laura.client.get(address)

    assert address == f"/shops/kauppa/orders/{order_id_of(1)}?status=in_progress&q=buyer1"
    assert Seen(page.text).numbers == ["2026-1"]
    assert 'aria-current="true"' in page.text
    assert 'data-region="panel"' in page.text


async def test_a_script_gets_the_results_alone(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 1)
        results = await laura.get("/orders", Region.RESULTS, q="buyer")
        work = await laura.get("/orders", Region.WORK)

    assert Seen(results.text).numbers == ["2026-1"]
    assert "<h1" not in results.text
    assert "data-new-orders" in results.text
    assert "<h1" in work.text
    assert "<html" not in work.text
    assert "Requires attention" in work.text


async def test_a_shop_without_orders_says_how_to_get_one(database: Database) -> None:
    async with opened(database) as (_, laura):
        empty = await laura.get("/orders")
        filtered = await laura.get("/orders", q="nobody")

    assert "No orders yet" in empty.text
    assert "checkout links" in empty.text
    assert "No orders match" in filtered.text
    assert Seen(filtered.text).links["Clear filters"] == "/shops/kauppa/orders"


async def test_a_list_that_cannot_be_read_leaves_the_rest_of_the_page(database: Database) -> None:
    async with await AsyncConnection.connect(database.owner_url, autocommit=True) as owner:
        await owner.execute(f'ALTER DATABASE "{database.name}" SET lock_timeout = 100')
    async with opened(database) as (ledger, laura):
        await several(ledger, 1)
        async with await AsyncConnection.connect(database.owner_url) as owner:
            await owner.execute("LOCK TABLE read_models.orders_v1")
            page = await laura.get("/orders", q="buyer")
        again = Seen((await laura.client.get(Seen(page.text).links["Try again"])).text)

    assert "The orders could not be loaded" in page.text
    assert "Requires attention" in page.text
    assert "Search order number, email or name" in page.text
    assert again.numbers == ["2026-1"]
