"""A person at a browser: pages of a running ledger, which must stay quiet and at home.

The rule to know: a test fails on any warning or error in the console (a breach of the policy is one)
and on any request that leaves this machine, unless it says beforehand which words it expects.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, async_playwright

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from adapters.shops.settings import ShopSettings
from adapters.web.access import SESSION_COOKIE
from domain.identifiers import ShopId
from domain.order.events import OrderFact
from scripts.browsing.finding import ARGUMENTS
from tests.adapters.http_api.recorded import placed, received, record, started
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.site import Site, Visitor

WAIT_MILLISECONDS = 10_000


class Person:
    """Somebody who has signed in to a shop, in a browser of their own."""

    def __init__(self, context: BrowserContext, visitor: Visitor) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        """Words of complaints that the test brings about itself."""
        self._base = str(visitor.client.base_url).rstrip("/")
        self._shop = visitor.shop
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._watch)

    def url(self, path: str) -> str:
        """Give the address of a page of the shop."""
        return f"{self._base}/shops/{self._shop}{path}"

    async def open(self, path: str) -> Page:
        """Open a page of the shop in a new tab."""
        page = await self.context.new_page()
        await page.goto(self.url(path))
        return page

    def unexpected(self) -> Sequence[str]:
        """Name what nobody expected."""
        return [one for one in self.complaints if not any(word in one for word in self.expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self._base, "data:", "about:")):
            self.complaints.append(f"left for {request.url}")


@asynccontextmanager
async def person_at(
    chromium: str,
    ledger: Site,
    email: str = "laura@example.com",
    role: Role = Role.CUSTOMER_SERVICE,
    shop: ShopId = KAUPPA,
    **wanted: Any,
) -> AsyncIterator[Person]:
    """Sign somebody in; `wanted` is of the browser's context: its size, scripts or none."""
    async with ledger.visitor(role, shop, email) as visitor, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | wanted)
        context.set_default_timeout(WAIT_MILLISECONDS)
        person = Person(context, visitor)
        session = visitor.client.cookies[SESSION_COOKIE]
        await context.add_cookies(
            [{"name": SESSION_COOKIE, "value": session, "url": person.url("")}]
        )
        try:
            yield person
        finally:
            await browser.close()
        assert not person.unexpected(), person.unexpected()


async def paid_orders(ledger: Site, *numbers: int) -> None:
    """Record orders that were paid, and wait until the list shows them."""
    for number in numbers:
        facts: list[OrderFact] = [
            started(number),
            placed(number, f"m{number}@example.com"),
            received(number),
        ]
        position = await record(ledger.parts, number, facts)
    await catch_up(ledger.parts, position)


async def without_grace(ledger: Site) -> None:
    """Let an order require attention as soon as it is paid."""
    settings = ShopSettings(display_name="Kauppa", grace_seconds=0)
    await ledger.parts.shop_settings.put(KAUPPA, settings)
