"""The questions of the read models, held against counts over the made-up orders themselves.

Each filter finds neither nothing nor everything, and only what a reader of the facts would find.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.postgres.query import fetch, fetch_one
from domain.order.stages import OrderStatus, PaymentStatus
from projections.attention.queries import count_attention, list_attention
from projections.cursor import UnknownCursor
from projections.orders.filter import OrderFilter
from projections.orders.queries import (
    OrderListed,
    count_orders,
    list_orders,
    page_of,
    total_by_country,
)
from tests.adapters.running.given import BOTH, Ledger, open_ledger, running
from tests.projections.sample import BEGIN, OTHER_SHOP, SHOP, Kind, Sample, samples
from tests.support import Database

OURS = samples(90)
THEIRS = samples(30, seed=2, shop=OTHER_SHOP)
EARLIER = datetime(2000, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
PAGE_LENGTH = 7
GRACE = timedelta(minutes=5)

Condition = Callable[[Sample], bool]


def placed(condition: Condition) -> Condition:
    """Of an order that was only opened nothing is known but its source and tags."""
    return lambda sample: sample.kind.is_placed and condition(sample)


FILTERS: dict[str, tuple[dict[str, Any], Condition]] = {
    "number": ({"number": "a00007"}, placed(lambda s: s.number == "A00007")),
    "whole email": (
        {"email": OURS[4].email.upper()},
        placed(lambda s: s.email.lower() == OURS[4].email.lower()),
    ),
    "part of an email": (
        {"email": "VIRTA"},
        placed(lambda s: "virta" in s.email.lower()),
    ),
    "part of an email with letters beyond ASCII": (
        {"email": "ÖHM"},
        placed(lambda s: "öhm" in s.email.lower()),
    ),
    "two letters are the beginning of an email": (
        {"email": "an"},
        placed(lambda s: s.email.lower().startswith("an")),
    ),
    "beginning of a first name": (
        {"first_name": "ann"},
        placed(lambda s: s.first_name.lower().startswith("ann")),
    ),
    "first name in another case": (
        {"first_name": "äij"},
        placed(lambda s: s.first_name == "Äijö"),
    ),
    "an underscore is no wildcard": (
        {"first_name": "per_"},
        placed(lambda s: s.first_name == "Per_cent"),
    ),
    "beginning of a last name": (
        {"last_name": "VIRTA"},
        placed(lambda s: s.last_name.startswith("Virta")),
    ),
    "a percent sign is no wildcard": (
        {"last_name": "100%"},
        placed(lambda s: s.last_name == "100%"),
    ),
    "an apostrophe": ({"last_name": "o'n"}, placed(lambda s: s.last_name == "O'Neill")),
    "status": (
        {"status": (OrderStatus.COMPLETED,)},
        lambda s: s.kind.status == "completed",
    ),
    "one of several statuses": (
        {"status": (OrderStatus.COMPLETED, OrderStatus.PAID)},
        lambda s: s.kind.status in {"completed", "paid"},
    ),
    "payment status": (
        {"payment_status": (PaymentStatus.PAID,)},
        lambda s: s.kind.payment_status == "paid",
    ),
    "source": ({"source": "facebook"}, lambda s: s.source == "facebook"),
    "tag": ({"tag": "vip"}, lambda s: "vip" in s.tags),
    "discount code": ({"discount_code": "VIP"}, placed(lambda s: "VIP" in s.codes)),
    "created from": (
        {"created_from": BEGIN + timedelta(minutes=30)},
        lambda s: s.created_at >= BEGIN + timedelta(minutes=30),
    ),
    "created before": (
        {"created_to": BEGIN + timedelta(minutes=30)},
        lambda s: s.created_at < BEGIN + timedelta(minutes=30),
    ),
    "needs attention": ({"attention": True}, lambda s: s.kind.can_need_attention),
    "needs no attention": ({"attention": False}, lambda s: not s.kind.can_need_attention),
    "q: a whole number": ({"q": "A00007"}, placed(lambda s: s.number == "A00007")),
    "q: a name or an email": (
        {"q": "virt"},
        placed(lambda s: "virt" in s.email.lower() or s.last_name.startswith("Virt")),
    ),
    "q: the beginning of a first name": (
        {"q": "zo"},
        placed(lambda s: s.first_name == "Zoë"),
    ),
    "several at once": (
        {"source": "facebook", "tag": "vip", "created_from": BEGIN + timedelta(minutes=30)},
        lambda s: s.source == "facebook" and "vip" in s.tags and int(s.number[1:]) >= 30,
    ),
}


async def record_all(ledger: Ledger) -> None:
    await ledger.record([*OURS, *THEIRS])
    async with running(*(ledger.follower(name) for name in BOTH)):
        await ledger.caught_up()


async def listed(ledger: Ledger, wanted: OrderFilter) -> list[OrderListed]:
    """Turn all pages."""
    found: list[OrderListed] = []
    cursor: str | None = None
    while True:
        query = list_orders(wanted, now=LATER, grace=GRACE, limit=PAGE_LENGTH, cursor=cursor)
        page = page_of(await fetch(ledger.pool, query), PAGE_LENGTH)
        found += page.orders
        cursor = page.cursor
        if cursor is None:
            return found
        assert len(page.orders) == PAGE_LENGTH


async def test_every_filter_finds_what_a_reader_of_the_facts_finds(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        await record_all(ledger)
        for name, (conditions, is_wanted) in FILTERS.items():
            wanted = OrderFilter(shop=SHOP, **conditions)
            expected = [s.order_id for s in reversed(OURS) if is_wanted(s)]
            assert 0 < len(expected) < len(OURS), name
            found = [order.order_id for order in await listed(ledger, wanted)]
            assert found == expected, name
            counted = await fetch_one(ledger.pool, count_orders(wanted, now=LATER, grace=GRACE))
            assert counted.count == len(expected), name


async def test_without_a_filter_a_shop_sees_its_own_orders_the_newest_first(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger:
        await record_all(ledger)
        for shop, theirs in ((SHOP, OURS), (OTHER_SHOP, THEIRS)):
            found = await listed(ledger, OrderFilter(shop=shop))
            assert [order.order_id for order in found] == [s.order_id for s in reversed(theirs)]
            assert {order.shop for order in found} == {shop}


async def test_a_listed_order_says_whether_it_needs_attention_at_that_moment(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger:
        await record_all(ledger)
        needy = {s.order_id for s in OURS if s.kind.can_need_attention}
        for now, expected in ((LATER, needy), (EARLIER, set())):
            query = list_orders(OrderFilter(shop=SHOP), now=now, grace=GRACE, limit=100)
            found = await fetch(ledger.pool, query)
            assert {o.order_id for o in found if o.needs_attention} == expected


async def test_a_foreign_cursor_is_refused() -> None:
    for cursor in ("", "x", "W10=", "ä"):
        with pytest.raises(UnknownCursor):
            list_orders(OrderFilter(shop=SHOP), now=LATER, grace=GRACE, limit=1, cursor=cursor)


async def test_totals_per_country_and_currency_add_up(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        await record_all(ledger)
        found = await fetch(ledger.pool, total_by_country(SHOP))
        orders, gross, refunded = Counter[Any](), Counter[Any](), Counter[Any]()
        for sample in OURS:
            key = (sample.country if sample.kind.is_placed else "", sample.currency)
            orders[key] += 1
            gross[key] += sample.price if sample.kind.is_paid else 0
            refunded[key] += sample.refunded
        assert [(t.country, t.currency) for t in found] == sorted(orders)
        assert [(t.orders, t.gross, t.refunded) for t in found] == [
            (orders[key], gross[key], refunded[key]) for key in sorted(orders)
        ]
        assert sum(t.refunded for t in found) > 0


class TestAttention:
    async def test_the_count_at_any_time_is_a_count_from_scratch(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            await record_all(ledger)
            for grace in (timedelta(0), timedelta(seconds=20), GRACE, timedelta(days=1)):
                due = sorted(await due_times(ledger, OURS, grace))
                assert len(due) == 20
                for now in moments(due):
                    await self._hold_against_scratch(ledger, now, grace)

    async def _hold_against_scratch(self, ledger: Ledger, now: datetime, grace: timedelta) -> None:
        for shop, theirs in ((SHOP, OURS), (OTHER_SHOP, THEIRS)):
            asked = count_attention(shop, now=now, grace=grace)
            counted = await fetch_one(ledger.pool, asked)
            from_scratch = await due_times(ledger, theirs, grace)
            assert counted.count == len([t for t in from_scratch if t <= now])

    async def test_the_list_begins_with_those_that_wait_longest(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            await record_all(ledger)
            query = list_attention(SHOP, now=LATER, grace=GRACE, limit=200)
            found = await fetch(ledger.pool, query)
            assert [order.due_at for order in found] == sorted(await due_times(ledger, OURS))
            codes = {
                order.order_id: [problem.code for problem in order.problems] for order in found
            }
            assert codes == {
                s.order_id: ["mailbox_full" if s.kind is Kind.UNHAPPY else ""]
                for s in OURS
                if s.kind.can_need_attention
            }


async def due_times(
    ledger: Ledger, theirs: list[Sample], grace: timedelta = GRACE
) -> list[datetime]:
    """When each order asks, by hand: the grace period after its request was recorded."""
    requested = dict(
        await ledger.fetch(
            "SELECT stream, recorded_at FROM journal.events WHERE name = 'ActionRequested'"
        )
    )
    return [requested[s.stream] + grace for s in theirs if s.kind.can_need_attention]


def moments(due: list[datetime]) -> Iterator[datetime]:
    """Before the first, at, between and after the last."""
    tick = timedelta(microseconds=1)
    for moment in (due[0], due[len(due) // 2], due[-1]):
        yield from (moment - tick, moment, moment + tick)
