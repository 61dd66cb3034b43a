"""The API on a real server over loopback, on a fresh database."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from httpx2 import AsyncClient, Response
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.bootstrap import Parts, open_parts
from adapters.http_api.server import listen, serve_on
from adapters.master_key import generate_master_key
from adapters.reading.live_feed import LiveFeed
from adapters.settings import Settings
from domain.identifiers import ShopId
from tests.support import Database

NO_SETTINGS: Mapping[str, str] = {}
KAUPPA = ShopId("kauppa")
TOINEN = ShopId("toinen")


class Api:
    """A running API with two shops, and a client of it."""

    def __init__(
        self,
        parts: Parts,
        client: AsyncClient,
        stop: asyncio.Event,
        serving: asyncio.Task[None],
    ) -> None:
        self.parts = parts
        self.client = client
        self.stop = stop
        self.serving = serving

    def feed(self) -> LiveFeed:
        """Make a feed of its own, which nobody runs."""
        return LiveFeed(self.parts.pool, self.parts.news, self.parts.shop_settings)

    async def key(self, role: Role = Role.VIEWER, *shops: ShopId) -> str:
        """Issue a key; to `kauppa` unless told otherwise."""
        issued = await self.parts.keys.issue("test", role, shops or [KAUPPA])
        return issued.text

    async def key_to(self, *shops: ShopId) -> str:
        """Issue a viewer's key to these shops."""
        return await self.key(Role.VIEWER, *shops)

    async def get(self, path: str, key: str = "", **parameters: Any) -> Response:
        """Ask a route of `/api/v1`."""
        return await self.client.get(
            f"/api/v1{path}", params=parameters, headers=bearer(key) if key else {}
        )


def bearer(key: str) -> dict[str, str]:
    """Show a key."""
    return {"Authorization": f"Bearer {key}"}


def settings_for(database: Database, master_key: str) -> Settings:
    """Point to a test's database; no other server is needed."""
    return Settings(
        database_url=database.url,
        database_owner_url=database.owner_url,
        nats_url="",
        master_key=master_key,
        api_url="http://127.0.0.1:0",
    )


@asynccontextmanager
async def served(
    database: Database, connections_max: int = 4, settings_set: Mapping[str, str] = NO_SETTINGS
) -> AsyncIterator[Api]:
    """Serve the API until the block ends, with these settings beside those that it needs."""
    settings = replace(settings_for(database, generate_master_key()), **settings_set)
    async with open_parts(settings, connections_max=connections_max) as parts:
        await parts.shops.add(KAUPPA, "Kauppa")
        await parts.shops.add(TOINEN, "Toinen kauppa")
        listener = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_on(listener, parts, stop))
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield Api(parts, client, stop, serving)
        stop.set()
        await serving
