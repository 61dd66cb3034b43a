"""Takes in what providers told and compares their money; of all that run, one at a time is active.

The rule to know: nothing is kept in the process. What was told stands in a table before it is
answered for, so whoever takes over, after whatever end, goes on with it.
"""

import asyncio

import structlog

from adapters.auth.shops import Shops
from adapters.log import log_mistake
from adapters.postgres.database import Pool, url_of
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.lease import Lease, LeaseTaken, hold_lease
from adapters.providers.news_applying import NewsApplier
from adapters.providers.reconciling import Reconciler
from adapters.running.supervisor import stopped_within
from domain.identifiers import ShopId

LEASE_NAME = "provider news"
LOOK_SECONDS = 1.0
"""At the news that waits."""
RECONCILE_LOOK_SECONDS = 30.0
"""At whether a shop's money is due to be compared."""
STANDBY_SECONDS = 2.0

logger = structlog.get_logger()


async def run_provider_news(
    *, pool: Pool, applier: NewsApplier, reconciler: Reconciler, stop: asyncio.Event
) -> None:
    """Work until `stop` is set, whatever happens; stand by while another does."""
    while not stop.is_set():
        try:
            async with hold_lease(url_of(pool), LEASE_NAME) as lease, asyncio.TaskGroup() as group:
                group.create_task(_take_in(applier, lease, stop))
                group.create_task(_reconcile(reconciler, Shops(pool), stop))
        except* LeaseTaken:
            await stopped_within(stop, STANDBY_SECONDS)
        except* UNAVAILABLE as problems:
            kinds = sorted({type(one).__name__ for one in problems.exceptions})
            logger.warning("provider_news_waits_for_the_database", problems=kinds)
            await stopped_within(stop, STANDBY_SECONDS)
        except* Exception as problems:  # noqa: BLE001 - beside it run the workers, which it must not end
            for problem in problems.exceptions:
                log_mistake("provider_news_mistake", problem)
            await stopped_within(stop, STANDBY_SECONDS)


async def _take_in(applier: NewsApplier, lease: Lease, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await lease.check()
        if not await applier.take_in_due():
            await stopped_within(stop, LOOK_SECONDS)


async def _reconcile(reconciler: Reconciler, shops: Shops, stop: asyncio.Event) -> None:
    while not stop.is_set():
        for shop in await shops.list():
            if shop.revoked_at is None and not stop.is_set():
                await _reconcile_shop(reconciler, shop.shop)
        await stopped_within(stop, RECONCILE_LOOK_SECONDS)


async def _reconcile_shop(reconciler: Reconciler, shop: ShopId) -> None:
    try:
        await reconciler.reconcile_due(shop)
    except UNAVAILABLE:
        raise
    except Exception as problem:  # noqa: BLE001 - one shop must not hold up the others
        log_mistake("reconciliation_mistake", problem, shop=shop)
