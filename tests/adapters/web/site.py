"""The pages on a real server over loopback, on a fresh database, and visitors who have signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx2 import AsyncClient, Response

from adapters.auth.roles import Role
from adapters.bootstrap import Parts
from adapters.web.access import SESSION_COOKIE
from adapters.web.regions import REGION_HEADER, Region
from domain.identifiers import ShopId
from tests.adapters.http_api.served import KAUPPA, served
from tests.support import Database


class Visitor:
    """A browser without scripts, in which somebody has signed in."""

    def __init__(self, client: AsyncClient, shop: ShopId = KAUPPA) -> None:
        self.client = client
        self.shop = shop

    async def get(self, path: str, region: Region | None = None, **parameters: Any) -> Response:
        """Open a page of the shop; with a region, as a script asks for it."""
        headers = {REGION_HEADER: region.value} if region else {}
        return await self.client.get(
            f"/shops/{self.shop}{path}", params=parameters, headers=headers
        )

    async def post(self, path: str, region: Region | None = None, **form: Any) -> Response:
        """Send a form of the shop, from one of our own pages."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        headers |= {REGION_HEADER: region.value} if region else {}
        return await self.client.post(f"/shops/{self.shop}{path}", data=form, headers=headers)


class Site:
    """A running ledger's pages."""

    def __init__(self, parts: Parts, client: AsyncClient) -> None:
        self.parts = parts
        self.client = client
        """Nobody has signed in there."""

    @asynccontextmanager
    async def visitor(
        self,
        role: Role = Role.CUSTOMER_SERVICE,
        shop: ShopId = KAUPPA,
        email: str = "laura@example.com",
        language: str = "en",
    ) -> AsyncIterator[Visitor]:
        """Let somebody into a shop and sign them in."""
        person = await self.parts.people.add(email, "Laura", shop, role)
        cookies = {
            SESSION_COOKIE: await self.parts.sessions.begin(person.person_id),
            "language": language,
        }
        async with AsyncClient(base_url=self.client.base_url, cookies=cookies) as client:
            yield Visitor(client, shop)


@asynccontextmanager
async def site(
    database: Database, connections_max: int = 4, **settings_set: str
) -> AsyncIterator[Site]:
    """Serve the pages of two shops until the block ends; read models follow only if made to."""
    async with served(database, connections_max, settings_set) as api:
        yield Site(api.parts, api.client)
