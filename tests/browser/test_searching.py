"""Searching: the list follows what one types, the address follows the list, the box keeps the focus."""

from playwright.async_api import expect

from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at
from tests.support import Database


async def test_the_list_follows_what_one_types_and_the_open_order_stays(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            box = page.get_by_role("searchbox")
            await box.press_sequentially("m2@example.com")
            await expect(page.locator("tr[data-order]")).to_have_count(1)
            await expect(box).to_be_focused()
            await expect(page.locator("#panel-title")).to_contain_text("2026-1")
            assert page.url == laura.url(f"/orders/{order_id_of(1)}?q=m2%40example.com")
            await page.get_by_role("link", name="Close order").click()
            await expect(page.locator("#panel-title")).to_have_count(0)
            assert page.url == laura.url("/orders?q=m2%40example.com")


async def test_a_whole_number_and_enter_open_the_order(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            await page.get_by_role("searchbox").fill("2026-2")
            await expect(page.locator("tr[data-order]")).to_have_count(1)
            await page.keyboard.press("Enter")
            await expect(page.locator("#panel-title")).to_contain_text("2026-2")
            assert f"/orders/{order_id_of(2)}" in page.url
            await expect(page.locator("[aria-busy]")).to_have_count(0)
