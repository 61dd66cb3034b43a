"""Epassi's client against the sandbox, with real secrets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import EPASSI_REFUND_URL, EPASSI_SECRET, EPASSI_SITE, Secrets
from adapters.providers.epassi.provider import EpassiProvider
from adapters.settings import InnerAddresses
from scripts.receivers.epassi import SECRET, SITE
from tests.examples import SHOP
from tests.support import Database


@asynccontextmanager
async def epassi(
    database: Database, url: str, *, seconds_max: float = 5.0, **changed: str
) -> AsyncIterator[EpassiProvider]:
    """Make the provider, over one shop's credentials."""
    credentials = {EPASSI_REFUND_URL: url, EPASSI_SITE: SITE, EPASSI_SECRET: SECRET}
    credentials |= {f"epassi.{name}": value for name, value in changed.items()}
    async with (
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=seconds_max) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        for name, value in credentials.items():
            if value:
                await secrets.set(SHOP, name, value)
        yield EpassiProvider(http, secrets)
