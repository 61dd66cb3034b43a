"""Tells merchants of trouble without being asked; of all that run, one at a time is active.

The rule to know: nothing is kept in the process. Whoever takes over, after whatever end, finds in
the tables what was decided and what was not sent yet.
"""

import asyncio
from datetime import timedelta

import structlog

from adapters.alerts.sending import AlertSender
from adapters.alerts.store import Alert, AlertStore, Channel
from adapters.auth.shops import Shops
from adapters.clock import Clock, utc_now
from adapters.postgres.database import Pool, url_of
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.lease import Lease, LeaseTaken, hold_lease
from adapters.postgres.query import fetch
from adapters.running.supervisor import stopped_within
from adapters.shops.settings import ShopSettings, ShopSettingsStore
from domain.identifiers import ShopId
from domain.order.retries import RETRY_AFTER_SECONDS_MAX
from processors.alerting import SeenCause, Subject, notices_of
from processors.ports import Failed
from projections.attention.causes import Cause, list_causes

LEASE_NAME = "alerts"
LOOK_SECONDS = 2.0
STANDBY_SECONDS = 2.0
SENT_AT_ONCE_MAX = 20
RETRY_SECONDS_MIN = 30
KEPT_TRYING = timedelta(hours=24)
"""Then an alert that still cannot be sent is given up."""

logger = structlog.get_logger()


class Alerts:
    """Looks, decides and sends, one step at a time."""

    def __init__(
        self,
        *,
        pool: Pool,
        shop_settings: ShopSettingsStore,
        sender: AlertSender,
        clock: Clock = utc_now,
    ) -> None:
        self._pool = pool
        self._shops = Shops(pool)
        self._shop_settings = shop_settings
        self._sender = sender
        self._store = AlertStore(pool)
        self._clock = clock

    async def step(self) -> None:
        """Decide what is to be told of each shop, and send what is due."""
        for shop in await self._shops.list():
            if shop.revoked_at is None:
                await self._look(shop.shop)
        waiting = await self._store.waiting(self._clock(), SENT_AT_ONCE_MAX)
        await asyncio.gather(*(self._send(alert) for alert in waiting))

    async def _look(self, shop: ShopId) -> None:
        settings = await self._shop_settings.get(shop)
        channels = _channels(settings)
        if not channels:
            return
        now = self._clock()
        causes = await fetch(self._pool, list_causes(shop, now=now, grace=settings.grace))
        last = await self._store.last(shop, [cause.cause_id for cause in causes])
        decision = notices_of(
            [_seen(cause) for cause in causes],
            last,
            grace=settings.grace,
            alert_age=settings.alert_age,
            now=now,
        )
        await self._store.save(shop, decision, channels, now)

    async def _send(self, alert: Alert) -> None:
        now = self._clock()
        settings = await self._shop_settings.get(alert.shop)
        outcome = await self._sender.send(alert, settings, now)
        if not isinstance(outcome, Failed):
            await self._store.tried(alert, failure="", done_at=now)
        elif outcome.is_retryable and now - alert.made_at < KEPT_TRYING:
            retry_at = now + _delay(alert.tries, outcome.retry_after_seconds)
            await self._store.tried(alert, failure=outcome.code, retry_at=retry_at)
        else:
            logger.warning("alert given up", channel=alert.channel, code=outcome.code)
            await self._store.tried(alert, failure=outcome.code, done_at=now)


async def run_alerts(
    *,
    pool: Pool,
    shop_settings: ShopSettingsStore,
    sender: AlertSender,
    stop: asyncio.Event,
) -> None:
    """Look and tell until `stop` is set, through lost connections; stand by while another does."""
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


async def _run(alerts: Alerts, lease: Lease, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await lease.check()
        await alerts.step()
        await stopped_within(stop, LOOK_SECONDS)


def _channels(settings: ShopSettings) -> list[Channel]:
    wanted = {Channel.EMAIL: settings.alert_email, Channel.WEBHOOK: settings.alert_webhook_url}
    return [channel for channel, address in wanted.items() if address]


def _seen(cause: Cause) -> SeenCause:
    return SeenCause(
        cause=cause.cause_id,
        subject=Subject(
            kind=cause.kind,
            action_kind=cause.action_kind,
            error=cause.code or cause.stage,
            destination=cause.destination,
        ),
        orders=cause.orders,
        numbers=cause.numbers,
    )


def _delay(tries: int, asked_seconds: int) -> timedelta:
    own = min(RETRY_SECONDS_MIN * 2**tries, RETRY_AFTER_SECONDS_MAX)
    return timedelta(seconds=max(own, min(asked_seconds, RETRY_AFTER_SECONDS_MAX)))
