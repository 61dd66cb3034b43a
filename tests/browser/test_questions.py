"""Questions over the page: opened by a link, refreshed as one chooses, sent once, and answered."""

import asyncio

from playwright.async_api import Page, Request, Route, expect

from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at
from tests.support import Database

QUESTION = "dialog[open]"
COMPLETE = "Complete order…"


async def test_esc_closes_the_question_alone_and_gives_the_focus_back(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.get_by_role("link", name=COMPLETE).click()
            await expect(page.locator(QUESTION)).to_contain_text("Run post-purchase actions")
            await page.keyboard.press("Escape")
            await expect(page.locator(QUESTION)).to_have_count(0)
            await expect(page.get_by_role("link", name=COMPLETE)).to_be_focused()
            await expect(page.locator("#panel-title")).to_be_visible()
            assert page.url == laura.url(f"/orders/{order_id_of(1)}")


async def test_what_will_happen_follows_the_boxes(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.get_by_role("link", name=COMPLETE).click()
            box = page.get_by_label("Run post-purchase actions")
            await expect(page.locator(QUESTION)).to_contain_text("1 action will run")
            await box.uncheck()
            await expect(page.locator(QUESTION)).to_contain_text("Nothing fires")
            await expect(box).to_be_focused()
            await expect(page.locator("[data-doing]")).to_have_text("Complete order")


async def test_the_button_waits_for_what_it_will_do(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.get_by_role("link", name=COMPLETE).click()
            may_go = asyncio.Event()

            async def hold(route: Route) -> None:
                await may_go.wait()
                await route.continue_()

            await page.route("**/complete*", hold)
            await page.get_by_label("Run post-purchase actions").uncheck()
            await expect(page.locator("[data-doing]")).to_be_disabled()
            may_go.set()
            await expect(page.locator("[data-doing]")).to_be_enabled()
            await expect(page.locator(QUESTION)).to_contain_text("Nothing fires")


async def test_a_double_click_sends_once_and_the_order_shows_it(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            sent = posts(page)
            await page.get_by_role("link", name=COMPLETE).click()
            await page.locator("[data-doing]").dblclick()
            await expect(page.locator(QUESTION)).to_have_count(0)
            await expect(page.locator(".panel-head")).to_contain_text("ompleted")
            await expect(page.locator("#said")).to_contain_text("ompleted")
            assert len(sent) == 1


async def test_while_it_is_sent_the_button_says_so(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            may_go = asyncio.Event()

            async def hold(route: Route) -> None:
                if route.request.method == "POST":
                    await may_go.wait()
                await route.continue_()

            await page.route("**/complete*", hold)
            await page.get_by_role("link", name=COMPLETE).click()
            doing = page.locator("[data-doing]")
            await doing.click()
            await expect(doing).to_be_disabled()
            await expect(doing).to_have_text("Completing…")
            may_go.set()
            await expect(page.locator(QUESTION)).to_have_count(0)


async def test_no_answer_is_said_and_may_be_sent_again(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            laura.expected = ("net::ERR_FAILED",)
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await page.get_by_role("link", name=COMPLETE).click()
            await page.route("**/complete*", lambda route: route.abort())
            await page.locator("[data-doing]").click()
            await expect(page.get_by_role("alert")).to_contain_text("No answer came")
            await page.unroute_all()
            await page.locator("[data-doing]").click()
            await expect(page.locator(QUESTION)).to_have_count(0)
            await expect(page.locator(".panel-head")).to_contain_text("ompleted")


def posts(page: Page) -> list[Request]:
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    return sent
