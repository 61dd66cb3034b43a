"""Single keys: walking the list, and never where somebody types."""

from playwright.async_api import expect

from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at
from tests.support import Database

TITLE = "#panel-title"


async def test_the_keyboard_alone_walks_and_opens(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2, 3)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            for key in "jjk":
                await page.keyboard.press(key)
            await page.keyboard.press("j")
            await page.keyboard.press("Enter")
            await expect(page.locator(TITLE)).to_contain_text("2026-2")
            assert page.url == laura.url(f"/orders/{order_id_of(2)}")
            await page.keyboard.press("Control+k")
            await page.keyboard.press("/")
            await page.keyboard.type("j?")
            await expect(page.get_by_role("searchbox")).to_have_value("j?")
            await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_question_mark_explains_the_keys_and_can_switch_them_off(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            link = page.locator("tr[data-order] a").first
            await link.focus()
            await page.keyboard.press("?")
            keys = page.get_by_role("dialog", name="Keys")
            await expect(keys).to_be_visible()
            await keys.get_by_label("Use single keys").uncheck()
            await page.keyboard.press("Escape")
            await expect(keys).to_have_count(0)
            await expect(link).to_be_focused()
            await page.keyboard.press("?")
            await page.get_by_role("button", name="Keys").click()
            await expect(keys.get_by_label("Use single keys")).not_to_be_checked()
