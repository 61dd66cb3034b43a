"""Orders to react to, recorded as anybody records, and a process manager that never says no.

`ECHO` answers each note with a new run of the receipt. A reaction that happened twice would leave
two, because each asks under an id of its own.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.postgres.codec import decode_metadata
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.order_store import OrderStore
from adapters.postgres.rows import Move, Row
from adapters.running.follower import BATCH_EVENTS_MAX, Follower
from adapters.running.positions import Place
from adapters.running.reactor import Reactor
from domain.identifiers import OrderId, PaymentId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.decide import OrderWish
from domain.order.events import OrderFact
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.process_manager import ProcessManager
from tests import examples
from tests.adapters.running.given import METADATA, Ledger, open_ledger
from tests.examples import OPERATOR, RECEIPT, RECEIPT_ACTION, SHOP, TOTAL


def answer_note(_: OrderFact, __: Order, now: datetime) -> Sequence[OrderWish]:
    return [RerunAction(now=now, command_id=str(uuid4()), action_id=RECEIPT, by="echo")]


ECHO = ProcessManager(name="echo", triggers=frozenset({"NoteAdded"}), react=answer_note)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Orders:
    """The checkout and the operators of one shop."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._recorder = CommandRecorder(
            ledger.journal.append, OrderStore(ledger.journal, ledger.key_ring), ledger.key_ring
        )

    async def placed(
        self, *actions: PlannedAction, imported: bool = False, count: int = 1
    ) -> list[StreamName]:
        """Place some orders."""
        customer = CustomerRef(SHOP, "aino@example.com")
        key = (await self.ledger.key_ring.ensure([customer]))[customer]
        place = replace(
            examples.place(*(actions or (RECEIPT_ACTION,)), imported=imported), customer_key=key
        )
        requests: list[OrderRequest] = []
        for _ in range(count):
            order_id = OrderId(uuid4())
            stream = order_stream(SHOP, order_id)
            start = replace(examples.start(), order_id=order_id)
            requests += [OrderRequest(stream, wish, METADATA) for wish in (start, place)]
        await self._record(requests)
        return list(dict.fromkeys(request.stream for request in requests))

    async def pay(self, *streams: StreamName, amount: int = TOTAL) -> None:
        await self.wish(
            *(
                (stream, examples.receive_payment(PaymentId(str(uuid4())), amount))
                for stream in streams
            )
        )

    async def note(self, *streams: StreamName) -> None:
        notes = (
            AddNote(now=utc_now(), command_id=str(uuid4()), by=OPERATOR, text="Called")
            for _ in streams
        )
        await self.wish(*zip(streams, notes, strict=True))

    async def complete(self, stream: StreamName, command: CompleteOrder) -> None:
        await self.wish((stream, command))

    async def wish(
        self, *wishes: tuple[StreamName, OrderWish], metadata: Metadata = METADATA
    ) -> list[Answered]:
        return await self._record([OrderRequest(s, wish, metadata) for s, wish in wishes])

    async def _record(self, requests: Sequence[OrderRequest]) -> list[Answered]:
        answers = await self._recorder.record(requests)
        assert [answer.rejection for answer in answers] == [None] * len(requests)
        self.ledger.news.announce()
        return answers

    def follower(
        self, process_manager: ProcessManager, batch_events_max: int = BATCH_EVENTS_MAX
    ) -> Follower[Any]:
        return Follower(
            Reactor(process_manager, self.ledger.journal, self.ledger.key_ring, utc_now),
            pool=self.ledger.pool,
            news=self.ledger.news,
            batch_events_max=batch_events_max,
        )

    async def reactions(self, name: str = "echo") -> Counter[str]:
        """Count the facts that a process manager recorded for each trigger."""
        rows = await self.ledger.journal.read(0, 100_000)
        metadata = [decode_metadata(row) for row in rows if row.name == "ActionRequested"]
        actor = Actor(ActorKind.SYSTEM, name)
        return Counter(one.causation_id for one in metadata if one.actor == actor)

    async def triggers(self, name: str = "NoteAdded") -> list[str]:
        rows = await self.ledger.journal.read(0, 100_000)
        return [str(row.event_id) for row in rows if row.name == name]

    async def position(self, name: str = "echo") -> int:
        found = await self.ledger.fetch(
            f"SELECT position FROM followers.positions WHERE name = '{name}'"  # noqa: S608 - ours
        )
        return int(found[0][0])


@asynccontextmanager
async def open_orders(url: str) -> AsyncIterator[Orders]:
    """Open a ledger in which `ECHO` begins at the beginning."""
    async with open_ledger(url) as ledger:
        await ledger.fetch(
            "INSERT INTO followers.positions (name, position, moved_at)"
            " VALUES ('echo', 0, now()) RETURNING 1"
        )
        yield Orders(ledger)


class Turn:
    """One batch in one reactor's hands, step by step."""

    def __init__(self, orders: Orders, journal: Journal, process_manager: ProcessManager) -> None:
        self._orders = orders
        self._name = process_manager.name
        self.reactor = Reactor(process_manager, journal, orders.ledger.key_ring, utc_now)

    async def take(self, from_position: int, rows: Sequence[Row]) -> None:
        """React to a batch that was read after `from_position`."""
        async with self._orders.ledger.pool.connection() as connection:
            await self.reactor.begin(Place(connection, self._name, "runner"))
            prepared = await self.reactor.prepare(rows)
            move = Move(
                follower=self._name,
                from_position=from_position,
                to_position=rows[-1].position,
            )
            await self.reactor.store(connection, prepared, move)
