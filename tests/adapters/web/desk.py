"""Somebody at a dialog about the example order."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from httpx2 import Response

from adapters.auth.roles import Role
from adapters.bootstrap import Parts
from adapters.web.regions import Region
from domain.order.events import OrderFact
from projections.order_view.history import HistoryEntry
from tests.adapters.http_api.recorded import followed
from tests.adapters.web.asked import Asked
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.site import Visitor
from tests.examples import ORDER_ID, SHOP
from tests.support import Database


class Desk:
    """A visitor, and the order that stands in the journal."""

    def __init__(self, parts: Parts, visitor: Visitor) -> None:
        self.parts = parts
        self.visitor = visitor

    async def ask(self, path: str, **query: str) -> Asked:
        """Open a dialog of the order as a script does."""
        return Asked(await self.visitor.get(f"{ORDER}{path}", Region.DIALOG, **query))

    async def send(
        self, path: str, asked: Asked, region: Region | None = Region.DIALOG, **boxes: bool
    ) -> Response:
        """Send the dialog's form, with these boxes ticked or not."""
        return await self.visitor.post(f"{ORDER}{path}", region, **asked.filled_in(**boxes))

    async def history(self) -> Sequence[HistoryEntry]:
        """Give all facts of the order."""
        return (await self.parts.order_reader.history(SHOP, ORDER_ID)).events


@asynccontextmanager
async def desk(
    database: Database, *facts: OrderFact, role: Role = Role.CUSTOMER_SERVICE
) -> AsyncIterator[Desk]:
    """Record the order and let somebody in; read models follow."""
    async with opened(database, *facts, role=role) as order, followed(order.site.parts):
        yield Desk(order.site.parts, order.visitor)
