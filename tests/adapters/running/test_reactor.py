"""Process managers: whatever happens, each trigger leads to its facts exactly once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from msgspec.structs import replace

from adapters.postgres import append_statement
from adapters.postgres.codec import decode_metadata
from adapters.postgres.database import Pool
from adapters.postgres.errors import Fenced
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, Appended, Move, NewRow
from adapters.postgres.schema import apply_schema
from adapters.running.positions import NoPosition
from adapters.running.process_managers import PROCESS_MANAGERS, retry, run_process_managers
from adapters.running.standings import list_set_aside
from domain.identifiers import StreamName, order_id_of
from domain.message import Actor, ActorKind
from domain.order.decide import OrderWish
from domain.order.events import OrderFact
from domain.order.state import Order
from processors.fulfilment import FULFILMENT
from tests.adapters.postgres.given import as_owner, until
from tests.adapters.running.given import METADATA, open_ledger, running
from tests.adapters.running.reacting import ECHO, Orders, Turn, answer_note, open_orders
from tests.examples import GRANT_ACTION, RECEIPT_ACTION, TOTAL, complete, rerun
from tests.support import Database

FORGET_0008 = """
DELETE FROM followers.positions WHERE name = 'fulfilment';
DELETE FROM public.order_ledger_schema WHERE name = '0008_process_managers.sql';
"""


class OvertakenJournal(Journal):
    """Another process is quicker, once before each of the next appends."""

    def __init__(self, pool: Pool, overtake: Sequence[Callable[[], Awaitable[object]]]) -> None:
        super().__init__(pool)
        self._overtake = list(overtake)
        self.appends = 0
        self.alone = 0

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        if self._overtake:
            await self._overtake.pop(0)()
        self.appends += 1
        return await super().append(appends, move)

    async def append_alone(self, stream: StreamName, decide: object) -> None:
        self.alone += 1
        await super().append_alone(stream, decide)  # type: ignore[arg-type] # handed on as it is


async def once_each(orders: Orders) -> bool:
    """Say whether every note was answered by one fact."""
    return await orders.reactions() == dict.fromkeys(await orders.triggers(), 1)


class TestReacting:
    async def test_a_trigger_leads_to_facts_that_say_what_caused_them(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            orders = Orders(ledger)
            async with running(orders.follower(FULFILMENT)):
                [stream] = await orders.placed(RECEIPT_ACTION, GRANT_ACTION)
                await orders.pay(stream)
                await ledger.caught_up(FULFILMENT.name)
            rows = await ledger.journal.read_stream(stream)
            assert [row.name for row in rows[2:]] == ["PaymentReceived", *["ActionRequested"] * 2]
            for row in rows[3:]:
                metadata = decode_metadata(row)
                assert metadata.actor == Actor(ActorKind.SYSTEM, "fulfilment")
                assert metadata.causation_id == str(rows[2].event_id)
                assert metadata.correlation_id == METADATA.correlation_id
                assert metadata.command_id == f"fulfilment:{rows[2].event_id}"

    async def test_every_trigger_of_a_batch_of_any_size_is_reacted_to_once(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(append_statement, "EVENTS_MAX", 9)
        async with open_orders(database.url) as orders:
            streams = await orders.placed(count=3)
            for _ in range(4):
                await orders.note(*streams, *streams)
            async with running(orders.follower(ECHO)):
                await orders.ledger.caught_up("echo")
            assert await once_each(orders)

    async def test_a_person_of_the_same_name_does_not_count_as_itself(
        self, database: Database
    ) -> None:
        async with open_orders(database.url) as orders:
            [stream] = await orders.placed()
            await orders.note(stream)
            [trigger] = await orders.triggers()
            person = Actor(ActorKind.OPERATOR, ECHO.name)
            await orders.wish(
                (stream, rerun()), metadata=replace(METADATA, actor=person, causation_id=trigger)
            )
            async with running(orders.follower(ECHO)):
                await orders.ledger.caught_up("echo")
            assert await orders.reactions() == {trigger: 1}

    async def test_a_batch_without_triggers_only_moves_it(self, database: Database) -> None:
        async with open_orders(database.url) as orders:
            await orders.placed(count=3)
            async with running(orders.follower(ECHO, 2)):
                await orders.ledger.caught_up("echo")
            assert await orders.position() == await orders.ledger.journal.head()
            assert await orders.reactions() == {}

    async def test_partial_payments_lead_to_one_request_at_the_last(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            orders = Orders(ledger)
            [stream] = await orders.placed()
            async with running(orders.follower(FULFILMENT)):
                for _ in range(2):
                    await orders.pay(stream, amount=TOTAL // 2)
                    await ledger.caught_up(FULFILMENT.name)
            last = (await orders.triggers("PaymentReceived"))[-1]
            assert await orders.reactions(FULFILMENT.name) == {last: 1}

    async def test_completed_by_hand_and_then_paid_requests_nothing_twice(
        self, database: Database
    ) -> None:
        async with open_ledger(database.url) as ledger:
            orders = Orders(ledger)
            run, let_be = await orders.placed(count=2)
            await orders.complete(run, complete())
            await orders.complete(let_be, complete(run_actions=False))
            async with running(orders.follower(FULFILMENT)):
                await orders.pay(run, let_be)
                await ledger.caught_up(FULFILMENT.name)
            assert len(await orders.triggers("ActionRequested")) == 2
            *_, paid, _ = await ledger.journal.read_stream(let_be)
            assert await orders.reactions(FULFILMENT.name) == {str(paid.event_id): 1}


class TestRunning:
    async def test_all_of_them_react_until_they_are_told_to_stop(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            orders, stop = Orders(ledger), asyncio.Event()
            run = asyncio.create_task(
                run_process_managers(
                    pool=ledger.pool,
                    journal=ledger.journal,
                    key_ring=ledger.key_ring,
                    news=ledger.news,
                    stop=stop,
                )
            )
            await orders.pay(*await orders.placed())
            await ledger.caught_up(*PROCESS_MANAGERS)
            stop.set()
            await run
            assert (await orders.reactions(FULFILMENT.name)).total() == 1


class TestWhereItStarts:
    async def test_what_was_recorded_before_it_came_fires_nothing(self, database: Database) -> None:
        await as_owner(database, FORGET_0008)
        async with open_ledger(database.url) as ledger:
            orders = Orders(ledger)
            past, present = await orders.placed(count=2)
            await orders.pay(past)
            applied = await apply_schema(database.owner_url)
            assert applied == ["0008_process_managers.sql"]
            async with running(orders.follower(FULFILMENT)):
                await orders.pay(present)
                await ledger.caught_up(FULFILMENT.name)
            *_, last = await orders.triggers("PaymentReceived")
            assert await orders.reactions(FULFILMENT.name) == {last: 1}

    async def test_imported_orders_fire_nothing(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            orders = Orders(ledger)
            async with running(orders.follower(FULFILMENT)):
                await orders.pay(*await orders.placed(imported=True))
                await ledger.caught_up(FULFILMENT.name)
            assert await orders.reactions(FULFILMENT.name) == {}

    async def test_without_a_stated_position_it_refuses_to_run(self, database: Database) -> None:
        async with open_ledger(database.url) as ledger:
            with pytest.raises(NoPosition, match="schema apply"):
                await Orders(ledger).follower(ECHO).run()


class TestOthersAreQuicker:
    @pytest.mark.parametrize(("times", "alone"), [(1, 0), (4, 0), (5, 1)])
    async def test_it_looks_again_and_in_the_end_makes_them_wait(
        self, database: Database, times: int, alone: int
    ) -> None:
        async with open_orders(database.url) as orders:
            hot, calm = await orders.placed(count=2)
            await orders.note(hot, calm)
            rows = await orders.ledger.journal.read(0, 100)
            journal = OvertakenJournal(orders.ledger.pool, [lambda: orders.note(hot)] * times)
            await Turn(orders, journal, ECHO).take(0, rows)

            triggers = await orders.triggers()
            assert await orders.reactions() == dict.fromkeys(triggers[:2], 1)
            assert await orders.position() == rows[-1].position
            assert journal.alone == alone

            async with running(orders.follower(ECHO)):
                await orders.ledger.caught_up("echo")
            assert await once_each(orders)

    async def test_it_does_not_move_before_the_last_part_of_a_batch_stands(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_orders(database.url) as orders:
            streams = await orders.placed(count=3)
            await orders.note(*streams)
            rows = await orders.ledger.journal.read(0, 100)
            monkeypatch.setattr(append_statement, "EVENTS_MAX", 1)
            journal = OvertakenJournal(orders.ledger.pool, [lambda: orders.note(streams[0])])
            await Turn(orders, journal, ECHO).take(0, rows)

            assert journal.appends == 4
            assert await orders.position() == rows[-1].position
            assert await orders.reactions() == dict.fromkeys((await orders.triggers())[:3], 1)

    async def test_a_twin_that_was_quicker_is_found_out_by_its_facts(
        self, database: Database
    ) -> None:
        async with open_orders(database.url) as orders:
            await orders.note(*await orders.placed(count=2))
            rows = await orders.ledger.journal.read(0, 100)
            twin = Turn(orders, orders.ledger.journal, ECHO)
            journal = OvertakenJournal(orders.ledger.pool, [lambda: twin.take(0, rows)])
            with pytest.raises(Fenced):
                await Turn(orders, journal, ECHO).take(0, rows)
            assert await once_each(orders)

    async def test_what_was_appended_before_a_fence_or_a_crash_is_not_appended_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(append_statement, "EVENTS_MAX", 2)
        async with open_orders(database.url) as orders:
            await orders.note(*await orders.placed(count=4))
            rows = await orders.ledger.journal.read(0, 100)
            with pytest.raises(Fenced):
                await Turn(orders, orders.ledger.journal, ECHO).take(1, rows)
            assert (await orders.reactions()).total() == 2
            await Turn(orders, orders.ledger.journal, ECHO).take(0, rows)
            assert await once_each(orders)


class TestPoison:
    @pytest.mark.parametrize("batch_events_max", [1, 1_000])
    @pytest.mark.parametrize(
        ("name", "data", "reason"),
        [
            ("OrderEaten", b'{"event":{}}', "UnknownEvent"),
            ("NoteAdded", b"not JSON", "DecodeError"),
        ],
    )
    async def test_an_order_that_cannot_be_read_is_set_aside_and_blocks_no_other(
        self, database: Database, name: str, data: bytes, reason: str, batch_events_max: int
    ) -> None:
        async with open_orders(database.url) as orders:
            bad, good = await orders.placed(count=2)
            await orders.note(bad, good)
            poison = (NewRow(new_event_id(), name, data),)
            await orders.ledger.journal.append(
                [Append(stream=bad, expected_version=3, rows=poison)]
            )
            async with running(orders.follower(ECHO, batch_events_max)):
                await orders.ledger.caught_up("echo")
                await orders.note(good)
                await orders.ledger.caught_up("echo")
            first, *behind = await list_set_aside(orders.ledger.pool, "echo")
            assert reason in first.reason
            assert len(behind) == (name == "NoteAdded")
            assert {one.stream for one in (first, *behind)} == {bad}
            assert (await orders.reactions()).total() == 2

    async def test_a_mended_mistake_is_tried_anew_by_the_running_follower(
        self, database: Database
    ) -> None:
        victims: set[object] = set()

        def mistaken(fact: OrderFact, order: Order, now: datetime) -> Sequence[OrderWish]:
            if order.order_id in victims:
                raise ZeroDivisionError("a mistake")
            return answer_note(fact, order, now)

        async with open_orders(database.url) as orders:
            bad, good = await orders.placed(count=2)
            victims.add(order_id_of(bad))
            async with running(orders.follower(replace(ECHO, react=mistaken))):
                await orders.note(bad, good)
                await orders.note(bad, good)
                await orders.ledger.caught_up("echo")
                reasons = [one.reason for one in await list_set_aside(orders.ledger.pool, "echo")]
                assert reasons[0] == "ZeroDivisionError: a mistake"
                assert "was set aside" in reasons[1]

                victims.clear()
                assert await retry(orders.ledger.pool, "echo") == 2
                await until(lambda: once_each(orders), True)
                await orders.ledger.caught_up("echo")
            assert await list_set_aside(orders.ledger.pool, "echo") == []
            assert await retry(orders.ledger.pool, "echo") == 0

    async def test_more_facts_than_one_append_can_have_are_set_aside(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_orders(database.url) as orders:
            many, one = await orders.placed(count=2)
            await orders.note(many, many, many, one)
            monkeypatch.setattr(append_statement, "EVENTS_MAX", 2)
            async with running(orders.follower(ECHO)):
                await orders.ledger.caught_up("echo")
            assert len(await list_set_aside(orders.ledger.pool, "echo")) == 3
            assert (await orders.reactions()).total() == 1

    async def test_the_next_runner_leaves_alone_what_stands_behind_a_mistake(
        self, database: Database
    ) -> None:
        def mistaken(*_: object) -> Sequence[OrderWish]:
            raise ZeroDivisionError("a mistake")

        async with open_orders(database.url) as orders:
            [stream] = await orders.placed()
            await orders.note(stream)
            async with running(orders.follower(replace(ECHO, react=mistaken))):
                await orders.ledger.caught_up("echo")
            await orders.note(stream)
            async with running(orders.follower(ECHO)):
                await orders.ledger.caught_up("echo")
            assert await orders.reactions() == {}
            assert len(await list_set_aside(orders.ledger.pool, "echo")) == 2

    async def test_an_order_that_spoils_while_others_are_quicker_is_set_aside_too(
        self, database: Database
    ) -> None:
        async with open_orders(database.url) as orders:
            [stream] = await orders.placed()
            await orders.note(stream)
            rows = await orders.ledger.journal.read(0, 100)
            journal = SpoiltJournal(orders.ledger.pool, [lambda: orders.note(stream)] * 5)
            await Turn(orders, journal, ECHO).take(0, rows)
            [found] = await list_set_aside(orders.ledger.pool, "echo")
            assert "UnknownEvent" in found.reason
            assert await orders.position() == rows[-1].position


class SpoiltJournal(OvertakenJournal):
    """The moment nobody else can append any more, the order is beyond reading."""

    async def append_alone(self, stream: StreamName, decide: object) -> None:
        version = len(await self.read_stream(stream))
        poison = NewRow(new_event_id(), "OrderEaten", b'{"event":{}}')
        await Journal.append(
            self, [Append(stream=stream, expected_version=version, rows=(poison,))]
        )
        await super().append_alone(stream, decide)
