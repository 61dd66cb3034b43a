"""What a page must be to everybody: nothing that axe finds, at any size, in light and in dark.

The rule to know: a page is opened once and then resized and recoloured, as a person would; what was
opened in it stays open. In the dark only colours differ, so only their rules are asked again.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1440, 390, 320)
"""A desk, a phone, and a page zoomed to 400 %."""
HEIGHT = 900
RULES_BY_SCHEME: Mapping[Literal["light", "dark"], Mapping[str, Any]] = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN = "options => axe.run(document, options).then(found => found.violations)"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def troubles_of(page: Page) -> list[str]:
    """Name what axe finds, and what is wider than the window."""
    await page.evaluate(AXE_SCRIPT)
    found = []
    for width, scheme in product(WIDTHS, RULES_BY_SCHEME):
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        where = f"{width} {scheme}"
        found += [f"{where} {one}" for one in await _violations(page, RULES_BY_SCHEME[scheme])]
        wider = await page.evaluate(WIDER)
        if wider > 0:
            found.append(f"{where} is {wider} px too wide")
    return found


async def _violations(page: Page, rules: Mapping[str, Any]) -> list[str]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    violations: list[dict[str, Any]] = await page.evaluate(RUN, options)
    return [f"{one['id']}: {node['html']}" for one in violations for node in one["nodes"]]
