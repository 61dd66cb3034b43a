"""The panel's past: the order as it was after each of its facts."""

from adapters.web.regions import Region
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.seen import links_of, text_of
from tests.examples import RECEIPT_ACTION, SHOP, done, paid
from tests.support import Database

PATH = f"/shops/{SHOP}{ORDER}"
FACTS = (*paid(RECEIPT_ACTION), *done(RECEIPT_ACTION))


async def test_the_order_is_shown_as_it_was_after_a_fact(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        html = await order.html("/at/2", status="paid")

    seen = text_of(html)
    assert "after fact 2 of 6" in seen
    assert "Order 1001 placed for 140,00 €" in seen
    assert "Nobody has tried to pay yet." in seen
    assert {f"{PATH}/at/{n}?status=paid" for n in (1, 3)} <= set(links_of(html))
    assert f"{PATH}?status=paid" in links_of(html)


async def test_what_the_fact_changed_is_marked_in_words(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        html = await order.html("/at/3")
        before = await order.html("/at/1")

    assert "Received changed" in text_of(html, "order-payments")
    assert "changed" not in text_of(html, "order-customer")
    assert "<mark>" not in before


async def test_nothing_can_be_done_in_the_past(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        html = await order.html("/at/6")

    wishes = ("/complete", "/refund", "/rerun", "/notes")
    assert not [link for link in links_of(html) if link.endswith(wishes)]
    assert "<form" not in html


async def test_the_first_and_the_last_fact_lead_no_further(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        first, last = await order.html("/at/1"), await order.html("/at/6")

    assert f"{PATH}/at/0" not in first
    assert f"{PATH}/at/7" not in last


async def test_a_version_that_never_was_is_answered_in_a_sentence(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        answers = [await order.panel(f"/at/{version}") for version in (0, 7)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("The order has the versions 1 to 6." in answer.text for answer in answers)


async def test_a_browser_without_scripts_gets_the_whole_page(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        page = await order.visitor.get(f"{ORDER}/at/3")
        work = await order.visitor.get(f"{ORDER}/at/3", Region.WORK)

    assert page.text.lstrip().startswith("<!doctype html>")
    assert "after fact 3 of 6" in page.text
    assert "after fact 3 of 6" in work.text
    assert "<!doctype" not in work.text


async def test_the_past_stands_beside_the_list_that_was_open(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        page = await order.visitor.get(f"{ORDER}/at/3", tab="attention")

    assert "after fact 3 of 6" in page.text
    assert "Requires attention" in text_of(page.text.partition("</title>")[0])
    assert f"{PATH}/at/2?tab=attention" in links_of(page.text)
