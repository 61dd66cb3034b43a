"""The questions about money that is open: which orders, what waits longest first, page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from domain.identifiers import OrderId, ShopId
from projections.cursor import cursor_of, place_of
from projections.open_refunds.projection import OPEN_REFUNDS, OpenKind, OpenRefundsRow
from projections.orders.projection import ORDERS
from projections.query import Query

PAGE_LENGTH_MAX = 200


class OpenState(StrEnum):
    """Which money is asked about."""

    OWED = "owed"
    OPEN = "open"
    """In flight or unresolved."""
    UNALLOCATED = "unallocated"


KINDS_BY_STATE: Mapping[OpenState, frozenset[OpenKind]] = {
    OpenState.OWED: frozenset({OpenKind.OWED}),
    OpenState.OPEN: frozenset({OpenKind.IN_FLIGHT, OpenKind.UNRESOLVED}),
    OpenState.UNALLOCATED: frozenset({OpenKind.UNALLOCATED}),
}
SINCE_BY_STATE: Mapping[OpenState | None, str] = {
    None: "since",
    OpenState.OWED: "owed_since",
    OpenState.OPEN: "open_since",
    OpenState.UNALLOCATED: "unallocated_since",
}


class OpenListed(OpenRefundsRow, frozen=True, kw_only=True):
    """An order that has money open, as it is listed."""

    email: str
    """The customer's, as the orders table has it; empty once it was erased."""
    listed_since: datetime
    """Of the oldest sum that was asked about."""


class After(Struct, frozen=True, array_like=True):
    """Where a page ended."""

    since: datetime
    order_id: OrderId


class OpenPage(Struct, frozen=True, kw_only=True):
    """Some orders, what waits longest first."""

    orders: tuple[OpenListed, ...]
    cursor: str | None
    """Names the next page; None on the last."""


LIST = f"""
SELECT
    {", ".join(f"r.{column}" for column in OPEN_REFUNDS.columns)},
    r.{{since}} AS listed_since,
    coalesce(o.email, '') AS email
FROM {OPEN_REFUNDS.table} AS r
LEFT JOIN {ORDERS.table} AS o USING (shop, order_id)
WHERE r.shop = %(shop)s
AND r.{{since}} IS NOT NULL{{after}}
ORDER BY
    r.{{since}},
    r.order_id
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only

IS_AFTER = "\nAND (r.{since}, r.order_id) > (%(after_since)s, %(after_order_id)s)"


def list_open(
    shop: ShopId, state: OpenState | None, *, limit: int, cursor: str | None = None
) -> Query[OpenListed]:
    """Ask for a page, of all states unless one is named; `page_of` makes one of the answer.

    Raise UnknownCursor.
    """
    assert 0 < limit <= PAGE_LENGTH_MAX, limit
    since, after = SINCE_BY_STATE[state], ""
    values: dict[str, object] = {"shop": shop, "limit": limit + 1}
    if cursor is not None:
        place = place_of(cursor, After)
        after = IS_AFTER.format(since=since)
        values |= {"after_since": place.since, "after_order_id": place.order_id}
    return Query(sql=LIST.format(since=since, after=after), parameters=values, result=OpenListed)


def page_of(found: Sequence[OpenListed], limit: int) -> OpenPage:
    """Make a page of what `list_open` found: it asks for one order more than the page shows."""
    shown = tuple(found[:limit])
    if len(found) <= limit:
        return OpenPage(orders=shown, cursor=None)
    last = After(since=shown[-1].listed_since, order_id=shown[-1].order_id)
    return OpenPage(orders=shown, cursor=cursor_of(last))
