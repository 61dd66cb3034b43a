"""Followers of the journal: whatever happens, a read model is the fold of the journal (I3)."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest
from psycopg.errors import InsufficientPrivilege
from structlog.testing import capture_logs

from adapters.postgres.errors import Fenced
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.rows import Move
from adapters.running.positions import Place
from adapters.running.projections import ROW_MODELS, rebuild
from adapters.running.row_consumer import RowConsumer
from adapters.running.standings import list_set_aside
from domain.configuration.events import ActionConfigurationRemoved
from domain.identifiers import CustomerKeyId, SettingId, setting_stream
from domain.order.events import CustomerDataErased
from tests.adapters.postgres.given import as_owner, until
from tests.adapters.running.given import BOTH, Ledger, open_ledger, running
from tests.projections.sample import BEGIN, SHOP, Kind, Sample, samples
from tests.proxy import Cut, Proxy
from tests.support import Database

IN_A_ROW_OF_ORDERS = b'"payment_stage"'
"""Stands in the rows that the follower of the orders table sends."""


def one(kind: Kind) -> Sample:
    return next(sample for sample in samples(len(Kind)) if sample.kind is kind)


async def rows_of(ledger: Ledger, name: str) -> list[tuple[object, ...]]:
    model = ROW_MODELS[name]
    columns = ", ".join(model.columns)
    return await ledger.fetch(
        f"SELECT {columns} FROM {model.table} ORDER BY order_id"  # noqa: S608 - names of ours
    )


async def assert_equal_to_the_journal(ledger: Ledger, orders: int) -> None:
    for name in BOTH:
        verification = await ledger.verify(name)
        assert verification.differences == ()
        assert verification.orders == orders
        assert await list_set_aside(ledger.pool, name) == []
    assert len(await rows_of(ledger, "orders")) == orders


class TestFollowing:
    async def test_catches_up_with_what_was_recorded_before_it_ran(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(45))
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            assert len(await rows_of(ledger, "attention")) == 10
            await assert_equal_to_the_journal(ledger, 45)

    async def test_shows_what_is_recorded_while_it_runs(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name, 7) for name in BOTH)):
                await ledger.record(samples(27))
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 27)

    async def test_goes_on_in_the_middle_of_orders_that_it_has_not_at_hand(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            sample = one(Kind.REFUNDED)
            story = await ledger.story(sample)
            await ledger.append(sample.stream, story[:4])
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            assert len(await rows_of(ledger, "attention")) == 1
            await ledger.append(sample.stream, story[4:])
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            assert await rows_of(ledger, "attention") == []
            await assert_equal_to_the_journal(ledger, 1)

    async def test_keeps_few_orders_at_hand_and_reads_the_others_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.running.row_consumer.KNOWN_MAX", 2)
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(27))
            async with running(*(ledger.follower(name, 10) for name in BOTH)):
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 27)

    async def test_passes_over_what_is_not_about_orders(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            removed = ActionConfigurationRemoved(
                at=BEGIN, shop=SHOP, setting_id=SettingId("receipt"), revision=1
            )
            row = ledger.row(removed, await a_key(ledger))
            await ledger.append(setting_stream(SHOP, SettingId("receipt")), [row])
            await ledger.record(samples(3))
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 3)

    async def test_writes_a_row_anew_without_the_customer_who_was_erased(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            sample = one(Kind.COMPLETED)
            await ledger.record([sample])
            async with running(ledger.follower("orders")):
                await ledger.caught_up("orders")
                key = await key_of(ledger, sample)
                erased = CustomerDataErased(at=BEGIN, customer_key=key, by="anna")
                await ledger.append(sample.stream, [ledger.row(erased, key)])
                await ledger.caught_up("orders")
            found = await ledger.fetch("SELECT email, first_name FROM read_models.orders_v1")
            assert found == [("", "")]


class TestTrouble:
    @pytest.mark.parametrize("cut", list(Cut))
    async def test_a_connection_cut_while_saving_loses_and_doubles_nothing(
        self, database: Database, cut: Cut
    ) -> None:
        async with Proxy(database.url) as proxy, open_ledger(database.url) as ledger:
            await ledger.record(samples(18))
            async with open_ledger(proxy.url) as shaky:
                proxy.arm(IN_A_ROW_OF_ORDERS, cut)
                shaky.key_ring = ledger.key_ring
                async with running(shaky.follower("orders", 20), ledger.follower("attention")):
                    await proxy.was_cut.wait()
                    await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 18)

    async def test_it_takes_up_again_when_the_database_is_back(self, database: Database) -> None:
        async with Proxy(database.url) as proxy, open_ledger(database.url) as ledger:
            async with (
                open_ledger(proxy.url) as shaky,
                running(shaky.follower("orders"), ledger.follower("attention")),
            ):
                await ledger.record(samples(9))
                await ledger.caught_up()
                proxy.cut_all()
                await ledger.record(samples(9, seed=2))
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 18)

    async def test_it_waits_while_the_server_is_read_only(self, database: Database) -> None:
        set_read_only = f'ALTER DATABASE "{database.name}" SET default_transaction_read_only ='
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(9))
            await as_owner(database, f"{set_read_only} on")
            with capture_logs() as logs:
                async with running(*(ledger.follower(name) for name in BOTH)):
                    await until(lambda: were_logged(logs, "read-only"), True)
                    await as_owner(database, f"SET TRANSACTION READ WRITE; {set_read_only} off")
                    await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 9)


class TestTwoRunners:
    async def test_one_is_active_and_the_other_takes_over_when_it_goes(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            first = asyncio.create_task(ledger.follower("orders", 5).run())
            await until(lambda: runners(ledger), 1)
            async with running(ledger.follower("attention"), ledger.follower("orders", 50)):
                await ledger.record(samples(9))
                await ledger.caught_up()
                assert await runners(ledger) == 1
                first.cancel()
                await ledger.record(samples(9, seed=2))
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 18)

    @pytest.mark.parametrize(
        "right", ["INSERT ON followers.positions", "DELETE ON followers.heartbeats"]
    )
    async def test_one_that_fails_as_it_begins_or_leaves_keeps_no_other_from_running(
        self, database: Database, right: str
    ) -> None:
        async with open_ledger(database.url) as failing, open_ledger(database.url) as ledger:
            await as_owner(database, f"REVOKE {right} FROM order_ledger_app")
            with pytest.raises(InsufficientPrivilege):
                await failing.follower("orders").run()
            await as_owner(database, f"GRANT {right} TO order_ledger_app")
            await ledger.record(samples(9))
            async with running(ledger.follower("orders")):
                await ledger.caught_up("orders")

    async def test_even_if_both_believe_to_be_active_neither_spoils_anything(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.postgres.lease.TAKE", "SELECT %s::text IS NOT NULL")
        async with open_ledger(database.url) as ledger:
            async with running(
                *(ledger.follower(name, size) for name in BOTH for size in (3, 7, 50))
            ):
                await ledger.record(samples(45))
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 45)

    async def test_a_save_from_another_position_than_the_stored_one_writes_nothing(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(2))
            events = await ledger.journal.read(0, 100)
            async with ledger.pool.connection() as connection:
                place = Place(connection, "orders", "runner")
                await place.start_at_beginning()
                consumer = RowConsumer(ROW_MODELS["orders"], ledger.tail, ledger.key_ring)
                changes = await consumer.prepare(events)
                with pytest.raises(Fenced):
                    await consumer.store(
                        connection,
                        changes,
                        Move(follower="orders", from_position=1, to_position=len(events)),
                    )
                assert await place.position() == 0
                assert await rows_of(ledger, "orders") == []
                await consumer.store(
                    connection,
                    changes,
                    Move(follower="orders", from_position=0, to_position=len(events)),
                )
                assert await place.position() == len(events)
                assert len(await rows_of(ledger, "orders")) == 2


class TestRebuilding:
    async def test_a_rebuild_comes_out_as_it_was(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.record(samples(27))
                await ledger.caught_up()
            before = [await rows_of(ledger, name) for name in BOTH]
            for name in BOTH:
                await rebuild(ledger.pool, ROW_MODELS[name])
            assert [await rows_of(ledger, name) for name in BOTH] == [[], []]
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            assert [await rows_of(ledger, name) for name in BOTH] == before

    async def test_an_idle_runner_notices_and_starts_over(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.record(samples(9))
                await ledger.caught_up()
                for name in BOTH:
                    await rebuild(ledger.pool, ROW_MODELS[name])
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 9)

    async def test_a_rebuild_under_load_comes_out_equal(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            async with running(*(ledger.follower(name, 20) for name in BOTH)):
                recording = asyncio.create_task(ledger.record(samples(45)))
                for name in BOTH:
                    await rebuild(ledger.pool, ROW_MODELS[name])
                await recording
                await ledger.caught_up()
            await assert_equal_to_the_journal(ledger, 45)


class TestVerifying:
    async def test_it_finds_a_row_that_is_wrong_missing_or_nobodys(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            await ledger.record(samples(9))
            async with running(*(ledger.follower(name) for name in BOTH)):
                await ledger.caught_up()
            for change in (
                "UPDATE read_models.orders_v1 SET total = 1 WHERE number = 'A00001' RETURNING 1",
                "DELETE FROM read_models.orders_v1 WHERE number = 'A00002' RETURNING 1",
                "UPDATE read_models.orders_v1 SET shop = 'x' WHERE number = 'A00003' RETURNING 1",
            ):
                assert len(await ledger.fetch(change)) == 1
            differences = (await ledger.verify("orders")).differences
            assert sorted((not d.expected, not d.found) for d in differences) == [
                (False, False),
                (False, True),
                (False, True),
                (True, False),
            ]


async def key_of(ledger: Ledger, sample: Sample) -> CustomerKeyId:
    customer = CustomerRef(sample.shop, sample.email)
    return (await ledger.key_ring.ensure([customer]))[customer]


async def a_key(ledger: Ledger) -> CustomerKeyId:
    return await key_of(ledger, one(Kind.PAID))


async def were_logged(logs: Iterable[Mapping[str, object]], words: str) -> bool:
    return any(words in str(log.get("problem")) for log in logs)


async def runners(ledger: Ledger) -> int:
    found = await ledger.fetch("SELECT count(*) FROM followers.heartbeats WHERE name = 'orders'")
    return int(found[0][0])
