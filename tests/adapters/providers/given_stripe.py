"""Stripe's client against the sandbox, with a real secret."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import STRIPE_API_KEY, Secrets
from adapters.providers.stripe.refunds import StripeRefunds
from adapters.settings import InnerAddresses
from processors.refund_provider import TransferTask
from scripts.receivers.stripe_ids import payment_id
from tests.adapters.providers.refunds import task_of
from tests.examples import SHOP, TOTAL
from tests.support import Database

API_KEY = "sk_test_s3cret0123456789"


@asynccontextmanager
async def stripe(
    database: Database, url: str, *, secret: str = API_KEY, seconds_max: float = 5.0
) -> AsyncIterator[StripeRefunds]:
    """Make the provider, over one shop's account."""
    async with (
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=seconds_max) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        if secret:
            await secrets.set(SHOP, STRIPE_API_KEY, secret)
        yield StripeRefunds(http, secrets, url)


def payment(mark: int, amount: int = TOTAL, *, is_card: bool = True) -> str:
    """Name a payment that was made at the sandbox's Stripe; `mark` is a test's own."""
    return payment_id(mark, amount, "EUR", is_card=is_card)


def refund_named(transaction_id: str, name: str = "refund") -> str:
    """Name a refund of a payment; keys are of refunds, and Stripe remembers them."""
    return f"{name}-{transaction_id[4:16]}"


def stripe_task(transaction_id: str, *, refund: str = "refund", **more: Any) -> TransferTask:
    """Take one transfer of an order that was paid by this payment."""
    return task_of("stripe", transaction_id, refund=refund_named(transaction_id, refund), **more)
