"""What anybody can use: no finding of axe, nothing wider than a small screen, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.web.site import site
from tests.browser.browsing import paid_orders, person_at, without_grace
from tests.support import Database

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = {"width": 320, "height": 640}
LARGE = {"width": 1440, "height": 900}
ORDER = f"/orders/{order_id_of(1)}"
PAGES = ("/orders", "/orders?tab=attention", "/orders?q=none", ORDER)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_axe_finds_nothing_and_nothing_overflows(
    database: Database, chromium: str, scheme: str, size: dict[str, int]
) -> None:
    wanted: dict[str, Any] = {
        "color_scheme": scheme,
        "viewport": size,
        "reduced_motion": "reduce",
    }
    async with site(database, 8) as ledger, followed(ledger.parts):
        await without_grace(ledger)
        await paid_orders(ledger, 1, 2)
        async with person_at(chromium, ledger, **wanted) as laura:
            page = await laura.open(PAGES[0])
            for path in PAGES:
                await page.goto(laura.url(path))
                assert await findings(page) == [], path
                assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            await page.get_by_role("link", name="Complete order…").click()
            await expect(page.locator("dialog[open]")).to_be_visible()
            assert await findings(page) == []


async def findings(page: Page) -> list[str]:
    found = await Axe().run(page, options={"runOnly": RULES})
    return [
        f"{one['id']}: {node['html']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
