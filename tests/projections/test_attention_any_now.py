"""Requires attention at any *now* and with any grace, held against the fold of each order.

The orders are made up by their problems alone: what the queries find must be what the domain says
of an order with these problems, and nothing stored may depend on the time or on the grace.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from adapters.postgres.database import Pool, open_pool
from adapters.postgres.query import fetch, fetch_one
from domain.identifiers import ShopId
from domain.order.attention import AttentionKind
from projections.attention.causes import list_causes
from projections.attention.projection import Problem, cause_id
from projections.attention.queries import count_attention, list_attention, next_due
from projections.orders.filter import OrderFilter
from projections.orders.queries import count_orders
from tests.support import Database

SHOP = ShopId("demo")
BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
KINDS = (AttentionKind.ACTION_UNFINISHED, AttentionKind.TRANSFER_FAILED)

INSERT = """
INSERT INTO read_models.attention_v3 (
    shop, order_id, unfinished_since, asks_at_once_from, problems, version, position
)
VALUES ('demo', %s, %s, %s, %s::jsonb, 1, 1)
"""
INSERT_ORDER = """
INSERT INTO read_models.orders_v1 (
    shop, order_id, number, status, payment_status, created_at, email, first_name, last_name,
    currency, total, original_total, refunded, received, is_paid, products, order_bumps,
    pre_upsells, payment_provider, payment_method, source, tags, discount_codes, country,
    is_imported, version, position
)
VALUES (
    'demo', %s, '', 'paid', 'paid', now(), '', '', '', 'EUR', 1, 1, 0, 1, true, '{}', '{}', '{}',
    '', '', '', '{}', '{}', '', false, 1, 1
)
"""
EMPTY = "TRUNCATE read_models.attention_v3, read_models.orders_v1"

seconds = st.integers(0, 12)


class Trouble(Struct, frozen=True):
    """A problem of an order: with grace or without, begun so many seconds after nine."""

    kind: AttentionKind
    after_seconds: int

    @property
    def since(self) -> datetime:
        return BEGAN + timedelta(seconds=self.after_seconds)

    def asks_at(self, grace: timedelta) -> datetime:
        return self.since + (grace if self.kind is AttentionKind.ACTION_UNFINISHED else timedelta())

    def problem(self) -> Problem:
        return Problem(kind=self.kind, since=self.since, cause=cause_id(self.kind, "", "", ""))


troubles = st.lists(st.builds(Trouble, st.sampled_from(KINDS), seconds), min_size=1, max_size=3)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=st.lists(troubles, max_size=6), now_seconds=st.integers(-1, 25), grace=seconds)
def test_the_answers_are_those_of_a_count_from_scratch(
    database: Database, orders: list[list[Trouble]], now_seconds: int, grace: int
) -> None:
    asyncio.run(hold_against(database, orders, now_seconds, timedelta(seconds=grace)))


async def hold_against(
    database: Database, orders: list[list[Trouble]], now_seconds: int, grace: timedelta
) -> None:
    now = BEGAN + timedelta(seconds=now_seconds)
    due = [min(trouble.asks_at(grace) for trouble in order) for order in orders]
    asking = {t.kind for order in orders for t in order if t.asks_at(grace) <= now}
    async with open_pool(database.owner_url, min_size=1, max_size=1) as pool:
        await fill(pool, orders)
        counted = await fetch_one(pool, count_attention(SHOP, now=now, grace=grace))
        wanted = OrderFilter(shop=SHOP, attention=True)
        filtered = await fetch_one(pool, count_orders(wanted, now=now, grace=grace))
        listed = await fetch(pool, list_attention(SHOP, now=now, grace=grace, limit=10))
        coming = (await fetch_one(pool, next_due(SHOP, now=now, grace=grace))).due_at
        causes = await fetch(pool, list_causes(SHOP, now=now, grace=grace))
    assert counted.count == filtered.count == len([one for one in due if one <= now])
    assert [one.due_at for one in listed] == sorted(one for one in due if one <= now)
    assert {cause.kind for cause in causes} == asking
    later = [one for one in due if one > now]
    if later:
        assert coming is not None
        assert now < coming <= min(later), "nobody who waits for it misses a deadline"


async def fill(pool: Pool, orders: list[list[Trouble]]) -> None:
    async with pool.connection() as connection:
        await connection.execute(EMPTY)
        for number, order in enumerate(orders):
            unfinished = [t.since for t in order if t.kind is AttentionKind.ACTION_UNFINISHED]
            others = [t.since for t in order if t.kind is not AttentionKind.ACTION_UNFINISHED]
            problems = msgspec.json.encode([t.problem() for t in order]).decode()
            key = UUID(int=number)
            await connection.execute(INSERT_ORDER, (key,))
            row = (min(unfinished, default=None), min(others, default=None), problems)
            await connection.execute(INSERT, (key, *row))
