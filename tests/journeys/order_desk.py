"""A person at the order desk: looks at the example order and acts on it, as the page will.

Facts that the checkout or a worker would bring are recorded as they are; what the person does goes
through the HTTP API, and what the person sees comes from it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from httpx2 import Response

from adapters.auth.roles import Role
from adapters.postgres.query import fetch, fetch_one
from adapters.providers.configured import CREDENTIALS_BY_PROVIDER
from adapters.running.waiting import wait_for
from adapters.shops.settings import ShopSettings
from domain.identifiers import ActionId
from domain.order.events import OrderFact
from projections.attention.projection import ATTENTION
from projections.attention.queries import count_attention, list_attention
from projections.orders.projection import ORDERS
from tests.adapters.commands.given import STREAM, stand
from tests.adapters.http_api.recorded import followed
from tests.adapters.http_api.served import Api, bearer, served
from tests.examples import ORDER_ID, SHOP
from tests.support import Database

GRACE: timedelta = ShopSettings().grace
"""A few minutes: what a shop has that set nothing."""


class OrderDesk:
    """One person, one order."""

    def __init__(self, api: Api, access_key: str) -> None:
        self.api = api
        self.access_key = access_key
        self.wishes = 0

    async def happened(self, *facts: OrderFact) -> datetime:
        """Record facts after those there are; say when they were recorded."""
        known = await self.api.parts.journal.read_stream(STREAM)
        await stand(self.api.parts, *facts, after=len(known))
        return (await self.api.parts.journal.read_stream(STREAM))[-1].recorded_at

    async def complete(self, **options: bool) -> Any:
        """Complete the order; expect that it is done."""
        return granted(await self.ask("/complete", options))

    async def rerun(self, action_id: ActionId, **options: bool) -> Any:
        """Run an action again; expect that it is done."""
        return granted(await self.ask(f"/actions/{action_id}/rerun", options))

    async def refund(self, *lines: dict[str, Any], **options: Any) -> Any:
        """Refund the order; expect that it is done."""
        return granted(await self.ask("/refunds", {"lines": lines, **options}))

    async def preview(self, *lines: str, **query: Any) -> Any:
        """Look at what a refund would come to, of everything where no line is named."""
        answer = await self.api.get(
            f"/orders/{ORDER_ID}/refund-preview", self.access_key, line=list(lines), **query
        )
        return granted(answer)

    async def confirm(self, refund_id: str, **options: Any) -> Any:
        """Say what became of a transfer; expect that it is done."""
        return granted(await self.ask(f"/refunds/{refund_id}/confirm", options))

    async def configure(self, *providers: str) -> None:
        """Set what the ledger needs to ask these providers."""
        for provider in providers:
            for name in CREDENTIALS_BY_PROVIDER[provider]:
                await self.api.parts.secrets.set(SHOP, name, "made-up")

    async def ask(
        self, path: str, options: Mapping[str, Any], *, dry_run: bool = False, key: str = ""
    ) -> Response:
        """Want something, each time under a new key unless one is given."""
        self.wishes += 1
        return await self.api.client.post(
            f"/api/v1/orders/{ORDER_ID}{path}",
            json=options,
            params={"dry_run": dry_run},
            headers=bearer(self.access_key) | {"Idempotency-Key": key or f"wish-{self.wishes}"},
        )

    async def sheet(self) -> Any:
        """Open the order."""
        return (await self.api.get(f"/orders/{ORDER_ID}", self.access_key)).json()

    async def action(self, action_id: ActionId) -> Any:
        """Look at one row of the sheet's post-purchase actions."""
        rows = (await self.sheet())["actions"]
        return next(row for row in rows if row["action_id"] == action_id)

    async def attention_count(self, now: datetime) -> int:
        """Read the counter at a time."""
        await self._wait()
        asked = count_attention(SHOP, now=now, grace=GRACE)
        return (await fetch_one(self.api.parts.pool, asked)).count

    async def attention_list(self, now: datetime) -> list[str]:
        """Read the tab at a time: the numbers of its orders."""
        await self._wait()
        asked = list_attention(SHOP, now=now, grace=GRACE, limit=10)
        return [row.number for row in await fetch(self.api.parts.pool, asked)]

    async def _wait(self) -> None:
        pool, head = self.api.parts.pool, await self.api.parts.journal.head()
        assert await wait_for(pool, head, [ATTENTION.name, ORDERS.name])


@asynccontextmanager
async def order_desk(database: Database, *history: OrderFact) -> AsyncIterator[OrderDesk]:
    """Serve a shop that has the example order with this history."""
    async with served(database) as api:
        await api.parts.shops.add(SHOP, "Courses")
        await stand(api.parts, *history)
        yield OrderDesk(api, await api.key(Role.CUSTOMER_SERVICE, SHOP))


@asynccontextmanager
async def desk_with_counter(database: Database, *history: OrderFact) -> AsyncIterator[OrderDesk]:
    """The same, with the read models kept up to date."""
    async with order_desk(database, *history) as desk, followed(desk.api.parts):
        yield desk


def granted(response: Response) -> Any:
    """Expect success; give the answer."""
    assert response.status_code == 200, response.text
    return response.json()


def runs(answer: Any) -> list[str]:
    """Name the actions that an answer says are run."""
    return [one["action_id"] for one in answer["fires"]]
