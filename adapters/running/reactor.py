"""Follows the journal for one process manager; each trigger leads to its facts exactly once.

The rule to know: a reaction is decided on the order as the journal has it now, and its append
expects that very version; the facts name their trigger as their cause. So whoever comes second,
by a crash, a fence or a twin, either finds the cause in the stream or conflicts and looks again.
Nothing is kept in memory, hence nothing can be out of date: that the next batch is prepared while
this one is stored means at worst that an order read ahead conflicts, and is read again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, cast

from adapters.postgres.append_statement import check, in_bounds
from adapters.postgres.codec import decode_event, decode_metadata, encode
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import Connection
from adapters.postgres.rows import Append, AppendStatus, Move, NewRow, Row
from adapters.running.folding import set_aside, set_aside_behind
from adapters.running.positions import Place, SetAside
from domain.identifiers import StreamName
from domain.message import Actor, ActorKind, Metadata
from domain.order.decide import decide
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order
from processors.process_manager import ProcessManager

ROUNDS_MAX = 5
"""In which others may be quicker with an order; then they have to wait for once."""

RowsByStream = Mapping[StreamName, Sequence[Row]]


class Poison(Exception):
    """An order cannot be folded, or nothing is known to do about it: our mistake, or corruption."""


class Triggered(NamedTuple):
    """What a batch asks to react to."""

    triggers: RowsByStream
    orders: RowsByStream
    """The whole streams of the triggers, as they were a moment ago."""


class Reactor:
    """What the follower of a process manager does with its batches."""

    def __init__(
        self,
        process_manager: ProcessManager,
        journal: Journal,
        key_ring: KeyRing,
        clock: Callable[[], datetime],
    ) -> None:
        self.name = process_manager.name
        self._triggers = process_manager.triggers
        self._react = process_manager.react
        self._journal = journal
        self._key_ring = key_ring
        self._clock = clock
        self._actor = Actor(ActorKind.SYSTEM, self.name)
        self._mark = f'"{self.name}"'.encode()

    async def begin(self, place: Place) -> None:
        """Learn anew which streams are set aside."""
        self._place = place
        self._aside = await place.set_aside()

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """Read the triggers among the next events, and the last event."""
        return await self._journal.read(after, limit, self._triggers)

    async def prepare(self, rows: Sequence[Row]) -> Triggered:
        """Find the triggers, and read their orders."""
        triggers: dict[StreamName, list[Row]] = {}
        for row in rows:
            if row.name in self._triggers:
                triggers.setdefault(row.stream, []).append(row)
        return Triggered(triggers, await self._read(list(triggers)))

    async def store(
        self,
        connection: Connection,  # noqa: ARG002 - only an append moves this position
        prepared: Triggered,
        move: Move,
    ) -> None:
        """React to all triggers and move; raises Fenced, and then what was appended stands."""
        triggers, orders = prepared
        for _ in range(ROUNDS_MAX):
            left = await self._append(await self._drafts(triggers, orders), move)
            if not left:
                return
            orders = await self._read(left)
        for stream in left:
            await self._append_alone(stream, triggers[stream])
        await self._journal.append([], move)

    async def _read(self, streams: Sequence[StreamName]) -> RowsByStream:
        return await self._journal.read_streams(streams) if streams else {}

    async def _append(self, appends: Sequence[Append], move: Move) -> list[StreamName]:
        """Append what fits, and move if all does; give the streams that have moved on."""
        *others, last = [*in_bounds(appends, lambda append: append)] or [[]]
        left: list[StreamName] = []
        for some in others:
            left += await self._append_some(some, None)
        return left + await self._append_some(last, None if left else move)

    async def _append_some(self, some: Sequence[Append], move: Move | None) -> list[StreamName]:
        answers = await self._journal.append(some, move)
        return [
            append.stream
            for append, answer in zip(some, answers, strict=True)
            if answer.status is not AppendStatus.APPENDED
        ]

    async def _append_alone(self, stream: StreamName, triggers: Sequence[Row]) -> None:
        try:
            await self._journal.append_alone(stream, partial(self._draft, stream, triggers))
        except Poison as poison:
            await self._put_aside(set_aside(triggers, str(poison)))

    async def _drafts(self, triggers: RowsByStream, orders: RowsByStream) -> list[Append]:
        """React to the triggers of these orders; set aside those of orders that are poison."""
        appends: list[Append] = []
        for stream, rows in orders.items():
            if stream in self._aside:
                await self._put_aside(set_aside_behind(self._aside[stream], triggers[stream]))
                continue
            try:
                appends.append(self._draft(stream, triggers[stream], rows))
            except Poison as poison:
                await self._put_aside(set_aside(triggers[stream], str(poison)))
        return appends

    async def _put_aside(self, found: Sequence[SetAside]) -> None:
        await self._place.put_aside(found)
        self._aside.setdefault(found[0].stream, found[0].position)

    def _draft(self, stream: StreamName, triggers: Sequence[Row], rows: Sequence[Row]) -> Append:
        """Say what the triggers lead to in an order, of which nothing may be left out."""
        try:
            new = tuple(self._reactions(triggers, rows))
            append = Append(stream=stream, expected_version=rows[-1].version, rows=new)
            check([append])
        except Exception as problem:
            # Whatever is wrong with one order must not stop the others.
            raise Poison(f"{type(problem).__name__}: {problem}") from problem
        return append

    def _reactions(self, triggers: Sequence[Row], rows: Sequence[Row]) -> Iterator[NewRow]:
        order, reacted = self._fold(rows)
        now = self._clock()
        for trigger in triggers:
            if str(trigger.event_id) in reacted:
                continue
            metadata = self._metadata(trigger)
            for wish in self._react(_fact(trigger), order, now):
                for fact in decide(wish, order):
                    yield encode(fact, metadata, self._key_ring, None)
                    order = evolve(order, fact, now)

    def _fold(self, rows: Sequence[Row]) -> tuple[Order, set[str]]:
        """Give the order, and the ids of the triggers that were reacted to."""
        order = NEW_ORDER
        reacted: set[str] = set()
        for row in rows:
            order = evolve(order, _fact(row), row.recorded_at)
            # Most events are others' facts; to read who wrote them would cost as much as folding.
            if self._mark in row.data:
                metadata = decode_metadata(row)
                if metadata.actor == self._actor:
                    reacted.add(metadata.causation_id)
        return order, reacted

    def _metadata(self, trigger: Row) -> Metadata:
        event_id = str(trigger.event_id)
        return Metadata(
            actor=self._actor,
            correlation_id=decode_metadata(trigger).correlation_id,
            causation_id=event_id,
            command_id=f"{self.name}:{event_id}",
        )


def _fact(row: Row) -> OrderFact:
    return cast(OrderFact, decode_event(row))
