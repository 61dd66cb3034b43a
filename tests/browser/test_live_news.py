"""News while one looks: the counter on every page, rows in place, one stream for all tabs."""

from playwright.async_api import Page, expect

from tests.adapters.http_api.recorded import followed, order_id_of, received, record
from tests.adapters.http_api.recorded import placed as placed_at
from tests.adapters.http_api.recorded import started as started_at
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at, without_grace
from tests.support import Database

COUNTER = ".side [data-attention]"
LIGHT = "[data-live]:visible"


async def test_the_counter_rises_in_every_tab_by_one_stream(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await without_grace(ledger)
        async with person_at(chromium, ledger) as laura:
            streams: list[str] = []
            laura.context.on(
                "request",
                lambda one: streams.append(one.url) if one.url.endswith("/live") else None,
            )
            first = await laura.open("/orders")
            await expect(first.locator(LIGHT).first).to_have_text("Live")
            second = await laura.open("/orders")
            await expect(second.locator(LIGHT).first).to_have_text("Live")
            await expect(second.locator(COUNTER)).to_be_hidden()
            await paid_orders(ledger, 1)
            for page in (first, second):
                await expect(page.locator(COUNTER)).to_contain_text("1")
                await expect(page.locator("#heard")).to_have_text("1 order requires attention")
            assert (await first.title()).startswith("(1) ")
            assert len(streams) == 1


async def test_a_shown_row_changes_in_place_and_keeps_the_focus(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await record(ledger.parts, 1, [started_at(1), placed_at(1, "m1@example.com")])
        await paid_orders(ledger, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            await expect(page.locator(LIGHT).first).to_have_text("Live")
            row = page.locator(f'tr[data-order="{order_id_of(1)}"]')
            await expect(row).to_contain_text("In progress")
            await row.locator("a").focus()
            await record(ledger.parts, 1, [received(1)], after=2)
            await expect(row).to_contain_text("Paid")
            await expect(row.locator("a")).to_be_focused()


async def test_new_orders_wait_behind_a_bar(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders")
            await expect(page.locator(LIGHT).first).to_have_text("Live")
            await paid_orders(ledger, 2, 3)
            bar = page.locator("[data-new-orders]")
            await expect(bar).to_have_text("2 new orders · show")
            assert await numbers(page) == 1
            await bar.click()
            await expect(bar).to_be_hidden()
            assert await numbers(page) == 3


async def test_the_open_order_follows_unless_somebody_writes_in_it(
    database: Database, chromium: str
) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await record(ledger.parts, 1, [started_at(1), placed_at(1, "m1@example.com")])
        await paid_orders(ledger, 2)
        async with person_at(chromium, ledger) as laura:
            page = await laura.open(f"/orders/{order_id_of(1)}")
            await expect(page.locator(LIGHT).first).to_have_text("Live")
            panel = page.locator("[data-region='panel']")
            await page.evaluate("document.querySelector('#panel-title').dataset.old = ''")
            await record(ledger.parts, 1, [received(1)], after=2)
            await expect(page.locator("#panel-title[data-old]")).to_have_count(0)
            await expect(panel).to_contain_text("2026-1")


async def test_a_broken_line_is_said_and_mended(database: Database, chromium: str) -> None:
    async with site(database, 8) as ledger, followed(ledger.parts):
        await paid_orders(ledger, 1)
        async with person_at(chromium, ledger) as laura:
            laura.expected = ("net::ERR_",)
            page = await laura.open("/orders")
            light = page.locator(LIGHT).first
            await expect(light).to_have_text("Live")
            await laura.context.set_offline(True)
            await expect(light).to_have_text("Offline")
            await laura.context.set_offline(False)
            await expect(light).to_have_text("Live")


async def numbers(page: Page) -> int:
    return await page.locator("tr[data-order]").count()
