"""Stepping through an order's past: the slider stays in hand, and what it shows follows."""

from playwright.async_api import Page, expect

from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at
from tests.support import Database

SLIDER = "[data-history]"
SAYS = "[data-past-part='says']"


async def test_the_slider_moves_by_keys_and_keeps_the_focus(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}/at/1")
            await page.evaluate(f"window.slider = document.querySelector(`{SLIDER}`)")
            await page.focus(SLIDER)
            await page.keyboard.press("ArrowRight")
            await page.keyboard.press("ArrowRight")
            await expect(page.locator(SAYS)).to_contain_text("after fact 3 of 3")
            await expect(page.locator("#order-payments")).to_contain_text("changed")
            assert page.url == laura.url(f"/orders/{order_id_of(1)}/at/3")
            assert await is_the_same_slider(page)
            await expect(page.locator(SLIDER)).to_be_focused()


async def test_a_step_keeps_its_link_focused_until_there_is_no_further(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}/at/3")
            older = page.get_by_role("link", name="Older", exact=True)
            await older.click()
            await expect(page.locator(SAYS)).to_contain_text("after fact 2 of 3")
            await expect(older).to_be_focused()
            await page.keyboard.press("Enter")
            await expect(page.locator(SAYS)).to_contain_text("after fact 1 of 3")
            await expect(page.locator(SLIDER)).to_be_focused()
            await expect(page.locator(SLIDER)).to_have_value("1")


async def test_the_past_begins_at_the_top_of_the_order(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.locator("#order-history").get_by_role("link", name="Step through").click()
            await expect(page.locator(SLIDER)).to_be_visible()
            await expect(page.locator("#order-general-title")).to_be_in_viewport()


async def test_now_leads_back_to_what_can_be_done(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}/at/2")
            await page.get_by_role("link", name="Now", exact=True).click()
            await expect(page.locator(SLIDER)).to_have_count(0)
            await expect(page.get_by_role("link", name="Complete order…")).to_be_visible()


async def test_the_past_works_without_scripts(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger, java_script_enabled=False) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.get_by_role("link", name="Step through its past").last.click()
            await page.get_by_role("link", name="Older", exact=True).click()
            await expect(page.locator(SAYS)).to_contain_text("after fact 2 of 3")
            await expect(page.locator(SLIDER)).to_be_hidden()


async def is_the_same_slider(page: Page) -> bool:
    """Say whether the slider was never replaced, so that it can be dragged."""
    return bool(await page.evaluate(f"window.slider === document.querySelector(`{SLIDER}`)"))
