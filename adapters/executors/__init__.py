"""What carries actions out in the outside world: one executor per kind, behind one port.

The rule to know: a kind without an executor is never claimed from the work list; it waits.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.postgres.secrets import Secrets
from adapters.settings import Settings
from adapters.shops.settings import ShopSettingsStore
from processors.ports import Executor


@asynccontextmanager
async def open_executors(
    *, settings: Settings, shop_settings: ShopSettingsStore, secrets: Secrets
) -> AsyncIterator[Mapping[str, Executor]]:
    """Construct the executors by the kind that each carries out; close what they hold."""
    yield {}
