"""Paytrail's client against the sandbox, with real secrets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET, Secrets
from adapters.providers.paytrail.client import PaytrailClient
from adapters.providers.paytrail.provider import PaytrailProvider
from adapters.settings import InnerAddresses
from scripts.receivers.paytrail_ids import transaction_id
from scripts.receivers.paytrail_signing import ACCOUNT, SECRET
from tests.examples import SHOP, TOTAL
from tests.support import Database

PUBLIC_URL = "http://127.0.0.1:9"
"""Where nobody listens; callbacks have tests of their own."""


@asynccontextmanager
async def paytrail(
    database: Database,
    url: str,
    *,
    public_url: str = PUBLIC_URL,
    secret: str = SECRET,
    seconds_max: float = 5.0,
) -> AsyncIterator[PaytrailProvider]:
    """Make the provider, over one shop's account."""
    async with (
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=seconds_max) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        for name, value in ((PAYTRAIL_ACCOUNT, ACCOUNT), (PAYTRAIL_SECRET, secret)):
            if value:
                await secrets.set(SHOP, name, value)
        yield PaytrailProvider(PaytrailClient(http, url), secrets, public_url)


def payment(mark: int, provider: str = "osuuspankki", amount: int = TOTAL) -> str:
    """Name a payment that was made at the sandbox's Paytrail; `mark` is a test's own."""
    return transaction_id(mark, amount, provider)
