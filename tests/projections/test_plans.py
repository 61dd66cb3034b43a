"""Each filter has its index: a rare value is found by it, whatever the size of the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.postgres.database import open_pool
from domain.identifiers import ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.attention.queries import count_attention
from projections.orders.filter import OrderFilter
from projections.orders.queries import list_orders
from projections.query import Query
from tests.support import Database

SHOP = ShopId("demo")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
GRACE = timedelta(minutes=5)
ROWS = 20_000

FILL_ORDERS = """
INSERT INTO read_models.orders_v1 (
    shop, order_id, number, status,
    payment_status, created_at,
    email, first_name, last_name, currency, total, original_total, refunded, received, is_paid,
    products, order_bumps, pre_upsells, payment_provider, payment_method, payment_stage, source,
    tags,
    discount_codes, country, is_imported, version, position
)
SELECT
    'demo', gen_random_uuid(), 'N' || n, CASE n WHEN 7 THEN 'refunded' ELSE 'completed' END,
    CASE n WHEN 7 THEN 'refunded' ELSE 'paid' END, now() - n * interval '1 minute',
    'buyer' || n || '@example.com', 'First' || n, 'Last' || n, 'EUR', 1, 1, 0, 1, true,
    '{}', '{}', '{}', 'stripe', 'card', 'received', CASE n WHEN 7 THEN 'rare' ELSE 'common' END,
    CASE n WHEN 7 THEN '{rare}'::text[] ELSE '{common}' END,
    CASE n WHEN 7 THEN '{RARE}'::text[] ELSE '{COMMON}' END, 'FI', false, 1, n
FROM generate_series(1, %s) AS n
"""
FILL_ATTENTION = """
INSERT INTO read_models.attention_v3 (
    shop, order_id, unfinished_since, asks_at_once_from, problems, version, position
)
SELECT
    'demo', gen_random_uuid(),
    CASE WHEN mod(n, 100) > 0 THEN now() + n * interval '1 minute' END,
    CASE WHEN mod(n, 50) = 0 THEN now() + n * interval '1 minute' END,
    '[]', 1, n
FROM generate_series(1, %s) AS n
"""

INDEX_BY_FILTER: list[tuple[dict[str, Any], str]] = [
    ({}, "orders_v1_created_index"),
    ({"created_to": NOW}, "orders_v1_created_index"),
    ({"number": "N7"}, "orders_v1_number_index"),
    ({"email": "yer77@"}, "orders_v1_words_index"),
    ({"first_name": "first777"}, "orders_v1_first_name_index"),
    ({"last_name": "last777"}, "orders_v1_last_name_index"),
    ({"status": OrderStatus.REFUNDED}, "orders_v1_status_index"),
    ({"payment_status": PaymentStatus.REFUNDED}, "orders_v1_payment_status_index"),
    ({"source": "rare"}, "orders_v1_source_index"),
    ({"tag": "rare"}, "orders_v1_words_index"),
    ({"discount_code": "RARE"}, "orders_v1_words_index"),
    ({"q": "last777"}, "orders_v1_last_name_index"),
    ({"attention": True}, "orders_v1_pkey"),
]


async def test_each_filter_is_answered_by_its_index(database: Database) -> None:
    async with (
        open_pool(database.owner_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(FILL_ORDERS, (ROWS,))
        await connection.execute(FILL_ATTENTION, (ROWS,))
        await connection.execute("VACUUM ANALYZE read_models.orders_v1")
        await connection.execute("VACUUM ANALYZE read_models.attention_v3")
        for conditions, index in INDEX_BY_FILTER:
            query = list_orders(
                OrderFilter(shop=SHOP, **conditions), now=NOW, grace=GRACE, limit=50
            )
            plan = await explained(connection, query)
            assert index in plan, (conditions, plan)
            assert "Seq Scan on orders_v1" not in plan
        plan = await explained(connection, count_attention(SHOP, now=NOW, grace=GRACE))
        assert "Index Only Scan using attention_v3_unfinished_index" in plan
        assert "Index Only Scan using attention_v3_asks_index" in plan


async def explained(connection: Any, query: Query[Any]) -> str:
    cursor = await connection.execute(f"EXPLAIN {query.sql}", query.parameters, prepare=False)
    return "\n".join(line for (line,) in await cursor.fetchall())
