"""Each filter has its index: a rare value is found by it, whatever the size of the table."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.postgres.database import open_pool
from adapters.shops.zones import begins_of
from domain.identifiers import OrderId, ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.attention.queries import count_attention
from projections.cursor import cursor_of
from projections.open_refunds.queries import After, OpenState, list_open
from projections.orders.filter import OrderFilter
from projections.orders.queries import After as OrderPlace
from projections.orders.queries import list_newer, list_orders
from projections.payments.queries import find_payment
from projections.query import Query
from projections.sales.queries import Dimension, sum_sales
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

FILL_OPEN_REFUNDS = """
INSERT INTO read_models.open_refunds_v1 (
    shop, order_id, version, position, number, currency, since, owed_since, open_since,
    unallocated_since, items
)
SELECT
    'demo', gen_random_uuid(), 1, n, 'N' || n, 'EUR',
    now() - n * interval '1 minute',
    CASE mod(n, 3) WHEN 0 THEN now() - n * interval '1 minute' END,
    CASE mod(n, 3) WHEN 1 THEN now() - n * interval '1 minute' END,
    CASE mod(n, 3) WHEN 2 THEN now() - n * interval '1 minute' END,
    '[]'
FROM generate_series(1, %s) AS n
"""
INDEX_BY_STATE = {
    None: "open_refunds_v1_since_index",
    OpenState.OWED: "open_refunds_v1_owed_index",
    OpenState.OPEN: "open_refunds_v1_open_index",
    OpenState.UNALLOCATED: "open_refunds_v1_unallocated_index",
}

INDEX_BY_FILTER: list[tuple[dict[str, Any], str]] = [
    ({}, "orders_v1_created_index"),
    ({"created_to": NOW}, "orders_v1_created_index"),
    ({"number": "N7"}, "orders_v1_number_index"),
    ({"email": "yer77@"}, "orders_v1_words_index"),
    ({"first_name": "first777"}, "orders_v1_first_name_index"),
    ({"last_name": "last777"}, "orders_v1_last_name_index"),
    ({"status": (OrderStatus.REFUNDED,)}, "orders_v1_status_index"),
    ({"status": (OrderStatus.REFUNDED, OrderStatus.PAID)}, "orders_v1_status_index"),
    ({"payment_status": (PaymentStatus.REFUNDED,)}, "orders_v1_payment_status_index"),
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
        place = cursor_of(OrderPlace(created_at=NOW, order_id=OrderId(UUID(int=1))))
        newer = list_newer(OrderFilter(shop=SHOP), now=NOW, grace=GRACE, limit=50, cursor=place)
        plan = await explained(connection, newer)
        assert "Index Scan using orders_v1_created_index" in plan
        assert "Sort" not in plan
        plan = await explained(connection, count_attention(SHOP, now=NOW, grace=GRACE))
        assert "Index Only Scan using attention_v3_unfinished_index" in plan
        assert "Index Only Scan using attention_v3_asks_index" in plan


async def test_money_that_is_open_is_listed_by_the_index_of_what_is_asked(
    database: Database,
) -> None:
    async with (
        open_pool(database.owner_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(FILL_OPEN_REFUNDS, (ROWS,))
        await connection.execute("VACUUM ANALYZE read_models.open_refunds_v1")
        for state, index in INDEX_BY_STATE.items():
            first = list_open(SHOP, state, limit=50)
            after = After(since=NOW, order_id=OrderId(UUID(int=1)))
            deeper = list_open(SHOP, state, limit=50, cursor=cursor_of(after))
            for query in (first, deeper):
                plan = await explained(connection, query)
                assert f"Index Scan using {index}" in plan, plan
                assert "Sort" not in plan


FILL_SALES = """
INSERT INTO read_models.sales_v1 (
    shop, order_id, position, number, at, order_number, kind, product_id, product_name, line_kind,
    vat_rate, provider, source, country, currency, gross, vat, units
)
SELECT
    'demo', gen_random_uuid(), n, 1, '2026-11-23'::timestamptz - n * interval '1 hour', 'N' || n,
    'sale', 'course', 'Course', 'product', 2550, 'stripe', 'newsletter', 'FI', 'EUR', 100, 20, 1
FROM generate_series(1, %s) AS n
"""
FILL_PAYMENTS = """
INSERT INTO read_models.payments_v1 (
    shop, order_id, position, number, provider, transaction_id, payment_id, amount, currency
)
SELECT 'demo', gen_random_uuid(), n, 1, 'stripe', 'pi_' || n, 'p', 100, 'EUR'
FROM generate_series(1, %s) AS n
"""


async def test_entries_are_found_by_their_time_or_by_the_providers_id(database: Database) -> None:
    days = [NOW.date() - timedelta(days=number) for number in (2, 1)]
    async with (
        open_pool(database.owner_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(FILL_SALES, (ROWS,))
        await connection.execute(FILL_PAYMENTS, (ROWS,))
        await connection.execute("VACUUM ANALYZE read_models.sales_v1")
        await connection.execute("VACUUM ANALYZE read_models.payments_v1")
        for by in Dimension:
            query = sum_sales(SHOP, by, days, begins_of(days, ZoneInfo("Europe/Helsinki")))
            assert "sales_v1_at_index" in await explained(connection, query), by
        plan = await explained(connection, find_payment(SHOP, "stripe", "pi_7"))
        assert "payments_v1_transaction_index" in plan


async def explained(connection: Any, query: Query[Any]) -> str:
    cursor = await connection.execute(f"EXPLAIN {query.sql}", query.parameters, prepare=False)
    return "\n".join(line for (line,) in await cursor.fetchall())
