"""The keyboard alone: each thing that can be done to an order is done without a mouse.

The rule to know: nothing here clicks or gives the focus to anything. A key reaches what a person
would reach, or the test fails.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from adapters.http_api.freshness import catch_up
from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.adapters.web.troubled import failed, stand, succeeded
from tests.browser.browsing import Person, person_at
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
ORDER = f"/orders/{order_id_of(1)}"


@asynccontextmanager
async def at(database: Database, chromium: str, path: str) -> AsyncIterator[tuple[Person, Page]]:
    """Sit down at a page of a shop with an order that failed and one that went well."""
    async with site(database, 8) as ledger, followed(ledger.parts):
        await stand(ledger.parts, 1, failed())
        await catch_up(ledger.parts, await stand(ledger.parts, 2, succeeded()))
        async with person_at(chromium, ledger) as laura:
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
        await expect(page.locator(TITLE)).to_contain_text("2026-1")
        await reach(page, "Close")
        await page.keyboard.press("Enter")
        await expect(page.locator(TITLE)).to_have_count(0)
        assert page.url == laura.url(ORDERS)
        assert "2026-1" in await page.evaluate(FOCUSED)


async def test_filters_are_set_and_removed(database: Database, chromium: str) -> None:
    async with at(database, chromium, ORDERS) as (laura, page):
        await reach(page, "Filter")
        await page.keyboard.press("Enter")
        await reach(page, "Order number")
        await page.keyboard.type("2026-1")
        await page.keyboard.press("Enter")
        rows = page.locator("tr[data-order]")
        await expect(rows).to_have_count(1)
        assert page.url == laura.url(f"{ORDERS}?number=2026-1")
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
        await reach(page, "Re-run Tell the CRM")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_contain_text("1 action will run")
        await reach(page, "Re-run Tell the CRM")
        await page.keyboard.press("Enter")
        await expect(page.locator(QUESTION)).to_have_count(0)
        await expect(page.locator("#order-actions")).to_contain_text("Run 2")


async def test_a_succeeded_action_is_run_again_once_it_is_confirmed(
    database: Database, chromium: str
) -> None:
    async with at(database, chromium, f"/orders/{order_id_of(2)}") as (_, page):
        await reach(page, "Re-run Tell the CRM")
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
        await expect(page.locator(f"{QUESTION} [name='amount.1']")).to_be_focused()
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
