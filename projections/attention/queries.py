"""The questions of Requires attention: how many orders, and which, at a given *now*."""

from datetime import datetime, timedelta

from msgspec import Struct

from domain.identifiers import ShopId
from projections.attention.asking import ASKS, ASKS_AT, asking
from projections.attention.projection import ATTENTION, Problem
from projections.orders.projection import ORDERS, OrderRow
from projections.query import Counted, Query

LIST_LENGTH_MAX = 200


class AttentionListed(OrderRow, frozen=True, kw_only=True):
    """An order that asks for a look, and why."""

    due_at: datetime
    problems: tuple[Problem, ...]
    """Also those whose grace has not passed yet."""


class NextDue(Struct, frozen=True):
    """When the count next grows if nothing happens; None for never."""

    due_at: datetime | None


# Two ranges of two indexes, each read without the table; who is in both counts in the first.
COUNT = f"""
SELECT
    (
        SELECT count(*)
        FROM {ATTENTION.table}
        WHERE shop = %(shop)s
        AND asks_at_once_from <= %(now)s
    ) + (
        SELECT count(*)
        FROM {ATTENTION.table}
        WHERE shop = %(shop)s
        AND unfinished_since <= %(unfinished_before)s
        AND (asks_at_once_from IS NULL OR asks_at_once_from > %(now)s)
    ) AS count
"""  # noqa: S608 - made of our own names only

NEXT_DUE = f"""
SELECT least(
    (
        SELECT min(asks_at_once_from)
        FROM {ATTENTION.table}
        WHERE shop = %(shop)s
        AND asks_at_once_from > %(now)s
    ),
    (
        SELECT min(unfinished_since)
        FROM {ATTENTION.table}
        WHERE shop = %(shop)s
        AND unfinished_since > %(unfinished_before)s
    ) + %(grace)s
) AS due_at
"""  # noqa: S608 - made of our own names only

LIST = f"""
WITH asking AS (
    SELECT
        a.shop,
        a.order_id,
        {ASKS_AT.format("a")} AS due_at,
        a.problems
    FROM {ATTENTION.table} AS a
    WHERE a.shop = %(shop)s
    AND {ASKS.format("a")}
    ORDER BY
        due_at,
        a.order_id
    LIMIT %(limit)s
)
SELECT
    {", ".join(f"o.{column}" for column in ORDERS.columns)},
    a.due_at,
    a.problems
FROM asking AS a
INNER JOIN {ORDERS.table} AS o USING (shop, order_id)
ORDER BY
    a.due_at,
    a.order_id
"""  # noqa: S608 - made of our own names only


def count_attention(shop: ShopId, *, now: datetime, grace: timedelta) -> Query[Counted]:
    """Ask how many orders of the shop need a look."""
    return Query(sql=COUNT, parameters={"shop": shop} | asking(now, grace), result=Counted)


def next_due(shop: ShopId, *, now: datetime, grace: timedelta) -> Query[NextDue]:
    """Ask when the next order will need a look."""
    return Query(sql=NEXT_DUE, parameters={"shop": shop} | asking(now, grace), result=NextDue)


def list_attention(
    shop: ShopId, *, now: datetime, grace: timedelta, limit: int
) -> Query[AttentionListed]:
    """Ask which orders need a look, those that wait longest first."""
    assert 0 < limit <= LIST_LENGTH_MAX, limit
    values = {"shop": shop, "limit": limit} | asking(now, grace)
    return Query(sql=LIST, parameters=values, result=AttentionListed)
