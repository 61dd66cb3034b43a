"""The questions of the orders table: a page, how many there are, the money per country.

A page goes from the newest order to older ones and continues after the last order seen, so that
it costs the same however deep it is and new orders move nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from domain.identifiers import OrderId, ShopId
from projections.attention.asking import asking
from projections.cursor import cursor_of, place_of
from projections.orders.filter import NEEDS_ATTENTION, OrderFilter, condition, parameters
from projections.orders.projection import ORDERS, OrderRow
from projections.query import Counted, Query

COUNT_MAX = 10_001
"""Orders are counted up to here; more are shown as `10 000+`."""
PAGE_LENGTH_MAX = 200


class OrderListed(OrderRow, frozen=True, kw_only=True):
    """A row of the orders table as it is shown at one moment."""

    needs_attention: bool


class After(Struct, frozen=True, array_like=True):
    """Where a page ended, or where one began that newer orders are asked before."""

    created_at: datetime
    order_id: OrderId


class Page(Struct, frozen=True, kw_only=True):
    """Some orders, newest first."""

    orders: tuple[OrderListed, ...]
    cursor: str | None
    """Names the next page; None on the last."""


class CountryTotal(Struct, frozen=True, kw_only=True):
    """The money of one shop's orders from one country in one currency, in minor units."""

    country: str
    currency: str
    orders: int
    gross: int
    """What the paid orders came to before any refund."""
    refunded: int
    """The refunds in force."""


FOUND = f"""
SELECT
    {", ".join(f"o.{column}" for column in ORDERS.columns)},
    {NEEDS_ATTENTION} AS needs_attention
FROM {ORDERS.table} AS o
WHERE {{condition}}
"""  # noqa: S608 - made of our own names only

LIST = f"""{FOUND}ORDER BY
    o.created_at DESC,
    o.order_id DESC
LIMIT %(limit)s
"""

NEWER = f"""{FOUND}ORDER BY
    o.created_at,
    o.order_id
LIMIT %(limit)s
"""

IS_AFTER = "\nAND (o.created_at, o.order_id) < (%(place_created_at)s, %(place_order_id)s)"
IS_BEFORE = "\nAND (o.created_at, o.order_id) > (%(place_created_at)s, %(place_order_id)s)"
IS_NAMED = "\nAND o.order_id = ANY(%(order_ids)s)"

COUNT = f"""
SELECT count(*) AS count
FROM (
    SELECT
    FROM {ORDERS.table} AS o
    WHERE {{condition}}
    LIMIT {COUNT_MAX}
) AS found
"""  # noqa: S608 - made of our own names only

TOTALS = f"""
SELECT
    country,
    currency,
    count(*) AS orders,
    coalesce(sum(original_total) FILTER (WHERE is_paid), 0)::bigint AS gross,
    coalesce(sum(refunded), 0)::bigint AS refunded
FROM {ORDERS.table}
WHERE shop = %(shop)s
GROUP BY
    country,
    currency
ORDER BY
    country,
    currency
"""  # noqa: S608 - made of our own names only


def list_orders(
    wanted: OrderFilter,
    *,
    now: datetime,
    grace: timedelta,
    limit: int,
    cursor: str | None = None,
) -> Query[OrderListed]:
    """Ask for a page; `page_of` makes one of the answer. Raise UnknownCursor."""
    assert 0 < limit <= PAGE_LENGTH_MAX, limit
    where = condition(wanted)
    values = parameters(wanted) | asking(now, grace) | {"limit": limit + 1}
    if cursor is not None:
        where += IS_AFTER
        values |= _place(cursor)
    return Query(sql=LIST.format(condition=where), parameters=values, result=OrderListed)


def list_newer(
    wanted: OrderFilter, *, now: datetime, grace: timedelta, limit: int, cursor: str
) -> Query[OrderListed]:
    """Ask for the orders just before a place, the oldest of them first; raise UnknownCursor."""
    assert 0 < limit <= PAGE_LENGTH_MAX + 1, limit
    return Query(
        sql=NEWER.format(condition=condition(wanted) + IS_BEFORE),
        parameters=parameters(wanted) | asking(now, grace) | {"limit": limit} | _place(cursor),
        result=OrderListed,
    )


def list_named(
    wanted: OrderFilter, order_ids: Sequence[OrderId], *, now: datetime, grace: timedelta
) -> Query[OrderListed]:
    """Ask for those of these orders that meet the filter, newest first."""
    assert len(order_ids) <= PAGE_LENGTH_MAX, len(order_ids)
    values = {"order_ids": list(order_ids), "limit": PAGE_LENGTH_MAX}
    return Query(
        sql=LIST.format(condition=condition(wanted) + IS_NAMED),
        parameters=parameters(wanted) | asking(now, grace) | values,
        result=OrderListed,
    )


def cursor_at(order: OrderListed) -> str:
    """Name the place of an order, to ask for what comes before or after it."""
    return cursor_of(After(created_at=order.created_at, order_id=order.order_id))


def page_of(found: Sequence[OrderListed], limit: int) -> Page:
    """Make a page of what `list_orders` found: it asks for one order more than the page shows."""
    shown = tuple(found[:limit])
    if len(found) <= limit:
        return Page(orders=shown, cursor=None)
    return Page(orders=shown, cursor=cursor_at(shown[-1]))


def count_orders(wanted: OrderFilter, *, now: datetime, grace: timedelta) -> Query[Counted]:
    """Ask how many orders there are, up to COUNT_MAX."""
    return Query(
        sql=COUNT.format(condition=condition(wanted)),
        parameters=parameters(wanted) | asking(now, grace),
        result=Counted,
    )


def total_by_country(shop: ShopId) -> Query[CountryTotal]:
    """Ask for the money per country and currency."""
    return Query(sql=TOTALS, parameters={"shop": shop}, result=CountryTotal)


def _place(cursor: str) -> dict[str, object]:
    place = place_of(cursor, After)
    return {"place_created_at": place.created_at, "place_order_id": place.order_id}
