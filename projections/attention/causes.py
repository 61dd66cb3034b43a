"""The same error at the same destination is one cause: one repair, then one re-run of all of it.

The rule to know: a cause is judged like its orders, at a given *now* with the shop's grace, so
what is still within its grace belongs to no cause yet.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.identifiers import ActionId, OrderId, ShopId
from domain.order.attention import AttentionKind
from domain.order.stages import ActionStage
from projections.attention.asking import ASKS, asking
from projections.attention.projection import ATTENTION
from projections.query import Query

CAUSES_MAX = 1_000
NAMED_ORDERS_MAX = 5
"""Of a cause: the first that waited."""
TARGETS_MAX = 200
"""Actions that are run again at a time."""

WITH_GRACE = [kind.value for kind in AttentionKind if kind.has_grace]

PROBLEMS = f"""
FROM {ATTENTION.table} AS a
CROSS JOIN LATERAL jsonb_to_recordset(a.problems) AS p (
    cause text,
    kind text,
    code text,
    since timestamptz,
    action_id text,
    action_kind text,
    destination text,
    stage text,
    run integer,
    attempt integer
)
WHERE a.shop = %(shop)s
AND {ASKS.format("a")}
AND p.since <= CASE WHEN p.kind = ANY(%(with_grace)s)
    THEN %(unfinished_before)s
    ELSE %(now)s
END
"""

CAUSES = f"""
WITH problem AS (
    SELECT
        a.order_id,
        p.*
    {PROBLEMS}
), cause AS (
    SELECT
        cause AS cause_id,
        min(kind) AS kind,
        min(coalesce(code, '')) AS code,
        coalesce(min(stage), '') AS stage,
        coalesce(min(action_kind), '') AS action_kind,
        coalesce(min(destination), '') AS destination,
        count(DISTINCT order_id) AS orders,
        count(action_id) AS actions,
        count(*) FILTER (WHERE stage = %(running)s) AS running,
        min(since) AS since,
        (array_agg(order_id ORDER BY since, order_id))[1:{NAMED_ORDERS_MAX}] AS first_orders
    FROM problem
    GROUP BY cause
)
SELECT
    cause_id,
    kind,
    code,
    stage,
    action_kind,
    destination,
    orders,
    actions,
    running,
    since,
    ARRAY(
        SELECT o.number
        FROM read_models.orders_v1 AS o
        WHERE o.shop = %(shop)s
        AND o.order_id = ANY(first_orders)
        ORDER BY array_position(first_orders, o.order_id)
    ) AS numbers
FROM cause
ORDER BY
    orders DESC,
    since,
    cause_id
LIMIT {CAUSES_MAX}
"""  # noqa: S608 - made of our own names only

WANTED = """
AND p.action_id IS NOT NULL
AND (%(cause)s::text IS NULL OR p.cause = %(cause)s)
AND (
    %(order_ids)s::uuid[] IS NULL
    OR EXISTS (
        SELECT
        FROM unnest(%(order_ids)s::uuid[], %(action_ids)s::text[]) AS w (order_id, action_id)
        WHERE w.order_id = a.order_id
        AND w.action_id = p.action_id
    )
)
"""

TARGETS = f"""
SELECT
    a.order_id,
    p.action_id,
    p.run,
    p.attempt
{PROBLEMS}
{WANTED}
AND (%(is_forced)s OR p.stage <> %(running)s)
ORDER BY
    p.since,
    a.order_id,
    p.action_id
LIMIT %(limit)s
"""

LEFT = f"""
SELECT
    count(*) FILTER (WHERE %(is_forced)s OR p.stage <> %(running)s) AS remaining,
    count(*) FILTER (WHERE NOT %(is_forced)s AND p.stage = %(running)s) AS needs_force
{PROBLEMS}
{WANTED}
AND NOT EXISTS (
    SELECT
    FROM unnest(%(done_orders)s::uuid[], %(done_actions)s::text[], %(done_runs)s::integer[])
    AS d (order_id, action_id, run)
    WHERE d.order_id = a.order_id
    AND d.action_id = p.action_id
    AND d.run >= p.run
)
"""  # noqa: S608 - made of our own names only


class Cause(Struct, frozen=True, kw_only=True):
    """One error at one destination, with all orders that wait for its repair."""

    cause_id: str
    kind: AttentionKind
    code: str
    """The error; empty for actions that were not heard of, and then `stage` tells where they are."""
    stage: str
    action_kind: str
    destination: str
    orders: int
    actions: int
    """That can be run again."""
    running: int
    """Of these, those that only force runs again."""
    since: datetime
    """When the first began."""
    numbers: tuple[str, ...]
    """Of the orders that wait longest."""


class Target(Struct, frozen=True):
    """An action that is to run again, as it was seen."""

    order_id: UUID
    action_id: ActionId
    run: int
    attempt: int


class Left(Struct, frozen=True, kw_only=True):
    """What is not done yet."""

    remaining: int
    needs_force: int
    """Running: they run again only by force."""


class Chosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action of one order."""

    order_id: OrderId
    action_id: ActionId


def list_causes(shop: ShopId, *, now: datetime, grace: timedelta) -> Query[Cause]:
    """Ask why orders need a look, what concerns the most orders first."""
    return Query(sql=CAUSES, parameters=_values(shop, now, grace), result=Cause)


def list_targets(
    shop: ShopId,
    *,
    now: datetime,
    grace: timedelta,
    wanted: str | Sequence[Chosen],
    is_forced: bool,
    limit: int,
) -> Query[Target]:
    """Ask which actions of a cause, or of those chosen, are to run again; who waits longest first."""
    assert 0 < limit <= TARGETS_MAX, limit
    values = _values(shop, now, grace) | _wanted(wanted)
    return Query(
        sql=TARGETS, parameters=values | {"is_forced": is_forced, "limit": limit}, result=Target
    )


def count_left(
    shop: ShopId,
    *,
    now: datetime,
    grace: timedelta,
    wanted: str | Sequence[Chosen],
    is_forced: bool,
    done: Sequence[Target],
) -> Query[Left]:
    """Ask how many are left beside those done, of which the read model may not know yet."""
    values = {
        "is_forced": is_forced,
        "done_orders": [one.order_id for one in done],
        "done_actions": [one.action_id for one in done],
        "done_runs": [one.run for one in done],
    }
    values |= _values(shop, now, grace) | _wanted(wanted)
    return Query(sql=LEFT, parameters=values, result=Left)


def _values(shop: ShopId, now: datetime, grace: timedelta) -> dict[str, object]:
    values = {"shop": shop, "with_grace": WITH_GRACE, "running": ActionStage.RUNNING.value}
    return values | asking(now, grace)


def _wanted(wanted: str | Sequence[Chosen]) -> dict[str, object]:
    if isinstance(wanted, str):
        return {"cause": wanted, "order_ids": None, "action_ids": None}
    return {
        "cause": None,
        "order_ids": [one.order_id for one in wanted],
        "action_ids": [one.action_id for one in wanted],
    }
