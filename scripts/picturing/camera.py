"""Makes the pictures: each scene at each of its widths, light and dark.

The rule to know: a picture is made once nothing is on its way any more; what a page complains of
in the console is told beside its picture, and does not stop the others.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from playwright.async_api import Browser, Error, Page, async_playwright

from scripts.browsing.finding import ARGUMENTS
from scripts.picturing.ledger import Pictured
from scripts.picturing.scenes import PHONE, Scene

SCHEMES = ("light", "dark")
HEIGHT, HEIGHT_OF_PHONE = 900, 844
WAIT_MILLISECONDS = 5_000
SETTLE_MILLISECONDS = 350
"""For what fades, and for a preview that waits until one has typed."""


class Picture(Struct, frozen=True, kw_only=True):
    """One file, and what the page said meanwhile."""

    scene: str
    width: int
    scheme: str
    file: str
    complaints: tuple[str, ...]


@asynccontextmanager
async def camera(program: Path) -> AsyncIterator[Browser]:
    """Open a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        yield browser
        await browser.close()


async def picture(
    browser: Browser, ledger: Pictured, scene: Scene, *, width: int, scheme: str, folder: Path
) -> Picture:
    """Open a scene as somebody does, and save what they see."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT_OF_PHONE if width <= PHONE else HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scene.has_scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MILLISECONDS)
    cookies = {"language": scene.language} | (dict(ledger.cookies) if scene.is_signed_in else {})
    await context.add_cookies(
        [{"name": name, "value": value, "url": ledger.url} for name, value in cookies.items()]
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    complaints += await _pose(page, ledger, scene)
    file = f"{scene.name}-{width}-{scheme}.png"
    await page.screenshot(path=folder / file)
    await context.close()
    return Picture(
        scene=scene.name, width=width, scheme=scheme, file=file, complaints=tuple(complaints)
    )


async def _pose(page: Page, ledger: Pictured, scene: Scene) -> Sequence[str]:
    """Go there and do what is to be done first; say what could not be done."""
    try:
        await page.goto(ledger.url + _path(scene, ledger))
        if scene.act:
            await page.wait_for_timeout(SETTLE_MILLISECONDS)
            await scene.act(page)
        await page.wait_for_timeout(SETTLE_MILLISECONDS)
    except Error as error:
        return [error.message.splitlines()[0]]
    return []


def _path(scene: Scene, ledger: Pictured) -> str:
    return re.sub(r"\{([a-z-]+)\}", lambda found: str(ledger.order_ids[found[1]]), scene.path)
