"""Entry models: each event's rows are added once, whatever happens; and read models with triggers."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from msgspec.structs import replace

from adapters.postgres.errors import Fenced
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.rows import Move, NewRow
from adapters.running.follower import Follower
from adapters.running.positions import Place
from adapters.running.projections import ENTRY_MODELS, READ_MODELS, rebuild
from adapters.running.row_consumer import RowConsumer
from adapters.running.standings import list_set_aside
from adapters.running.verifying import Verifier
from domain.identifiers import CustomerKeyId, ExternalRefundId, PaymentId
from domain.money import Money
from domain.order.events import ExternalRefundObserved
from projections.entry_model import Change
from projections.orders.projection import ORDERS
from projections.sales.projection import SALES, SalesEntry, entries
from tests.adapters.running.given import Ledger, open_ledger, running
from tests.projections.sample import Kind, Sample, samples
from tests.proxy import Cut, Proxy
from tests.support import Database

NAMES = tuple(ENTRY_MODELS)
PAID = sum(sample.kind.is_paid for sample in samples(45))
IN_A_SALES_ENTRY = b'"order_number"'
VICTIM = samples(len(Kind) + 8, seed=5)[-1]
POISON = NewRow(new_event_id(), "OrderEaten", b'{"event":{}}')
SIZES = (1, 4, 1_000)
ABSURD = ExternalRefundObserved(
    at=datetime(2026, 11, 23, tzinfo=UTC),
    external_refund_id=ExternalRefundId("re_absurd"),
    payment_id=PaymentId("pay"),
    amount=Money(2**63, "EUR"),
)


def one(kind: Kind) -> Sample:
    return next(sample for sample in samples(len(Kind)) if sample.kind is kind)


async def entries_in(ledger: Ledger, name: str) -> list[tuple[object, ...]]:
    model = READ_MODELS[name]
    columns = ", ".join(model.columns)
    return await ledger.fetch(
        f"SELECT {columns} FROM {model.table} ORDER BY position, number"  # noqa: S608 - names of ours
    )


async def assert_equal_to_the_journal(ledger: Ledger, orders: int) -> None:
    for name in NAMES:
        verification = await ledger.verify(name)
        assert verification.differences == ()
        assert verification.orders == orders
        assert await list_set_aside(ledger.pool, name) == []


class TestFollowing:
    async def test_adds_what_was_recorded_before_it_ran_and_while_it_runs(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(27))
            async with running(*(ledger.follower(name, 7) for name in NAMES)):
                await ledger.caught_up(*NAMES)
                await ledger.record(samples(18, seed=2))
                await ledger.caught_up(*NAMES)
            assert len(await entries_in(ledger, "payments")) == PAID
            assert len(await entries_in(ledger, "sales")) > PAID
            await assert_equal_to_the_journal(ledger, 45)

    async def test_takes_what_another_follower_has_read_already(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name, 7) for name in READ_MODELS)):
                await ledger.record(samples(45))
                await ledger.caught_up(*READ_MODELS)
            await assert_equal_to_the_journal(ledger, 45)

    @pytest.mark.parametrize("before", [4, 8, 9, 10])
    async def test_goes_on_in_the_middle_of_orders_that_it_has_not_at_hand(
        self, database: Database, before: int
    ) -> None:
        async with open_ledger(database.url) as ledger:
            sample = one(Kind.REFUNDED)
            story = await ledger.story(sample)
            for facts in (story[:before], story[before:]):
                await ledger.append(sample.stream, facts)
                async with running(*(ledger.follower(name) for name in NAMES)):
                    await ledger.caught_up(*NAMES)
            await assert_equal_to_the_journal(ledger, 1)

    async def test_keeps_few_orders_at_hand_and_reads_the_others_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.running.row_consumer.KNOWN_WITH_TRIGGERS_MAX", 2)
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(45))
            async with running(*(ledger.follower(name, 10) for name in NAMES)):
                await ledger.caught_up(*NAMES)
            await assert_equal_to_the_journal(ledger, 45)

    @pytest.mark.parametrize("cut", list(Cut))
    async def test_a_connection_cut_while_adding_loses_and_doubles_nothing(
        self, database: Database, cut: Cut
    ) -> None:
        async with Proxy(database.url) as proxy, open_ledger(database.url) as ledger:
            await ledger.record(samples(18))
            async with open_ledger(proxy.url) as shaky:
                proxy.arm(IN_A_SALES_ENTRY, cut)
                async with running(shaky.follower("sales", 20), ledger.follower("payments")):
                    await proxy.was_cut.wait()
                    await ledger.caught_up(*NAMES)
            await assert_equal_to_the_journal(ledger, 18)

    async def test_even_if_several_believe_to_be_active_each_entry_is_added_once(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.postgres.lease.TAKE", "SELECT %s::text IS NOT NULL")
        async with open_ledger(database.url) as ledger:
            async with running(
                *(ledger.follower(name, size) for name in NAMES for size in (3, 7, 50))
            ):
                await ledger.record(samples(45))
                await ledger.caught_up(*NAMES)
            await assert_equal_to_the_journal(ledger, 45)

    async def test_adding_from_another_position_than_the_stored_one_adds_nothing(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(9))
            events = await ledger.journal.read(0, 100)
            async with ledger.pool.connection() as connection:
                place = Place(connection, "sales", "runner")
                await place.start_at_beginning()
                consumer = RowConsumer(SALES, ledger.tail, ledger.key_ring)
                changes = await consumer.prepare(events)
                move = Move(follower="sales", from_position=0, to_position=len(events))
                with pytest.raises(Fenced):
                    await consumer.store(connection, changes, replace(move, from_position=1))
                assert await entries_in(ledger, "sales") == []
                await consumer.store(connection, changes, move)
                added = await entries_in(ledger, "sales")
                with pytest.raises(Fenced):
                    await consumer.store(connection, changes, move)
                assert await entries_in(ledger, "sales") == added != []


class TestRebuilding:
    async def test_a_rebuild_comes_out_as_it_was(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name) for name in NAMES)):
                await ledger.record(samples(27))
                await ledger.caught_up(*NAMES)
            before = [await entries_in(ledger, name) for name in NAMES]
            for name in NAMES:
                await rebuild(ledger.pool, READ_MODELS[name])
            assert [await entries_in(ledger, name) for name in NAMES] == [[] for _ in NAMES]
            async with running(*(ledger.follower(name) for name in NAMES)):
                await ledger.caught_up(*NAMES)
            assert [await entries_in(ledger, name) for name in NAMES] == before

    async def test_a_rebuild_under_load_comes_out_equal(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name, 20) for name in NAMES)):
                recording = asyncio.create_task(ledger.record(samples(45)))
                for name in NAMES:
                    await rebuild(ledger.pool, READ_MODELS[name])
                await recording
                await ledger.caught_up(*NAMES)
            await assert_equal_to_the_journal(ledger, 45)


class TestVerifying:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE read_models.sales_v1 SET gross = gross + 1 WHERE number = 1 AND kind = 'sale'",
            "DELETE FROM read_models.sales_v1 WHERE kind = 'returned'",
            "UPDATE read_models.sales_v1 SET shop = 'x'",
            """INSERT INTO read_models.sales_v1
            SELECT (json_populate_record(s, '{"number": 9}')).*
            FROM read_models.sales_v1 AS s
            WHERE kind = 'returned'""",
        ],
        ids=["wrong", "missing", "nobody's", "one too many"],
    )
    async def test_it_finds_an_entry_that_the_journal_does_not_give(
        self, database: Database, change: str
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record([one(Kind.REFUNDED)])
            async with running(ledger.follower("sales")):
                await ledger.caught_up("sales")
            assert (await ledger.verify("sales")).is_equal
            assert await ledger.fetch(f"{change} RETURNING 1")
            assert not (await ledger.verify("sales")).is_equal


class TestPoison:
    @pytest.mark.parametrize("batch_events_max", SIZES)
    @pytest.mark.parametrize(
        ("before", "added"),
        [(2, 0), (5, 1), (10, 1)],
        ids=["before anything matters", "between", "just before the refund is issued"],
    )
    async def test_an_unreadable_event_sets_aside_what_matters_behind_it(
        self, database: Database, before: int, added: int, batch_events_max: int
    ) -> None:
        sample = replace(one(Kind.REFUNDED), has_bump=False)
        async with open_ledger(database.url) as ledger:
            story = await ledger.story(sample)
            for facts in (story[:before], [POISON], story[before:]):
                await ledger.append(sample.stream, facts)
            await ledger.record(samples(8))
            async with running(ledger.follower("sales", batch_events_max)):
                await ledger.caught_up("sales")
            found = await list_set_aside(ledger.pool, "sales")
            assert "UnknownEvent" in found[0].reason
            assert {item.stream for item in found} == {sample.stream}
            of_victim = f"WHERE order_id = '{sample.order_id}'"
            counted = await ledger.fetch(f"SELECT count(*) FROM read_models.sales_v1 {of_victim}")  # noqa: S608 - ours
            assert counted == [(added,)]
            assert (await ledger.verify("sales")).is_equal

    async def test_one_behind_all_that_matters_is_nobodys_trouble(self, database: Database) -> None:
        sample = one(Kind.REFUNDED)
        async with open_ledger(database.url) as ledger:
            await ledger.append(sample.stream, [*await ledger.story(sample), POISON])
            async with running(ledger.follower("sales")):
                await ledger.caught_up("sales")
            await assert_sales_stand(ledger)

    @pytest.mark.parametrize("batch_events_max", SIZES)
    async def test_a_bug_in_one_order_stops_no_other_and_a_rebuild_after_the_fix_mends_it(
        self, database: Database, batch_events_max: int
    ) -> None:
        victim = one(Kind.REFUNDED)

        def buggy(change: Change) -> tuple[SalesEntry, ...]:
            if change.after.order_id == victim.order_id and change.after.refunds:
                raise ZeroDivisionError("a bug")
            return entries(change)

        model = replace(SALES, entries=buggy)
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(18))
            consumer = RowConsumer(model, ledger.tail, ledger.key_ring)
            follower = Follower(
                consumer, pool=ledger.pool, news=ledger.news, batch_events_max=batch_events_max
            )
            async with running(follower):
                await ledger.caught_up("sales")
            first, *_ = await list_set_aside(ledger.pool, "sales")
            assert (first.stream, first.reason) == (victim.stream, "ZeroDivisionError: a bug")
            kinds = f"SELECT DISTINCT kind FROM read_models.sales_v1 WHERE order_id = '{victim.order_id}'"  # noqa: S608 - ours
            assert await ledger.fetch(kinds) == [("sale",)]
            await rebuild(ledger.pool, SALES)
            async with running(ledger.follower("sales")):
                await ledger.caught_up("sales")
            await assert_sales_stand(ledger)

    @pytest.mark.parametrize("batch_events_max", SIZES)
    async def test_entries_that_the_database_refuses_are_set_aside_and_the_others_added(
        self, database: Database, batch_events_max: int
    ) -> None:
        strange = replace(one(Kind.REFUNDED), source="a\0b", number="strange")
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(6))
            await ledger.record([strange])
            await ledger.record(samples(6, seed=3))
            async with running(ledger.follower("sales", batch_events_max)):
                await ledger.caught_up("sales")
            found = await list_set_aside(ledger.pool, "sales")
            assert {item.stream for item in found} == {strange.stream}
            numbers = await ledger.fetch("SELECT order_number FROM read_models.sales_v1")
            assert numbers
            assert ("strange",) not in numbers
            assert (await ledger.verify("sales")).is_equal

    @pytest.mark.parametrize("batch_events_max", SIZES)
    async def test_an_amount_that_the_database_refuses_leaves_the_sale_before_it_in_any_batch(
        self, database: Database, batch_events_max: int
    ) -> None:
        sample = one(Kind.REFUNDED)
        async with open_ledger(database.url) as ledger:
            story = await ledger.story(sample)
            observed = ledger.row(ABSURD, CustomerKeyId(UUID(int=1)))
            await ledger.append(sample.stream, [*story, observed])
            await ledger.record(samples(2))
            async with running(ledger.follower("sales", batch_events_max)):
                await ledger.caught_up("sales")
            [found] = await list_set_aside(ledger.pool, "sales")
            assert found.position == len(story) + 1
            assert "out of range" in found.reason
            kinds = f"SELECT DISTINCT kind FROM read_models.sales_v1 WHERE order_id = '{sample.order_id}'"  # noqa: S608 - ours
            assert {kind for (kind,) in await ledger.fetch(kinds)} >= {"sale", "returned"}
            assert (await ledger.verify("sales")).is_equal


class TestRowModelsWithTriggers:
    PAID_ORDERS = replace(ORDERS, triggers=frozenset({"PaymentReceived", "RefundIssued"}))

    @pytest.mark.parametrize("batch_events_max", SIZES)
    async def test_a_row_is_as_the_last_trigger_left_the_order(
        self, database: Database, batch_events_max: int
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(18))
            await self.follow(ledger, batch_events_max)
            found = await ledger.fetch(
                "SELECT count(*), count(*) FILTER (WHERE status = 'completed') FROM"
                " read_models.orders_v1"
            )
            assert found == [(sum(s.kind.is_paid for s in samples(18)), 0)]
            assert await self.is_equal(ledger)

    async def test_poison_leaves_the_row_as_the_trigger_before_left_it(
        self, database: Database
    ) -> None:
        sample = one(Kind.REFUNDED)
        async with open_ledger(database.url) as ledger:
            story = await ledger.story(sample)
            await ledger.append(sample.stream, [*story[:6], POISON, *story[6:]])
            await self.follow(ledger, 1_000)
            assert await ledger.fetch("SELECT status, version FROM read_models.orders_v1") == [
                ("paid", 4)
            ]
            assert await self.is_equal(ledger)

    async def follow(self, ledger: Ledger, batch_events_max: int) -> None:
        consumer = RowConsumer(self.PAID_ORDERS, ledger.tail, ledger.key_ring)
        follower = Follower(
            consumer, pool=ledger.pool, news=ledger.news, batch_events_max=batch_events_max
        )
        async with running(follower):
            await ledger.caught_up("orders")

    async def is_equal(self, ledger: Ledger) -> bool:
        verifier = Verifier(
            self.PAID_ORDERS,
            pool=ledger.pool,
            journal=ledger.journal,
            key_ring=ledger.key_ring,
        )
        return (await verifier.verify()).is_equal


def test_entries_show_nothing_personal_and_name_what_changes_them() -> None:
    for model in ENTRY_MODELS.values():
        assert model.personal == frozenset(), "what is never taken away could not be erased"
        assert model.triggers


async def assert_sales_stand(ledger: Ledger) -> None:
    assert await list_set_aside(ledger.pool, "sales") == []
    assert (await ledger.verify("sales")).is_equal
