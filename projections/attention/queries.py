"""The questions of Requires attention: how many orders, and which, at a given *now*."""

from datetime import datetime

from domain.identifiers import ShopId
from projections.attention.projection import ATTENTION, Problem
from projections.orders.projection import ORDERS, OrderRow
from projections.query import Counted, Query

LIST_LENGTH_MAX = 200


class AttentionListed(OrderRow, frozen=True, kw_only=True):
    """An order that asks for a look, and why."""

    due_at: datetime
    problems: tuple[Problem, ...]


COUNT = f"""
SELECT count(*) AS count
FROM {ATTENTION.table}
WHERE shop = %(shop)s
AND due_at <= %(now)s
"""  # noqa: S608 - made of our own names only

LIST = f"""
SELECT
    {", ".join(f"o.{column}" for column in ORDERS.columns)},
    a.due_at,
    a.problems
FROM {ATTENTION.table} AS a
INNER JOIN {ORDERS.table} AS o USING (shop, order_id)
WHERE a.shop = %(shop)s
AND a.due_at <= %(now)s
ORDER BY
    a.due_at,
    a.order_id
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only


def count_attention(shop: ShopId, *, now: datetime) -> Query[Counted]:
    """Ask how many orders of the shop need a look."""
    return Query(sql=COUNT, parameters={"shop": shop, "now": now}, result=Counted)


def list_attention(shop: ShopId, *, now: datetime, limit: int) -> Query[AttentionListed]:
    """Ask which orders need a look, those that wait longest first."""
    assert 0 < limit <= LIST_LENGTH_MAX, limit
    values: dict[str, object] = {"shop": shop, "now": now, "limit": limit}
    return Query(sql=LIST, parameters=values, result=AttentionListed)
