"""The example order, open in the panel of somebody who has signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx2 import Response

from adapters.auth.roles import Role
from adapters.web.regions import Region
from domain.order.events import OrderFact
from tests.adapters.commands.given import stand
from tests.adapters.web.site import Site, Visitor, site
from tests.examples import ORDER_ID, SHOP
from tests.support import Database

ORDER = f"/orders/{ORDER_ID}"


class Opened:
    """A visitor who looks at the example order."""

    def __init__(self, site: Site, visitor: Visitor) -> None:
        self.site = site
        self.visitor = visitor

    async def panel(self, path: str = "", **query: str) -> Response:
        """Ask for the panel alone, as a script does."""
        return await self.visitor.get(f"{ORDER}{path}", Region.PANEL, **query)

    async def html(self, path: str = "", **query: str) -> str:
        """Read the panel."""
        return (await self.panel(path, **query)).text


@asynccontextmanager
async def opened(
    database: Database, *facts: OrderFact, role: Role = Role.CUSTOMER_SERVICE
) -> AsyncIterator[Opened]:
    """Record the example order and sign somebody in."""
    async with site(database) as ledger:
        await ledger.parts.shops.add(SHOP, "Courses")
        await stand(ledger.parts, *facts)
        async with ledger.visitor(role, shop=SHOP) as visitor:
            yield Opened(ledger, visitor)
