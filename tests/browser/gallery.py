"""One ledger with something to show on every page, and one browser, for all tests of a module.

The rule to know: a test hands over a coroutine, and the gallery runs it in the loop in which its
server and its browser live; between tests nothing moves.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from playwright.async_api import Page

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from domain.order.events import OrderFact
from tests.adapters.http_api.recorded import placed, received, record, started
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.web.every_route import FullShop, full_shop
from tests.adapters.web.troubled import failed
from tests.browser.browsing import Person, person_at
from tests.examples import SHOP
from tests.support import TEST_SECONDS_MAX, Database

LAURA = "laura@example.com"
REFUSALS = ("status of 4", "net::ERR_FAILED")
"""What a browser says in its console about answers that refuse: these tests look at them."""
COURSES = f"/shops/{SHOP}"
"""There is everything, and Laura may do everything."""
EMPTY = f"/shops/{TOINEN}"
"""There is nothing yet."""
LOOKING_ONLY = f"/shops/{KAUPPA}"
"""Laura may only look."""

T = TypeVar("T")


class Gallery:
    """A person with many pages to look at."""

    def __init__(self, laura: Person, shop: FullShop) -> None:
        self._laura = laura
        self._base = str(shop.ledger.client.base_url).rstrip("/")

    @asynccontextmanager
    async def page(self, address: str, *, is_signed_in: bool = True) -> AsyncIterator[Page]:
        """Open an address in a tab of its own."""
        browser = self._laura.context.browser
        assert browser is not None
        stranger = await browser.new_context(reduced_motion="reduce")
        context = self._laura.context if is_signed_in else stranger
        page = await context.new_page()
        await page.goto(f"{self._base}{address}")
        yield page
        await page.close()
        await stranger.close()


class Visits:
    """Runs what a test does in the gallery's loop."""

    def __init__(self, runner: asyncio.Runner, gallery: Gallery) -> None:
        self._runner = runner
        self.gallery = gallery

    def run(self, looking: Coroutine[Any, Any, T]) -> T:
        """Do it; what takes too long hangs, and is cut off."""
        return self._runner.run(asyncio.wait_for(looking, TEST_SECONDS_MAX))


@contextmanager
def visits(database: Database, chromium: str) -> Iterator[Visits]:
    """Hold the gallery open."""
    with asyncio.Runner() as runner:
        opened: asyncio.Future[Gallery] = runner.get_loop().create_future()
        closing = asyncio.Event()
        held = runner.get_loop().create_task(_hold(database, chromium, opened, closing))
        yield Visits(runner, runner.run(_first(opened, held)))
        closing.set()
        runner.run(_end(held))


async def _hold(
    database: Database, chromium: str, opened: asyncio.Future[Gallery], closing: asyncio.Event
) -> None:
    """Open and close in one task, as what runs within asks for."""
    async with full_shop(database) as shop:
        await _fill(shop)
        async with person_at(
            chromium, shop.ledger, LAURA, Role.ADMIN, SHOP, reduced_motion="reduce"
        ) as laura:
            laura.expected = REFUSALS
            opened.set_result(Gallery(laura, shop))
            await closing.wait()


async def _fill(shop: FullShop) -> None:
    parts = shop.ledger.parts
    await parts.people.add(LAURA, "Laura", TOINEN, Role.ADMIN)
    await parts.people.add(LAURA, "Laura", KAUPPA, Role.VIEWER)
    news: dict[int, list[OrderFact]] = {1: failed(), 2: failed("http_404"), 3: []}
    for number, latest in news.items():
        email = f"somebody.with.a.long.name.{number}@customers.example.com"
        form = placed(number, email, discount="AUTUMN")
        facts: list[OrderFact] = [started(number, SHOP), form, received(number), *latest]
        position = await record(parts, number, facts, SHOP)
    await record(parts, 4, [started(4, SHOP)], SHOP)
    await catch_up(parts, position)


async def _first(opened: asyncio.Future[Gallery], held: asyncio.Task[None]) -> Gallery:
    """Wait until it is open, or cannot be."""
    held.add_done_callback(lambda _: opened.done() or opened.cancel())
    try:
        return await opened
    except asyncio.CancelledError:
        await held
        raise


async def _end(held: asyncio.Task[None]) -> None:
    await held
