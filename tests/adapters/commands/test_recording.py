"""Wishes about orders on their way to facts: many at once, in turn, answered one by one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from msgspec.structs import replace

from adapters.commands.recording import CONFLICTS_MAX, Answered, CommandRecorder, OrderRequest
from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres import append_statement
from adapters.postgres.codec import open_rows
from adapters.postgres.database import open_pool
from adapters.postgres.errors import StillConflicting
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.order_store import OrderStore
from adapters.postgres.rows import Append, Appended, InboxEntry
from adapters.postgres.writer import Writer
from domain.identifiers import CustomerKeyId, OrderId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import RequestActions
from domain.order.commands.lifecycle import AddNote
from domain.order.decide import OrderWish
from domain.order.events import NoteAdded
from tests import examples
from tests.examples import NOW, OPERATOR, RECEIPT_ACTION, SHOP
from tests.support import Database

MASTER_KEY = MasterKey.parse(generate_master_key())
METADATA = Metadata(
    actor=Actor(ActorKind.OPERATOR, OPERATOR),
    correlation_id="request-1",
    causation_id="request-1",
    command_id="request-1",
)


class Recording:
    """A process that records; `overtake` is what others do just before its next appends."""

    def __init__(self, journal: Journal, key_ring: KeyRing, key: CustomerKeyId) -> None:
        self.journal = journal
        self.key_ring = key_ring
        self.orders = OrderStore(journal, key_ring)
        self.recorder = CommandRecorder(self._append, self.orders, key_ring)
        self.overtake: list[Callable[[], Awaitable[object]]] = []
        self.batches: list[int] = []
        self._key = key

    async def _append(self, appends: Sequence[Append]) -> list[Appended]:
        if self.overtake:
            await self.overtake.pop(0)()
        self.batches.append(len(appends))
        return await self.journal.append(appends)

    def opened(self) -> tuple[StreamName, list[OrderRequest]]:
        """Make the wishes that place a new order."""
        order_id = OrderId(uuid4())
        stream = order_stream(SHOP, order_id)
        start = replace(examples.start(), order_id=order_id)
        place = replace(examples.place(RECEIPT_ACTION), customer_key=self._key)
        return stream, [OrderRequest(stream, wish, METADATA) for wish in (start, place)]

    async def placed(self) -> StreamName:
        stream, requests = self.opened()
        await self.recorder.record(requests)
        return stream

    async def ask(self, *wishes: OrderWish, stream: StreamName) -> list[Answered]:
        return await self.recorder.record([OrderRequest(stream, w, METADATA) for w in wishes])

    async def note(self, stream: StreamName) -> list[Answered]:
        return await self.ask(note(str(uuid4())), stream=stream)

    async def names(self, stream: StreamName) -> list[str]:
        return [row.name for row in await self.journal.read_stream(stream)]


def note(command_id: str, text: str = "Called Aino") -> AddNote:
    return AddNote(now=NOW, command_id=command_id, by=OPERATOR, text=text)


def entry(message_id: str, digest: bytes = b"content") -> tuple[InboxEntry, ...]:
    return (InboxEntry(SHOP, message_id, digest),)


def codes(answers: Sequence[Answered]) -> list[str]:
    return [answer.rejection.code if answer.rejection else "" for answer in answers]


@asynccontextmanager
async def two_processes(database: Database) -> AsyncIterator[tuple[Recording, Recording]]:
    async with open_pool(database.url, min_size=1, max_size=4) as pool:
        rings = [KeyRing(pool, MASTER_KEY) for _ in range(2)]
        aino = CustomerRef(SHOP, "aino@example.com")
        keys = [(await ring.ensure([aino]))[aino] for ring in rings]
        here, there = (
            Recording(Journal(pool), ring, key) for ring, key in zip(rings, keys, strict=True)
        )
        yield here, there


@asynccontextmanager
async def one_process(database: Database) -> AsyncIterator[Recording]:
    async with two_processes(database) as (here, _):
        yield here


class TestAnswers:
    async def test_each_request_is_answered_with_its_own_facts(self, database: Database) -> None:
        async with one_process(database) as process:
            first, one = process.opened()
            second, other = process.opened()
            answers = await process.recorder.record([one[0], other[0], one[1], other[1]])

            assert [[type(f).__name__ for f in a.facts] for a in answers] == [
                ["OrderStarted"],
                ["OrderStarted"],
                ["OrderPlaced"],
                ["OrderPlaced"],
            ]
            assert {answer.version for answer in answers} == {2}
            assert process.batches == [2]
            head = await process.journal.head()
            assert max(answer.position for answer in answers) == head
            for stream in (first, second):
                assert await process.names(stream) == ["OrderStarted", "OrderPlaced"]

    async def test_a_wish_that_comes_before_its_turn_waits_for_it_within_the_batch(
        self, database: Database
    ) -> None:
        async with one_process(database) as process:
            stream, (start, place) = process.opened()
            answers = await process.recorder.record([place, start])

            assert codes(answers) == ["", ""]
            assert [type(a.facts[0]).__name__ for a in answers] == ["OrderPlaced", "OrderStarted"]
            assert await process.names(stream) == ["OrderStarted", "OrderPlaced"]

    async def test_a_refused_wish_leaves_the_others_alone(self, database: Database) -> None:
        async with one_process(database) as process:
            stream = await process.placed()
            answers = await process.ask(
                examples.start_action(), note("n-1"), examples.rerun(), stream=stream
            )

            assert codes(answers) == ["attempt_stale", "", ""]
            assert [len(answer.facts) for answer in answers] == [0, 1, 1]

    async def test_what_is_already_so_is_answered_without_facts(self, database: Database) -> None:
        async with one_process(database) as process:
            stream = await process.placed()
            [first] = await process.ask(note("n-1"), stream=stream)
            [again] = await process.ask(note("n-1"), stream=stream)

            assert (len(first.facts), again.facts, again.rejection) == (1, (), None)
            assert again.version == first.version == 3

    async def test_nothing_asked_is_nothing_done(self, database: Database) -> None:
        async with one_process(database) as process:
            assert await process.recorder.record([]) == []
            assert process.batches == []

    async def test_facts_stand_with_who_caused_them_and_personal_parts_sealed(
        self, database: Database
    ) -> None:
        async with one_process(database) as process:
            stream = await process.placed()
            await process.ask(note("n-1"), stream=stream)
            row = (await process.journal.read_stream(stream))[-1]

            assert b"Aino" not in row.data
            [recorded] = await open_rows([row], process.key_ring)
            assert isinstance(recorded.event, NoteAdded)
            assert recorded.event.personal is not None
            assert recorded.event.personal.text == "Called Aino"
            assert recorded.metadata == METADATA

    async def test_more_events_than_one_append_may_have_are_split(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(append_statement, "EVENTS_MAX", 3)
        monkeypatch.setattr("adapters.commands.recording.EVENTS_MAX", 3)
        async with one_process(database) as process:
            _, one = process.opened()
            _, other = process.opened()
            await process.recorder.record([*one, *other])
            assert process.batches == [1, 1]

            stream = one[0].stream
            notes = [note(f"n-{number}") for number in range(7)]
            answers = await process.ask(*notes, stream=stream)
            assert [len(answer.facts) for answer in answers] == [1] * 7
            assert await process.names(stream) == [
                "OrderStarted",
                "OrderPlaced",
                *["NoteAdded"] * 7,
            ]

    async def test_it_records_through_the_writer_too(self, database: Database) -> None:
        async with one_process(database) as process, Writer(process.journal) as writer:
            recorder = CommandRecorder(writer.append_all, process.orders, process.key_ring)
            stream, requests = process.opened()
            await recorder.record(requests)
            assert await process.names(stream) == ["OrderStarted", "OrderPlaced"]


class TestAnotherProcess:
    async def test_a_refusal_holds_for_the_order_as_it_is_now(self, database: Database) -> None:
        async with two_processes(database) as (here, there):
            stream = await here.placed()
            await there.ask(examples.rerun(), stream=stream)
            [answer] = await here.ask(examples.start_action(), stream=stream)

            assert answer.rejection is None
            assert [type(fact).__name__ for fact in answer.facts] == ["ActionStarted"]

    async def test_so_does_that_there_is_nothing_to_do(self, database: Database) -> None:
        async with two_processes(database) as (here, there):
            stream = await here.placed()
            await there.ask(examples.receive_payment(), stream=stream)
            [answer] = await here.ask(RequestActions(now=NOW), stream=stream)

            assert [type(fact).__name__ for fact in answer.facts] == ["ActionRequested"]

    async def test_may_be_quicker_twice_and_the_other_orders_do_not_mind(
        self, database: Database
    ) -> None:
        async with two_processes(database) as (here, there):
            hot, calm = await here.placed(), await here.placed()
            here.overtake = [lambda: there.note(hot)] * 2
            answers = await here.recorder.record(
                [OrderRequest(stream, note(f"n-{stream}"), METADATA) for stream in (hot, calm)]
            )

            assert [len(answer.facts) for answer in answers] == [1, 1]
            assert len(await here.names(hot)) == 5
            assert len(await here.names(calm)) == 3

    async def test_that_is_always_quicker_is_given_way_to_and_all_else_is_done(
        self, database: Database
    ) -> None:
        async with two_processes(database) as (here, there):
            hot, calm = await here.placed(), await here.placed()
            here.overtake = [lambda: there.note(hot)] * (CONFLICTS_MAX + 1)
            requests = [OrderRequest(stream, note("n-1"), METADATA) for stream in (hot, calm)]
            with pytest.raises(StillConflicting):
                await here.recorder.record(requests)
            assert len(await here.names(calm)) == 3

            answers = await here.recorder.record(requests)
            assert [len(answer.facts) for answer in answers] == [1, 0]


class TestInbox:
    async def test_a_request_told_again_is_known(self, database: Database) -> None:
        async with two_processes(database) as (here, there):
            stream = await here.placed()
            request = OrderRequest(stream, note("key-1"), METADATA, entry("key-1"))
            [first] = await here.recorder.record([request])
            [again] = await there.recorder.record([request])

            assert (len(first.facts), first.is_known) == (1, False)
            assert (again.facts, again.is_known, again.is_contradicted) == ((), True, False)

    async def test_told_twice_in_one_batch_it_is_known_the_second_time(
        self, database: Database
    ) -> None:
        async with one_process(database) as process:
            stream = await process.placed()
            request = OrderRequest(stream, note("key-1"), METADATA, entry("key-1"))
            plain = OrderRequest(stream, note("n-1"), METADATA)
            answers = await process.recorder.record([plain, request, request, plain])

            assert [answer.is_known for answer in answers] == [False, False, True, False]
            assert [len(answer.facts) for answer in answers] == [1, 1, 0, 0]

    async def test_the_same_key_with_another_content_is_contradicted(
        self, database: Database
    ) -> None:
        async with one_process(database) as process:
            stream = await process.placed()
            one = OrderRequest(stream, note("key-1"), METADATA, entry("key-1"))
            other = OrderRequest(stream, note("key-1"), METADATA, entry("key-1", b"other"))
            await process.recorder.record([one])
            [answer] = await process.recorder.record([other])

            assert (answer.facts, answer.is_known, answer.is_contradicted) == ((), False, True)

    async def test_a_refused_request_is_not_known_and_may_be_granted_later(
        self, database: Database
    ) -> None:
        async with one_process(database) as process:
            stream, requests = process.opened()
            request = OrderRequest(stream, note("key-1"), METADATA, entry("key-1"))
            [refused] = await process.recorder.record([request])
            await process.recorder.record(requests)
            [granted] = await process.recorder.record([request])

            assert codes([refused, granted]) == ["order_not_placed", ""]
            assert len(granted.facts) == 1
