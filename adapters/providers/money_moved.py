"""Of which orders money moved back, or was said not to have, since a moment.

The rule to know: the journal's times never decrease, so the first position after a moment is
found by halving; no index by time is needed.
"""

from datetime import datetime

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ORDER_CATEGORY, ShopId, StreamName
from domain.order.events import (
    ExternalRefundFailed,
    ExternalRefundObserved,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
)
from projections.query import Query

ORDERS_MAX = 100_000
NAMES = [
    kind.__name__
    for kind in (
        RefundTransferPending,
        RefundTransferred,
        RefundTransferFailed,
        ExternalRefundObserved,
        ExternalRefundFailed,
    )
]

FIRST_AFTER = """
WITH RECURSIVE halves AS (
    SELECT
        0::bigint AS low,
        coalesce(max(position), 0) + 1 AS high
    FROM journal.events
    UNION ALL
    SELECT
        CASE WHEN middle.recorded_at < %(since)s THEN middle.position ELSE halves.low END,
        CASE WHEN middle.recorded_at < %(since)s THEN halves.high ELSE middle.position END
    FROM halves
    CROSS JOIN LATERAL (
        SELECT
            position,
            recorded_at
        FROM journal.events
        WHERE position = (halves.low + halves.high) / 2
    ) AS middle
    WHERE halves.high - halves.low > 1
)
SELECT min(high) AS position
FROM halves
"""

STREAMS = """
SELECT DISTINCT stream
FROM journal.events
WHERE position >= %(position)s
AND name = ANY(%(names)s::text[])
AND stream >= %(first)s
AND stream < %(after_last)s
LIMIT %(limit)s
"""


class _Position(Struct, frozen=True):
    position: int


class _Stream(Struct, frozen=True):
    stream: StreamName


class MoneyMoved:
    """Asks the journal."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def orders_since(self, shop: ShopId, since: datetime) -> list[StreamName]:
        """Name the streams of a shop's orders of whose returned money there is news."""
        parameters: dict[str, object] = {"since": since}
        first = await fetch(
            self._pool, Query(sql=FIRST_AFTER, parameters=parameters, result=_Position)
        )
        prefix = f"{ORDER_CATEGORY}/{shop}"
        parameters = {
            "position": first[0].position,
            "names": NAMES,
            "first": f"{prefix}/",
            "after_last": f"{prefix}0",  # the sign after the slash
            "limit": ORDERS_MAX,
        }
        found = await fetch(self._pool, Query(sql=STREAMS, parameters=parameters, result=_Stream))
        return [one.stream for one in found]
