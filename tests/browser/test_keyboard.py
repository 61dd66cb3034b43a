"""The keyboard alone: each thing that can be done to an order is done without a mouse.

The rule to know: nothing here clicks or gives the focus to anything. A key reaches what a person
would reach, or the test fails.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from adapters.http_api.freshness import catch_up
from domain.order.events import OrderFact
from tests.adapters.commands.given import stand
from tests.adapters.http_api.recorded import followed, placed, received, record, started
from tests.adapters.web.site import site
from tests.browser.browsing import Person, person_at
from tests.examples import (
    HOOK,
    HOOK_ACTION,
    ORDER_ID,
    RECEIPT_ACTION,
    SHOP,
    action_started,
    done,
    failed,
    paid,
    requested,
)
from tests.support import Database

TABS_MAX = 80
"""More than there are to reach anything; who needs more has lost the way."""
FOCUSED = """() => {
  const one = document.activeElement;
  const words = one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText ?? one.innerText;
  return one === document.body ? "" : (words ?? "").replace(/\\s+/g, " ").trim();
}"""
QUESTION = "dialog[open]"
TITLE = "#panel-title"
ORDERS = "/orders"
ORDER = f"/orders/{ORDER_ID}"
FACTS = (
    *paid(RECEIPT_ACTION, HOOK_ACTION),
    *done(RECEIPT_ACTION),
    requested(HOOK_ACTION),
    action_started(HOOK),
    failed(HOOK),
)


@asynccontextmanager
async def at(database: Database, chromium: str, path: str) -> AsyncIterator[tuple[Person, Page]]:
    """Sit down at a page of a shop with two orders; of the older one an action failed."""
    async with site(database, 8) as ledger, followed(ledger.parts):
        await ledger.parts.shops.add(SHOP, "Courses")
        await stand(ledger.parts, *FACTS)
        later: list[OrderFact] = [started(2, SHOP), placed(2, "m@example.com"), received(2)]
        await catch_up(ledger.parts, await record(ledger.parts, 2, later, SHOP))
        async with person_at(chromium, ledger, shop=SHOP) as laura:
            yield laura, await laura.open(path)


async def reach(page: Page, words: str, key: str = "Tab") -> None:
    """Go on from field to field until one has these words."""
    passed = []
    for _ in range(TABS_MAX):
        await page.keyboard.press(key)
        passed.append(await page.evaluate(FOCUSED))
        if words in passed[-1]:
            return
    raise AssertionError(f"{words!r} is not among {passed}")


async def test_orders_are_opened_walked_and_closed(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDERS) as (laura, page):
        await reach(page, "#2026-2")
        await page.keyboard.press("Enter")
        await expect(page.locator(TITLE)).to_contain_text("2026-2")
        await expect(page.locator(TITLE)).to_be_focused()
        await reach(page, "Older order")
        await page.keyboard.press("Enter")
        await expect(page.locator(TITLE)).to_contain_text("1001")
        await reach(page, "Close")
        await page.keyboard.press("Enter")
        await expect(page.locator(TITLE)).to_have_count(0)
        assert page.url == laura.url(ORDERS)
        assert "1001" in await page.evaluate(FOCUSED)


async def test_filters_are_set_and_removed(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDERS) as (laura, page):
        await reach(page, "Filter")
        await page.keyboard.press("Enter")
        await reach(page, "Order number")
        await page.keyboard.type("1001")
        await page.keyboard.press("Enter")
        rows = page.locator("tr[data-order]")
        await expect(rows).to_have_count(1)
        assert page.url == laura.url(f"{ORDERS}?number=1001")
        await reach(page, "Remove filter Order number")
        await page.keyboard.press("Enter")
        await expect(rows).to_have_count(2)


async def test_an_order_is_completed(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDER) as (_, page):
        await reach(page, "Complete order…")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Run post-purchase actions")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(page.locator(QUESTION)).to_contain_text("Nothing fires")
        await reach(page, "Complete order")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_have_count(0)
        await expect(page.locator(".panel-head")).to_contain_text("Marked as completed")


async def test_an_action_is_run_again(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDER) as (_, page):
        await reach(page, "Re-run Bookkeeping")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_contain_text("1 action will run")
        await reach(page, "Re-run Bookkeeping")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_have_count(0)
        await expect(page.locator("#order-actions")).to_contain_text("Run 2")


async def test_a_succeeded_action_is_run_again_once_it_is_confirmed(
    database: Database, chromium: str
) -> None:
    async with at(database, chromium, ORDER) as (_, page):
        await reach(page, "Re-run Receipt")
        await page.keyboard.press("Enter")
        await expect(page.locator(f"{QUESTION} [name=confirmed]")).to_be_focused()
        await page.keyboard.press("Space")
        await reach(page, "Re-run")
        await page.keyboard.press("Enter")
        await expect(page.locator("#order-actions")).to_contain_text("Run 2")


async def test_a_refund_is_made(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDER) as (_, page):
        await reach(page, "Refund…")
        await page.keyboard.press("Enter")
        await expect(page.locator(f"{QUESTION} [name='amount.course']")).to_be_focused()
        await page.keyboard.press("Control+a")
        await page.keyboard.type("25,50")
        await reach(page, "Record refund of")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_have_count(0)
        await expect(page.locator(".panel-head")).to_contain_text("Partially refunded")


async def test_a_note_is_written(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDER) as (_, page):
        await reach(page, "note")
        await page.keyboard.type("Called, is happy")
        await reach(page, "Add")
        await page.keyboard.press("Enter")
        await expect(page.locator("#order-notes li")).to_contain_text("Called, is happy")
