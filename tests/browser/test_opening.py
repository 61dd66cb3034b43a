"""Opening and closing an order beside the list: what moves, what stays, and where the focus is."""

import asyncio

from playwright.async_api import Locator, Page, Route, expect

from adapters.web.access import SESSION_COOKIE
from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at
from tests.support import Database

TITLE = "#panel-title"


async def test_a_row_opens_its_order_and_esc_gives_the_focus_back(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            await page.evaluate("window.isTheSamePage = true")
            await row(page, 1).click()
            await expect(page.locator(TITLE)).to_be_focused()
            await expect(page.locator(TITLE)).to_contain_text("2026-1")
            assert page.url == laura.url(f"/orders/{order_id_of(1)}")
            await expect(row(page, 1)).to_have_attribute("aria-current", "true")
            await page.keyboard.press("Escape")
            await expect(row(page, 1).locator("a")).to_be_focused()
            await expect(page.locator(TITLE)).to_have_count(0)
            assert page.url == laura.url("/orders")
            assert await page.evaluate("window.isTheSamePage")


async def test_back_and_forward_walk_through_the_orders(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            for number in (1, 2):
                await row(page, number).locator("a").click()
                await expect(page.locator(TITLE)).to_contain_text(f"2026-{number}")
            await page.go_back()
            await expect(page.locator(TITLE)).to_contain_text("2026-1")
            await page.go_back()
            await expect(page.locator(TITLE)).to_have_count(0)
            await page.go_forward()
            await expect(page.locator(TITLE)).to_contain_text("2026-1")


async def test_of_two_quick_clicks_the_last_one_wins(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            second_is_shown = asyncio.Event()

            async def hold(route: Route) -> None:
                await second_is_shown.wait()
                await route.continue_()

            await page.route(f"**/{order_id_of(1)}", hold)
            await row(page, 1).locator("a").click()
            await row(page, 2).locator("a").click()
            await expect(page.locator(TITLE)).to_contain_text("2026-2")
            second_is_shown.set()
            await page.unroute_all(behavior="ignoreErrors")
            await row(page, 1).locator("a").focus()
            await expect(page.locator(TITLE)).to_contain_text("2026-2")


async def test_selecting_text_in_a_row_does_not_open_it(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            box = await page.get_by_text("m1@example.com").bounding_box()
            assert box is not None
            middle = box["y"] + box["height"] / 2
            await page.mouse.move(box["x"] + 12, middle)
            await page.mouse.down()
            await page.mouse.move(box["x"] + 70, middle, steps=4)
            await page.mouse.up()
            assert await page.evaluate("getSelection().toString()") != ""
            assert page.url == laura.url("/orders")
            await expect(page.locator(TITLE)).to_have_count(0)


async def test_an_order_that_cannot_be_loaded_says_so_and_is_tried_again(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            laura.expected = ("net::ERR_FAILED", "net::ERR_INTERNET_DISCONNECTED")
            page = await laura.open("/orders")
            await page.route(f"**/{order_id_of(1)}", lambda route: route.abort())
            await row(page, 1).locator("a").click()
            await expect(page.get_by_role("alert")).to_contain_text("Could not load this")
            await expect(row(page, 1)).to_be_visible()
            await page.unroute_all()
            await page.get_by_role("button", name="Try again").click()
            await expect(page.locator(TITLE)).to_contain_text("2026-1")


async def test_whose_session_has_ended_is_led_to_sign_in(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            laura.expected = ("401", "text/event-stream")
            page = await laura.open("/orders")
            [cookie] = [c for c in await laura.context.cookies() if c["name"] == SESSION_COOKIE]
            await ledger.parts.sessions.end(cookie["value"])
            await row(page, 1).locator("a").click()
            await page.wait_for_url(
                f"**/sign-in?after=%2Fshops%2Fkauppa%2Forders%2F{order_id_of(1)}"
            )


async def test_without_scripts_the_same_address_is_a_whole_page(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with (
            person_at(chromium, ledger) as laura,
            person_at(chromium, ledger, "aino@example.com", java_script_enabled=False) as aino,
        ):
            plain = await aino.open("/orders")
            await row(plain, 1).locator("a").click()
            page = await laura.open("/orders")
            await row(page, 1).locator("a").click()
            await expect(plain.locator(TITLE)).to_have_text(await page.locator(TITLE).inner_text())
            assert plain.url == page.url
            await expect(plain.locator(".js-only:visible")).to_have_count(0)
            await expect(page.locator(".no-js:visible")).to_have_count(0)


def row(page: Page, number: int) -> Locator:
    return page.locator(f'tr[data-order="{order_id_of(number)}"]')
