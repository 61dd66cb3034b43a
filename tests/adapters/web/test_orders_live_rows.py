"""Single rows as they are now, for scripts to put in place."""

from adapters.http_api.freshness import catch_up
from adapters.web.orders.live_rows import IDS_MAX
from tests.adapters.http_api.recorded import order_id_of, received, record
from tests.adapters.http_api.served import TOINEN
from tests.adapters.web.listed import Seen
from tests.adapters.web.test_orders_list import opened, several
from tests.support import Database


async def test_rows_are_given_as_they_are_now(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 3)
        await catch_up(ledger.parts, await record(ledger.parts, 2, [received(2)], after=2))
        answer = await laura.get("/orders/rows", id=str(order_id_of(2)), q="buyer")

    (row,) = Seen(answer.text).rows
    assert row["id"] == str(order_id_of(2))
    assert row["c-st"].startswith("Paid")
    assert 'data-version="3"' in answer.text
    assert f"/orders/{order_id_of(2)}?q=buyer" in answer.text
    assert "No longer in this list" not in answer.text


async def test_what_left_the_list_says_so_with_its_new_values(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 2)
        await catch_up(ledger.parts, await record(ledger.parts, 2, [received(2)], after=2))
        ids = [str(order_id_of(number)) for number in (1, 2)]
        answer = await laura.get("/orders/rows", id=ids, status="in_progress")

    seen = Seen(answer.text)
    said = {number: row["c-st"] for number, row in zip(seen.numbers, seen.rows, strict=True)}
    assert said["2026-1"].startswith("In progress")
    assert "No longer in this list" not in said["2026-1"]
    assert said["2026-2"].startswith("Paid")
    assert "No longer in this list" in said["2026-2"]
    assert answer.text.count('class="gone"') == 1


async def test_orders_of_another_shop_are_as_if_they_were_none(database: Database) -> None:
    async with opened(database) as (ledger, laura):
        await several(ledger, 1)
        async with ledger.visitor(shop=TOINEN, email="timo@example.com") as timo:
            theirs = await timo.get("/orders/rows", id=str(order_id_of(1)))
        strange = await laura.get("/orders/rows", id=["no-id", ""])

    assert Seen(theirs.text).rows == []
    assert strange.status_code == 200
    assert IDS_MAX <= 200
