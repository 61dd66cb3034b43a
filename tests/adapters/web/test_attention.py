"""The tab of orders that require attention: causes, rows, search, and what is said of none."""

import pytest

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from adapters.web.attention import list_view
from adapters.web.regions import Region
from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import site
from tests.adapters.web.troubled import begun, failed, impatient, rows, stand, succeeded
from tests.support import Database


async def test_orders_that_wait_longest_stand_first_with_their_problem(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed())
        await stand(ledger.parts, 2, begun())
        await catch_up(ledger.parts, await stand(ledger.parts, 3, succeeded()))
        page = await laura.get("/orders", tab="attention")

    first, second = rows(page.text)
    assert "#2026-1" in first
    assert "Tell the CRM: HTTP 503 crm.example.com" in first
    assert "#2026-2" in second
    assert "Tell the CRM: No answer yet" in second
    assert "hunter2" not in page.text
    assert "(2) Requires attention" in page.text
    assert "2 of 2 shown" in page.text


async def test_each_cause_stands_once_and_leads_to_its_orders(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed())
        await stand(ledger.parts, 2, failed())
        await catch_up(ledger.parts, await stand(ledger.parts, 3, failed("http_410")))
        page = await laura.get("/orders", tab="attention")
        cause = page.text.split("attention&amp;cause=")[1][:10]
        narrowed = await laura.get("/orders", tab="attention", cause=cause)
        repaired = await laura.get("/orders", tab="attention", cause="0123456789")

    assert "2 causes Webhook: HTTP 503 · crm.example.com 2 orders · 2 actions" in words_of(
        page.text
    )
    assert len(rows(narrowed.text)) == 2
    assert "Cause: Webhook: HTTP 503 · crm.example.com" in words_of(narrowed.text)
    assert rows(repaired.text) == []
    assert "No order here matches" in repaired.text
    assert "Clear filters" in repaired.text


async def test_search_finds_among_those_that_need_attention(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed(), email="anna@example.com")
        await stand(ledger.parts, 2, succeeded(), email="annika@example.com")
        await catch_up(ledger.parts, await stand(ledger.parts, 3, failed()))
        found = await laura.get("/orders", Region.RESULTS, tab="attention", q="ANN")
        odd = await laura.get("/orders", tab="attention", q="\0'%_", after="x", cause="'")

    assert ["anna@example.com" in row for row in rows(found.text)] == [True]
    assert "<h1" not in found.text, "a script gets the results alone"
    assert odd.status_code == 200


async def test_a_page_leads_on_to_those_that_wait_less(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_view, "PAGE_ROWS", 2)
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        for number in (1, 2, 3):
            position = await stand(ledger.parts, number, failed())
        await catch_up(ledger.parts, position)
        first = await laura.get("/orders", tab="attention")
        link = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = await laura.client.get(link)

    assert len(rows(first.text)) == 2
    assert "2 of 3 shown" in first.text
    [last] = rows(second.text)
    assert "#2026-3" in last
    assert "Back to the oldest" in second.text
    assert 'rel="next"' not in second.text


async def test_an_order_stands_open_beside_the_tab(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        page = await laura.get(f"/orders/{order_id_of(1)}", tab="attention")

    assert 'aria-current="true"' in page.text.split("<tbody>")[1]
    assert 'id="panel-title"' in page.text


async def test_nothing_to_do_is_good_news(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        page = await laura.get("/orders", tab="attention")

    assert "Nothing needs attention" in page.text
    assert "cause" not in words_of(page.text)


async def test_who_only_looks_on_can_select_and_take_nothing(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts):
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        async with ledger.visitor(Role.VIEWER) as viewer:
            page = await viewer.get("/orders", tab="attention")
            asked = await viewer.get("/attention/rerun", cause="0123456789")
            posted = await viewer.post("/attention/rerun", cause="0123456789")
            taken = await viewer.post(f"/orders/{order_id_of(1)}/case", do="take")

    assert len(rows(page.text)) == 1
    assert 'name="order"' not in page.text
    assert "Re-run" not in words_of(page.text)
    assert [answer.status_code for answer in (asked, posted, taken)] == [403, 403, 403]


async def test_a_resolved_row_stays_greyed_until_the_list_is_loaded_again(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        position = await stand(ledger.parts, 1, [*succeeded()])
        await catch_up(ledger.parts, position)
        rowed = await laura.get("/orders/rows", Region.RESULTS, tab="attention", id=order_id_of(1))
        listed = await laura.get("/orders", Region.RESULTS, tab="attention")

    [row] = rows(rowed.text)
    assert "Resolved" in row
    assert 'class="resolved"' in rowed.text
    assert 'name="order"' not in rowed.text, "there is nothing to run again"
    assert rows(listed.text) == []


async def test_the_filters_of_the_list_are_those_of_the_tab(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed(), email="anna@example.com")
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        found = await laura.get("/orders", tab="attention", email="anna", status="paid")
        none = await laura.get("/orders", tab="attention", source="nowhere", nonsense="x")

    assert len(rows(found.text)) == 1
    assert 'href="/shops/kauppa/orders?tab=attention&amp;status=paid"' in found.text
    assert '<input type="hidden" form="order-search" name="tab" value="attention">' in found.text
    assert rows(none.text) == []
    assert "No order here matches" in none.text
    assert "Not understood: nonsense" in words_of(none.text)


async def test_a_whole_number_leads_to_the_order_beside_the_tab(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        answer = await laura.get("/orders/find", tab="attention", q="2026-1", open="1")

    assert answer.headers["location"] == (
        f"/shops/kauppa/orders/{order_id_of(1)}?tab=attention&q=2026-1"
    )
