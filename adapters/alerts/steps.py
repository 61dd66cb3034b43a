"""One step of alerts: look at every shop, decide what is told, send what is due.

The rule to know: a mistake over one shop or one message holds up no other; operating errors rise.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from adapters.alerts.channel import wanted_channels
from adapters.alerts.sending import AlertSender
from adapters.alerts.store import Alert, AlertStore
from adapters.auth.shops import Shops
from adapters.clock import Clock, utc_now
from adapters.log import log_mistake
from adapters.postgres.database import Pool
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.query import fetch, fetch_one
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import ShopId
from domain.order.retries import RETRY_AFTER_SECONDS_MAX
from processors.alerting import Look, notices_of
from processors.episodes import SeenCause, Subject
from processors.ports import Failed, Outcome
from projections.attention.causes import Cause, list_causes
from projections.attention.projection import ATTENTION
from projections.query import Query

SENT_AT_ONCE_MAX = 20
RETRY_SECONDS_MIN = 30
KEPT_TRYING = timedelta(hours=24)
"""Then an alert that still cannot be sent is given up."""
BEHIND_SECONDS = 30.0
"""A read model that has not handled what was recorded before is rebuilt, or its runner is away."""
MISTAKE = Failed(code="internal_error", message="See the log.", is_retryable=True)

BEHIND = """
SELECT count(*) > 0 AS is_behind
FROM (
    SELECT recorded_at
    FROM journal.events
    WHERE position > (
        SELECT coalesce(max(position), 0)
        FROM followers.positions
        WHERE name = %(name)s
    )
    ORDER BY position
    LIMIT 1
) AS next
WHERE recorded_at < now() - make_interval(secs => %(seconds)s)
"""

logger = structlog.get_logger()


class _Behind(Struct, frozen=True):
    """Whether a read model is behind."""

    is_behind: bool


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
        """Decide what is to be told of each shop, and send what is due.

        Nothing is decided by a read model that is behind: what is missing there seems repaired.
        """
        if not await self._is_behind():
            for shop in await self._shops.list():
                if shop.revoked_at is None:
                    await self._look(shop.shop)
        waiting = await self._store.waiting(self._clock(), SENT_AT_ONCE_MAX)
        ends = await asyncio.gather(*map(self._send, waiting), return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _is_behind(self) -> bool:
        values: dict[str, object] = {"name": ATTENTION.name, "seconds": BEHIND_SECONDS}
        query = Query(sql=BEHIND, parameters=values, result=_Behind)
        return (await fetch_one(self._pool, query)).is_behind

    async def _look(self, shop: ShopId) -> None:
        try:
            await self._decide(shop)
        except UNAVAILABLE:
            raise
        except Exception as problem:  # noqa: BLE001 - one shop's mistake must not silence the others
            log_mistake("alert_mistake", problem, shop=shop)

    async def _decide(self, shop: ShopId) -> None:
        settings = await self._shop_settings.get(shop)
        channels = wanted_channels(settings)
        if not channels:
            return
        now = self._clock()
        causes = await fetch(self._pool, list_causes(shop, now=now, grace=settings.grace))
        last = await self._store.last(shop, [cause.cause_id for cause in causes])
        look = Look(
            now=now,
            grace=settings.grace,
            alert_age=settings.alert_age,
            told_at=await self._store.told_at(shop),
        )
        decision = notices_of([_seen(cause) for cause in causes], last, look)
        await self._store.save(shop, decision, channels, now)

    async def _send(self, alert: Alert) -> None:
        now = self._clock()
        outcome = await self._outcome_of(alert, now)
        if not isinstance(outcome, Failed):
            await self._store.tried(alert, failure="", done_at=now)
        elif outcome.is_retryable and now - alert.made_at < KEPT_TRYING:
            retry_at = now + _delay(alert.tries, outcome.retry_after_seconds)
            await self._store.tried(alert, failure=outcome.code, retry_at=retry_at)
        else:
            logger.warning("alert given up", channel=alert.channel, code=outcome.code)
            await self._store.tried(alert, failure=outcome.code, done_at=now)

    async def _outcome_of(self, alert: Alert, now: datetime) -> Outcome:
        settings = await self._shop_settings.get(alert.shop)
        try:
            return await self._sender.send(alert, settings, now)
        except UNAVAILABLE:
            raise
        except Exception as problem:  # noqa: BLE001 - one message's mistake must not stop the others
            log_mistake(
                "alert_mistake",
                problem,
                shop=alert.shop,
                channel=alert.channel,
                alert_id=alert.alert_id,
            )
            return MISTAKE


def _seen(cause: Cause) -> SeenCause:
    return SeenCause(
        cause=cause.cause_id,
        subject=Subject(
            kind=cause.kind,
            action_kind=cause.action_kind,
            error=cause.error,
            destination=cause.destination,
        ),
        since=cause.due_at,
        orders=cause.orders,
        numbers=cause.numbers,
    )


def _delay(tries: int, asked_seconds: int) -> timedelta:
    own = min(RETRY_SECONDS_MIN * 2**tries, RETRY_AFTER_SECONDS_MAX)
    return timedelta(seconds=max(own, min(asked_seconds, RETRY_AFTER_SECONDS_MAX)))
