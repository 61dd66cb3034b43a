"""How PostgreSQL answers each question of the orders page, kept as text beside this file.

A plan that changes fails here and is looked at; `ORDER_LEDGER_KEEP_PLANS=1` writes what is so now.
They are those of the PostgreSQL that comes with the ledger: another version may answer otherwise.
The same questions over 1.5 million orders are timed by `scripts/bench P7`.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.postgres.database import open_pool
from domain.identifiers import OrderId
from projections.attention.listing import AttentionAfter, AttentionFilter, count_asking, list_asking
from projections.attention.queries import count_attention, next_due
from projections.cursor import cursor_of
from projections.orders.filter import OrderFilter
from projections.orders.queries import After, count_orders, list_newer, list_orders
from projections.query import Query
from tests.projections.test_plans import (
    FILL_ATTENTION,
    FILL_ORDERS,
    GRACE,
    INDEX_BY_FILTER,
    NOW,
    ROWS,
    SHOP,
)
from tests.support import Database

KEPT = Path(__file__).with_name("plans.txt")
VARIABLE = "ORDER_LEDGER_KEEP_PLANS"
LIMIT = 50
AFTER = cursor_of(After(created_at=NOW - timedelta(days=7), order_id=OrderId(UUID(int=1))))
AFTER_WAITING = cursor_of(AttentionAfter(due_at=NOW, order_id=OrderId(UUID(int=1))))
AT: dict[str, Any] = {"now": NOW, "grace": GRACE}
ALL = OrderFilter(shop=SHOP)


def questions() -> Iterator[tuple[str, Query[Any]]]:
    """Name every question that the page asks of the read models."""
    for conditions, _ in INDEX_BY_FILTER:
        wanted = OrderFilter(shop=SHOP, **conditions)
        name = ", ".join(f"{filter_} {value!s}" for filter_, value in conditions.items()) or "all"
        yield f"orders: {name}", list_orders(wanted, **AT, limit=LIMIT)
        yield f"how many: {name}", count_orders(wanted, **AT)
    yield "orders, a page further on", list_orders(ALL, **AT, limit=LIMIT, cursor=AFTER)
    yield "orders, a page back", list_newer(ALL, **AT, limit=LIMIT, cursor=AFTER)
    yield "attention, the counter", count_attention(SHOP, **AT)
    yield "attention, when it grows next", next_due(SHOP, **AT)
    asking = AttentionFilter(orders=ALL)
    yield "attention, the tab", list_asking(asking, **AT, limit=LIMIT)
    yield (
        "attention, a page further on",
        list_asking(asking, **AT, limit=LIMIT, cursor=AFTER_WAITING),
    )
    of_cause = AttentionFilter(orders=ALL, cause="0123456789")
    yield "attention, of one cause", list_asking(of_cause, **AT, limit=LIMIT)
    yield "attention, how many of one cause", count_asking(of_cause, **AT)


async def test_each_question_is_answered_as_it_was_when_its_plan_was_kept(
    database: Database,
) -> None:
    async with (
        open_pool(database.owner_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(FILL_ORDERS, (ROWS,))
        await connection.execute(FILL_ATTENTION, (ROWS,))
        await connection.execute("VACUUM ANALYZE read_models.orders_v1")
        await connection.execute("VACUUM ANALYZE read_models.attention_v3")
        version = await (await connection.execute("SHOW server_version_num")).fetchone()
        assert version is not None
        plans = [f"PostgreSQL {int(version[0]) // 10_000}"]
        plans += [f"== {name}\n{await _plan(connection, asked)}" for name, asked in questions()]
    now = "\n\n".join(plans) + "\n"
    if os.environ.get(VARIABLE):
        KEPT.write_text(now)

    assert now == KEPT.read_text()


async def _plan(connection: Any, query: Query[Any]) -> str:
    asked = f"EXPLAIN (COSTS OFF) {query.sql}"
    cursor = await connection.execute(asked, query.parameters, prepare=False)
    return "\n".join(line for (line,) in await cursor.fetchall())
