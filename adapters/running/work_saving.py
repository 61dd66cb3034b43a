"""How the work list is written: an order's row is kept in parts, one for each attempt that waits.

The rule to know: a part that says what it said before keeps its lease. So a fact about one action
gives nobody another one, or a transfer, of the same order a second time.
"""

from adapters.running.saving import MOVED, PUT_ASIDE, Saving
from projections.work_list.projection import WORK_LIST, WorkRow

SAVE_WORK = f"""
WITH {MOVED}, items AS (
    SELECT
        o.shop,
        o.order_id,
        o.version,
        o.position,
        i.kind,
        i.item_id,
        i.destination,
        i.run,
        i.attempt,
        i.due_at
    FROM json_to_recordset(%(rows)s::json) AS o (
        shop text,
        order_id uuid,
        version bigint,
        position bigint,
        items json
    )
    CROSS JOIN LATERAL json_to_recordset(o.items) AS i (
        kind text,
        item_id text,
        destination text,
        run integer,
        attempt integer,
        due_at timestamptz
    )
), touched AS (
    SELECT
        shop,
        order_id
    FROM json_to_recordset(%(rows)s::json) AS o (shop text, order_id uuid)
    UNION ALL
    SELECT
        shop,
        order_id
    FROM json_to_recordset(%(gone)s::json) AS g (shop text, order_id uuid)
), written AS (
    INSERT INTO {{table}} AS w (
        shop,
        order_id,
        kind,
        item_id,
        destination,
        run,
        attempt,
        due_at,
        available_at,
        version,
        position
    )
    SELECT
        shop,
        order_id,
        kind,
        item_id,
        destination,
        run,
        attempt,
        due_at,
        due_at,
        version,
        position
    FROM items
    WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT (shop, order_id, kind, item_id) DO UPDATE
    SET
        destination = excluded.destination,
        run = excluded.run,
        attempt = excluded.attempt,
        due_at = excluded.due_at,
        available_at = CASE
            WHEN (w.run, w.attempt, w.due_at) = (excluded.run, excluded.attempt, excluded.due_at)
            THEN w.available_at
            ELSE excluded.due_at
        END,
        version = excluded.version,
        position = excluded.position
), gone AS (
    DELETE FROM {{table}} AS w
    USING touched AS t
    WHERE w.shop = t.shop
    AND w.order_id = t.order_id
    AND NOT EXISTS (
        SELECT
        FROM items AS i
        WHERE i.shop = w.shop
        AND i.order_id = w.order_id
        AND i.kind = w.kind
        AND i.item_id = w.item_id
    )
    AND EXISTS (SELECT FROM moved)
), {PUT_ASIDE}
SELECT count(*)
FROM moved
"""  # noqa: S608 - made of our own words only


def work_saving() -> Saving[WorkRow]:
    """Make the work list's statement."""
    return Saving(WORK_LIST, SAVE_WORK)
