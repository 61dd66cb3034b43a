"""What became of alerts, for people who ask.

The rule to know: a message that was given up is not sent, and says so wherever alerts are shown.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from adapters.alerts.channel import Channel
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from projections.query import Query

NEWEST = """
SELECT
    channel,
    made_at,
    jsonb_array_length(notices) AS notices,
    tries,
    CASE
        WHEN done_at IS NULL THEN 'waiting'
        WHEN failure = '' THEN 'sent'
        ELSE 'given_up'
    END AS state,
    failure,
    CASE WHEN done_at IS NULL THEN retry_at END AS retry_at
FROM attention.alerts
WHERE shop = %(shop)s
ORDER BY
    made_at DESC,
    alert_id,
    channel
LIMIT %(limit)s
"""

LAST_LOOKED_AT = 20
"""Messages among which the last of each channel is looked for."""


class State(StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class AlertListed(Struct, frozen=True, kw_only=True):
    """One message, and what became of it."""

    channel: Channel
    made_at: datetime
    notices: int
    """How many causes it tells of."""
    tries: int
    state: State
    failure: str
    """The code of the last failure; empty if there was none, or it was sent since."""
    retry_at: datetime | None
    """When it is tried again, while it waits."""


async def newest_alerts(pool: Pool, shop: ShopId, limit: int) -> list[AlertListed]:
    """Give a shop's messages, the newest first."""
    values: dict[str, object] = {"shop": shop, "limit": limit}
    return await fetch(pool, Query(sql=NEWEST, parameters=values, result=AlertListed))


async def last_alerts(pool: Pool, shop: ShopId, channels: Collection[Channel]) -> list[AlertListed]:
    """Give the newest message of each of these channels."""
    newest = await newest_alerts(pool, shop, LAST_LOOKED_AT)
    by_channel = {alert.channel: alert for alert in reversed(newest)}
    return [by_channel[channel] for channel in channels if channel in by_channel]
