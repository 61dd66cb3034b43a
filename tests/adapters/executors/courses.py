"""Executors of course platforms against the sandbox, with real secrets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct, structs

from adapters.executors.kajabi.executor import KajabiGrantExecutor
from adapters.executors.systeme import SystemeContactExecutor
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.secrets import CREDENTIAL_NAMES, Secrets
from adapters.settings import InnerAddresses
from domain.order.values import Customer
from processors.ports import Task
from scripts.receivers.client import Sandbox
from scripts.receivers.places import Receiver
from tests.examples import SHOP
from tests.support import Database

CREDENTIAL = "a-credential-of-the-shop"


class Courses(Struct, frozen=True):
    """What grants access and adds contacts."""

    kajabi: KajabiGrantExecutor
    systeme: SystemeContactExecutor
    secrets: Secrets
    http: OutboundHttp
    pool: Pool


@asynccontextmanager
async def courses(
    database: Database, sandbox: Sandbox, *, seconds_max: float = 5.0, has_credentials: bool = True
) -> AsyncIterator[Courses]:
    """Make the executors, over one shop's credentials."""
    async with (
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=seconds_max) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        for name in CREDENTIAL_NAMES if has_credentials else ():
            await secrets.set(SHOP, name, CREDENTIAL)
        kajabi_url, systeme_url = map(sandbox.places.url, (Receiver.KAJABI_API, Receiver.SYSTEME))
        yield Courses(
            KajabiGrantExecutor(http, secrets, kajabi_url),
            SystemeContactExecutor(http, secrets, systeme_url),
            secrets,
            http,
            pool,
        )


def of_customer(task: Task, customer: Customer) -> Task:
    """Let somebody else be the customer."""
    order = structs.replace(task.order, customer=customer)
    return structs.replace(task, order=order)
