"""The list of Requires attention, a page at a time: the order that waits longest first.

The rule to know: a page continues after the last order seen, so an order that is repaired or comes
to ask in between moves nothing. What asks is judged as everywhere, by `asking`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from domain.identifiers import OrderId, ShopId
from projections.attention.asking import ASKS, ASKS_AT, PROBLEM_ASKS, asking
from projections.attention.projection import ATTENTION
from projections.attention.queries import LIST_LENGTH_MAX, AttentionListed
from projections.cursor import cursor_of, place_of
from projections.orders.filter import OrderFilter, condition, parameters
from projections.orders.projection import ORDERS
from projections.orders.queries import COUNT_MAX
from projections.query import Counted, Query


class AttentionFilter(Struct, frozen=True, kw_only=True):
    """Which of the orders that ask for a look; what is not set leaves nothing out."""

    orders: OrderFilter
    cause: str | None = None
    only: Sequence[OrderId] | None = None
    without: Sequence[OrderId] = ()


class AttentionAfter(Struct, frozen=True, array_like=True):
    """Where a page ended."""

    due_at: datetime
    order_id: OrderId


class AttentionSlice(Struct, frozen=True, kw_only=True):
    """Some orders, those that wait longest first."""

    orders: tuple[AttentionListed, ...]
    cursor: str | None
    """Names the next page; None on the last."""


DUE_AT = ASKS_AT.format("a")
COLUMNS = ", ".join(f"o.{column}" for column in ORDERS.columns)

HAS_CAUSE = f"""EXISTS (
    SELECT
    FROM jsonb_to_recordset(a.problems) AS p (cause text, kind text, since timestamptz)
    WHERE p.cause = %(cause)s
    AND {PROBLEM_ASKS.format("p")}
)"""  # noqa: S608 - made of our own names only

ASKING = f"""
FROM {ATTENTION.table} AS a
INNER JOIN {ORDERS.table} AS o USING (shop, order_id)
WHERE a.shop = %(shop)s
AND {ASKS.format("a")}
AND {{condition}}
"""

LIST = f"""
SELECT
    {COLUMNS},
    {DUE_AT} AS due_at,
    a.problems
{ASKING}
ORDER BY
    due_at,
    a.order_id
LIMIT %(limit)s
"""

COUNT = f"""
SELECT count(*) AS count
FROM (
    SELECT
    {ASKING}
    LIMIT {COUNT_MAX}
) AS found
"""  # noqa: S608 - made of our own names only

NAMED = f"""
SELECT
    {COLUMNS},
    coalesce({DUE_AT}, o.created_at) AS due_at,
    coalesce(a.problems, '[]') AS problems
FROM {ORDERS.table} AS o
LEFT JOIN {ATTENTION.table} AS a
    ON a.shop = o.shop
    AND a.order_id = o.order_id
    AND {ASKS.format("a")}
WHERE o.shop = %(shop)s
AND o.order_id = ANY(%(only)s)
ORDER BY
    due_at,
    o.order_id
"""  # noqa: S608 - made of our own names only

IS_ONE_OF = "o.order_id = ANY(%(only)s)"
IS_NONE_OF = "o.order_id <> ALL(%(without)s)"
IS_AFTER = f"({DUE_AT}, a.order_id) > (%(after_due_at)s, %(after_order_id)s)"


def list_asking(
    wanted: AttentionFilter,
    *,
    now: datetime,
    grace: timedelta,
    limit: int,
    cursor: str | None = None,
) -> Query[AttentionListed]:
    """Ask for a page; `slice_of` makes one of the answer. Raise UnknownCursor."""
    assert 0 < limit < LIST_LENGTH_MAX, limit
    where, values = _conditions(wanted), _values(wanted, now, grace) | {"limit": limit + 1}
    if cursor is not None:
        after = place_of(cursor, AttentionAfter)
        where.append(IS_AFTER)
        values |= {"after_due_at": after.due_at, "after_order_id": after.order_id}
    return Query(sql=_put_in(LIST, where), parameters=values, result=AttentionListed)


def slice_of(found: Sequence[AttentionListed], limit: int) -> AttentionSlice:
    """Make a page of what `list_asking` found: it asks for one order more than the page shows."""
    shown = tuple(found[:limit])
    if len(found) <= limit:
        return AttentionSlice(orders=shown, cursor=None)
    last = AttentionAfter(due_at=shown[-1].due_at, order_id=OrderId(shown[-1].order_id))
    return AttentionSlice(orders=shown, cursor=cursor_of(last))


def count_asking(wanted: AttentionFilter, *, now: datetime, grace: timedelta) -> Query[Counted]:
    """Ask how many there are, up to COUNT_MAX."""
    sql = _put_in(COUNT, _conditions(wanted))
    return Query(sql=sql, parameters=_values(wanted, now, grace), result=Counted)


def list_named(
    shop: ShopId, order_ids: Sequence[OrderId], *, now: datetime, grace: timedelta
) -> Query[AttentionListed]:
    """Ask for these orders; one without a problem asks for no look, and is due as it was created."""
    values = asking(now, grace) | {"shop": shop, "only": list(order_ids)}
    return Query(sql=NAMED, parameters=values, result=AttentionListed)


def _conditions(wanted: AttentionFilter) -> list[str]:
    texts = [condition(wanted.orders)]
    if wanted.cause is not None:
        texts.append(HAS_CAUSE)
    if wanted.only is not None:
        texts.append(IS_ONE_OF)
    if wanted.without:
        texts.append(IS_NONE_OF)
    return texts


def _put_in(statement: str, where: Sequence[str]) -> str:
    return statement.format(condition="\nAND ".join(where))


def _values(wanted: AttentionFilter, now: datetime, grace: timedelta) -> dict[str, object]:
    named = {
        "cause": wanted.cause,
        "only": None if wanted.only is None else list(wanted.only),
        "without": list(wanted.without),
    }
    return parameters(wanted.orders) | asking(now, grace) | named
