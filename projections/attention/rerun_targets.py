"""Which actions of a cause, or of those that a person chose, are to run again after the repair.

The rule to know: all is read at one moment, so that what is chosen and what remains add up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.identifiers import ActionId, OrderId, ShopId
from projections.attention.causes import PROBLEMS, of_problems
from projections.query import Query

TARGETS_MAX = 50_000
"""Of one wish: 5 MB, and 40 minutes at 20 a second; more need another wish."""

CHOOSE = f"""
WITH problem AS (
    SELECT
        a.order_id,
        p.action_id,
        coalesce(p.run, 0) AS run,
        coalesce(p.attempt, 0) AS attempt,
        p.since,
        %(is_forced)s OR p.stage <> %(running)s AS is_free
    {PROBLEMS}
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
), target AS (
    SELECT
        order_id,
        action_id,
        run,
        attempt,
        since
    FROM problem
    WHERE is_free
    ORDER BY
        since,
        order_id,
        action_id
    LIMIT %(limit)s
)
SELECT
    (
        SELECT coalesce(
            jsonb_agg(to_jsonb(t) - 'since' ORDER BY t.since, t.order_id, t.action_id),
            '[]'
        )
        FROM target AS t
    ) AS targets,
    (
        SELECT count(*)
        FROM problem
        WHERE is_free
    ) - (
        SELECT count(*)
        FROM target
    ) AS remaining,
    (
        SELECT count(*)
        FROM problem
        WHERE NOT is_free
    ) AS needs_force,
    (
        SELECT coalesce(
            jsonb_agg(DISTINCT jsonb_build_object('order_id', order_id, 'action_id', action_id)),
            '[]'
        )
        FROM unnest(%(order_ids)s::uuid[], %(action_ids)s::text[]) AS w (order_id, action_id)
        WHERE NOT EXISTS (
            SELECT
            FROM problem AS p
            WHERE p.order_id = w.order_id
            AND p.action_id = w.action_id
        )
    ) AS not_asking
"""  # noqa: S608 - made of our own names only


class Target(Struct, frozen=True):
    """An action that is to run again, as it was seen."""

    order_id: UUID
    action_id: ActionId
    run: int
    attempt: int


class Choice(Struct, frozen=True, kw_only=True):
    """What one wish is about, and what it leaves."""

    targets: tuple[Target, ...]
    """Those that waited longest first."""
    remaining: int
    """That a next wish would run again."""
    needs_force: int
    """Beside all these: they are running, and run again only by force."""
    not_asking: tuple["Chosen", ...]
    """Of those that were named: they ask for no look, or are not there at all."""

    @property
    def is_empty(self) -> bool:
        """Nothing was found, not even something to leave alone."""
        return not (self.targets or self.needs_force or self.not_asking)


class Chosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action of one order."""

    order_id: OrderId
    action_id: ActionId


def choose_targets(
    shop: ShopId,
    *,
    now: datetime,
    grace: timedelta,
    wanted: str | Sequence[Chosen],
    is_forced: bool,
    limit: int,
) -> Query[Choice]:
    """Ask which actions of a cause, or of those chosen, are to run again."""
    assert 0 < limit <= TARGETS_MAX, limit
    values = of_problems(shop, now, grace) | _wanted(wanted)
    values |= {"is_forced": is_forced, "limit": limit}
    return Query(sql=CHOOSE, parameters=values, result=Choice)


def _wanted(wanted: str | Sequence[Chosen]) -> dict[str, object]:
    if isinstance(wanted, str):
        return {"cause": wanted, "order_ids": None, "action_ids": None}
    return {
        "cause": None,
        "order_ids": [one.order_id for one in wanted],
        "action_ids": [one.action_id for one in wanted],
    }
