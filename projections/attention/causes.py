"""The same error at the same destination is one cause: one repair, then one re-run of all of it.

The rule to know: a cause is judged like its orders, at a given *now* with the shop's grace, so
what is still within its grace belongs to no cause yet.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from domain.identifiers import SettingId, ShopId
from domain.order.attention import AttentionKind
from domain.order.stages import ActionStage
from projections.attention.asking import ASKS, PROBLEM_ASKS, PROBLEM_ASKS_AT, asking
from projections.attention.projection import ATTENTION
from projections.query import Query

CAUSES_MAX = 1_000
NAMED_ORDERS_MAX = 5
"""Of a cause: the first that waited."""
FAILED = [ActionStage.FAILED.value, ActionStage.RETRYING.value]
"""Whose settings the latest can replace: `ActionState.has_failed`."""

PROBLEMS = f"""
FROM {ATTENTION.table} AS a
CROSS JOIN LATERAL jsonb_to_recordset(a.problems) AS p (
    cause text,
    kind text,
    code text,
    error text,
    since timestamptz,
    action_id text,
    action_kind text,
    destination text,
    stage text,
    run integer,
    attempt integer,
    setting_id text,
    revision integer
)
WHERE a.shop = %(shop)s
AND {ASKS.format("a")}
AND {PROBLEM_ASKS.format("p")}
"""
"""Each problem `p` that asks, of each order `a` of a shop; for the values of `of_problems`."""

CAUSES = f"""
WITH problem AS (
    SELECT
        a.order_id,
        {PROBLEM_ASKS_AT.format("p")} AS due_at,
        p.*
    {PROBLEMS}
), used AS (
    SELECT
        cause,
        setting_id,
        coalesce(revision, 0) AS revision,
        count(*) AS actions
    FROM problem
    WHERE setting_id IS NOT NULL
    AND stage = ANY(%(failed)s)
    GROUP BY
        cause,
        setting_id,
        revision
), cause AS (
    SELECT
        cause AS cause_id,
        min(kind) AS kind,
        min(coalesce(code, '')) AS code,
        min(coalesce(error, '')) AS error,
        coalesce(min(action_kind), '') AS action_kind,
        coalesce(min(destination), '') AS destination,
        count(DISTINCT order_id) AS orders,
        count(action_id) AS actions,
        count(*) FILTER (WHERE stage = %(running)s) AS running,
        min(since) AS since,
        min(due_at) AS due_at,
        (array_agg(order_id ORDER BY since, order_id))[1:{NAMED_ORDERS_MAX}] AS first_orders
    FROM problem
    GROUP BY cause
)
SELECT
    cause_id,
    kind,
    code,
    error,
    action_kind,
    destination,
    orders,
    actions,
    running,
    since,
    due_at,
    ARRAY(
        SELECT o.number
        FROM read_models.orders_v1 AS o
        WHERE o.shop = %(shop)s
        AND o.order_id = ANY(first_orders)
        ORDER BY array_position(first_orders, o.order_id)
    ) AS numbers,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(u) - 'cause'), '[]')
        FROM used AS u
        WHERE u.cause = cause_id
    ) AS settings
FROM cause
ORDER BY
    orders DESC,
    since,
    cause_id
LIMIT {CAUSES_MAX}
"""  # noqa: S608 - made of our own names only


class Cause(Struct, frozen=True, kw_only=True):
    """One error at one destination, with all orders that wait for its repair."""

    cause_id: str
    kind: AttentionKind
    code: str
    """The error's; empty for actions that have not failed, and then `error` tells of them."""
    error: str
    """The code, or `no_answer_yet`: asked for, waiting or running, and not failed in this run."""
    action_kind: str
    destination: str
    orders: int
    actions: int
    """That can be run again."""
    running: int
    """Of these, those that only force runs again."""
    since: datetime
    """When the first began."""
    due_at: datetime
    """When the first began to ask: an unfinished action a grace period after it began."""
    numbers: tuple[str, ...]
    """Of the orders that wait longest."""


class SettingUse(Struct, frozen=True, kw_only=True):
    """How many failed actions have one revision of a published setting."""

    setting_id: SettingId
    revision: int
    actions: int


class CauseListed(Cause, frozen=True, kw_only=True):
    """A cause, and the settings that its failed actions have."""

    settings: tuple[SettingUse, ...]


def list_causes(shop: ShopId, *, now: datetime, grace: timedelta) -> Query[CauseListed]:
    """Ask why orders need a look, what concerns the most orders first."""
    values = of_problems(shop, now, grace) | {"failed": FAILED}
    return Query(sql=CAUSES, parameters=values, result=CauseListed)


def of_problems(shop: ShopId, now: datetime, grace: timedelta) -> dict[str, object]:
    """Give the values that PROBLEMS names, and what a running action's stage is called."""
    return {"shop": shop, "running": ActionStage.RUNNING.value} | asking(now, grace)
