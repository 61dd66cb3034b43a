"""Tells merchants of trouble without being asked; of all that run, one at a time is active.

The rule to know: nothing is kept in the process. Whoever takes over, after whatever end, finds in
the tables what was decided and what was not sent yet. Nothing that goes wrong here ends the
workers that run beside.
"""

import asyncio

import structlog

from adapters.alerts.sending import AlertSender
from adapters.alerts.steps import Alerts
from adapters.log import log_mistake
from adapters.postgres.database import Pool, url_of
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.lease import Lease, LeaseTaken, hold_lease
from adapters.running.supervisor import stopped_within
from adapters.shops.settings import ShopSettingsStore

LEASE_NAME = "alerts"
LOOK_SECONDS = 2.0
STANDBY_SECONDS = 2.0

logger = structlog.get_logger()


async def run_alerts(
    *,
    pool: Pool,
    shop_settings: ShopSettingsStore,
    sender: AlertSender,
    stop: asyncio.Event,
) -> None:
    """Look and tell until `stop` is set, whatever happens; stand by while another does."""
    alerts = Alerts(pool=pool, shop_settings=shop_settings, sender=sender)
    while not stop.is_set():
        try:
            async with hold_lease(url_of(pool), LEASE_NAME) as lease:
                await _run(alerts, lease, stop)
        except LeaseTaken:
            await stopped_within(stop, STANDBY_SECONDS)
        except UNAVAILABLE as problem:
            logger.warning("alerts wait for the database", problem=str(problem))
            await stopped_within(stop, STANDBY_SECONDS)
        except Exception as problem:  # noqa: BLE001 - beside it run the workers, which it must not end
            log_mistake("alert_mistake", problem)
            await stopped_within(stop, STANDBY_SECONDS)


async def _run(alerts: Alerts, lease: Lease, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await lease.check()
        await alerts.step()
        await stopped_within(stop, LOOK_SECONDS)
