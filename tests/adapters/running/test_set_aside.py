"""Poison never blocks: what a follower cannot handle is set aside with its order, for all to see."""

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec
import pytest

from adapters.postgres.event_ids import new_event_id
from adapters.postgres.rows import NewRow
from adapters.running.follower import Follower
from adapters.running.projections import READ_MODELS, rebuild
from adapters.running.row_consumer import RowConsumer
from adapters.running.standings import list_set_aside, standings
from domain.identifiers import CustomerKeyId
from domain.order.events import OrderPlaced, OrderRevised
from domain.order.state import Order
from projections.orders.projection import ORDERS, OrderRow, row
from tests.adapters.running.given import BOTH, Ledger, open_ledger, running
from tests.projections.sample import Kind, Sample, samples
from tests.support import Database

NEIGHBOURS = samples(8)
VICTIM = samples(len(Kind) + 6, seed=5)[-1]
VICTIM_FACTS = 7
A_KEY = CustomerKeyId(UUID(int=1))
TOO_LONG_TO_INDEX = "".join(hex(n * n) for n in range(5_000))
SIZES = (1, 4, 1_000)
"""Of batches: the poison alone, in the middle, with all of its order."""


async def record_with_poison(ledger: Ledger, before: int, poison: Sequence[NewRow]) -> None:
    """Some neighbours, the victim with its poison after so many facts, more neighbours."""
    story = await ledger.story(VICTIM)
    assert len(story) == VICTIM_FACTS
    await ledger.record(NEIGHBOURS[:4])
    for rows in (story[:before], poison, story[before:]):
        await ledger.append(VICTIM.stream, rows)
    await ledger.record(NEIGHBOURS[4:])


async def reasons(ledger: Ledger, name: str) -> list[str]:
    found = await list_set_aside(ledger.pool, name)
    assert {item.stream for item in found} <= {VICTIM.stream}
    return [item.reason for item in found]


async def status_by_number(ledger: Ledger) -> dict[str, str]:
    return dict(await ledger.fetch("SELECT number, status FROM read_models.orders_v1"))


@pytest.mark.parametrize("batch_events_max", SIZES)
@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("OrderEaten", b'{"event":{}}', "UnknownEvent"),
        ("PaymentReceived", b"not JSON", "DecodeError"),
        ("PaymentReceived", b'{"event":{}}', "ValidationError"),
        ("OrderRevised", b"not JSON", "DecodeError"),
    ],
)
async def test_an_unreadable_event_is_set_aside_with_all_that_follows_in_its_order(
    database: Database, name: str, data: bytes, reason: str, batch_events_max: int
) -> None:
    async with open_ledger(database.url) as ledger:
        await record_with_poison(ledger, 2, [NewRow(new_event_id(), name, data)])
        async with running(*(ledger.follower(model, batch_events_max) for model in BOTH)):
            await ledger.caught_up()
        for model in BOTH:
            first, *behind = await reasons(ledger, model)
            assert reason in first
            assert len(behind) == VICTIM_FACTS - 2
            assert len(set(behind)) == 1
            assert (await ledger.verify(model)).differences == ()
        found = await status_by_number(ledger)
        assert found[VICTIM.number] == "in_progress"
        assert len(found) == len(NEIGHBOURS) + 1
        counts = [standing.set_aside for standing in await standings(ledger.pool, BOTH)]
        assert counts == [VICTIM_FACTS - 1] * len(BOTH)


@pytest.mark.parametrize("batch_events_max", SIZES)
async def test_a_bug_in_one_order_stops_no_other_and_a_rebuild_after_the_fix_mends_it(
    database: Database, batch_events_max: int
) -> None:
    def buggy_row(order: Order, version: int, position: int) -> OrderRow:
        if order.order_id == VICTIM.order_id and order.is_paid:
            raise ZeroDivisionError("a bug")
        return row(order, version, position)

    buggy = msgspec.structs.replace(ORDERS, row=buggy_row)
    async with open_ledger(database.url) as ledger:
        await record_with_poison(ledger, VICTIM_FACTS, [])
        follower = Follower(
            RowConsumer(buggy, ledger.tail, ledger.key_ring),
            pool=ledger.pool,
            news=ledger.news,
            batch_events_max=batch_events_max,
        )
        async with running(follower):
            await ledger.caught_up("orders")
        first, *behind = await reasons(ledger, "orders")
        assert first == "ZeroDivisionError: a bug"
        assert len(behind) == VICTIM_FACTS - 4
        assert (await status_by_number(ledger))[VICTIM.number] == "processing"

        await rebuild(ledger.pool, ORDERS)
        async with running(ledger.follower("orders")):
            await ledger.caught_up("orders")
        assert await reasons(ledger, "orders") == []
        assert (await status_by_number(ledger))[VICTIM.number] == "paid"
        assert (await ledger.verify("orders")).differences == ()


@pytest.mark.parametrize("batch_events_max", SIZES)
@pytest.mark.parametrize("source", ["a\0b", TOO_LONG_TO_INDEX], ids=["null", "too long to index"])
async def test_a_row_that_the_database_refuses_is_set_aside_and_the_others_are_written(
    database: Database, source: str, batch_events_max: int
) -> None:
    strange: Sample = msgspec.structs.replace(VICTIM, source=source)
    async with open_ledger(database.url) as ledger:
        await ledger.record(NEIGHBOURS[:4])
        await ledger.record([strange])
        await ledger.record(NEIGHBOURS[4:])
        async with running(ledger.follower("orders", batch_events_max)):
            await ledger.caught_up("orders")
        assert len(await reasons(ledger, "orders")) == VICTIM_FACTS
        found = await status_by_number(ledger)
        assert len(found) == len(NEIGHBOURS)
        assert VICTIM.number not in found


@pytest.mark.parametrize("batch_events_max", SIZES)
async def test_a_refused_order_stays_as_it_was_even_if_its_next_facts_were_read_ahead(
    database: Database, batch_events_max: int
) -> None:
    started, placed, *_ = VICTIM.facts(A_KEY)
    assert isinstance(placed, OrderPlaced)
    spoiled = msgspec.structs.replace(placed, number=TOO_LONG_TO_INDEX, personal=None)
    mended = OrderRevised(
        **{f: getattr(placed, f) for f in OrderRevised.__struct_fields__} | {"personal": None}
    )
    async with open_ledger(database.url) as ledger:
        rows = [ledger.row(fact, A_KEY) for fact in (started, spoiled, mended)]
        await ledger.append(VICTIM.stream, rows)
        async with running(ledger.follower("orders", batch_events_max)):
            await ledger.caught_up("orders")
        found = await status_by_number(ledger)
        if batch_events_max == 1:
            assert found == {"": "started"}
            assert len(await reasons(ledger, "orders")) == 2
        else:
            assert found == {VICTIM.number: "in_progress"}
            assert await reasons(ledger, "orders") == []
        assert (await ledger.verify("orders")).differences == ()


@pytest.mark.parametrize("batch_events_max", SIZES)
async def test_a_refused_row_leaves_the_one_before_it_whatever_the_batch(
    database: Database, batch_events_max: int
) -> None:
    started, placed, *_ = VICTIM.facts(A_KEY)
    assert isinstance(placed, OrderPlaced)
    fields = {f: getattr(placed, f) for f in OrderRevised.__struct_fields__}
    spoiled = OrderRevised(**fields | {"personal": None, "number": TOO_LONG_TO_INDEX})
    async with open_ledger(database.url) as ledger:
        facts = (started, msgspec.structs.replace(placed, personal=None), spoiled)
        await ledger.append(VICTIM.stream, [ledger.row(fact, A_KEY) for fact in facts])
        await ledger.record(NEIGHBOURS)
        async with running(ledger.follower("orders", batch_events_max)):
            await ledger.caught_up("orders")
        assert (await status_by_number(ledger))[VICTIM.number] == "in_progress"
        assert len(await reasons(ledger, "orders")) == 1
        assert (await ledger.verify("orders")).differences == ()


async def test_what_is_set_aside_stays_so_for_the_next_runner(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        poison = NewRow(new_event_id(), "OrderEaten", b'{"event":{}}')
        story = await ledger.story(VICTIM)
        await ledger.append(VICTIM.stream, [*story[:2], poison])
        async with running(ledger.follower("orders")):
            await ledger.caught_up("orders")
        await ledger.append(VICTIM.stream, story[2:])
        async with running(ledger.follower("orders")):
            await ledger.caught_up("orders")
        assert len(await reasons(ledger, "orders")) == VICTIM_FACTS - 1
        assert (await status_by_number(ledger))[VICTIM.number] == "in_progress"


def test_every_read_model_has_its_own_name_and_versioned_table() -> None:
    assert [model.name for model in READ_MODELS.values()] == list(READ_MODELS)
    assert [re.sub(r"_v\d+$", "", model.table) for model in READ_MODELS.values()] == [
        f"read_models.{name}" for name in READ_MODELS
    ]
