"""Keeps one read model up to date: folds each batch into its orders, and writes what comes out.

Row models and entry models alike: what differs is how a stream is folded (`folding`) and the one
statement that writes (`saving`).
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Generic, TypeVar

from msgspec.structs import replace
from psycopg import errors

from adapters.postgres.codec import decode_event
from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import Connection
from adapters.postgres.rows import Move, Row
from adapters.running.folding import Folded, fold_for, set_aside, set_aside_behind
from adapters.running.follower import ReadAgain
from adapters.running.opening import opened
from adapters.running.orders_at_hand import OrdersAtHand
from adapters.running.positions import Place
from adapters.running.saving import Changes, RowKey, Saving
from domain.identifiers import ORDER_CATEGORY, StreamName, order_id_of, order_stream, shop_of
from projections.read_model import ReadModel, StoredRow

KNOWN_MAX = 20_000
"""Orders kept at hand; any other is read again when it comes up."""
KNOWN_WITH_TRIGGERS_MAX = 1_000
"""Where few of an order's events matter, it seldom comes up again soon."""

ORDER_PREFIX = f"{ORDER_CATEGORY}/"

REFUSED = (errors.DataError, errors.IntegrityError, errors.ProgramLimitExceeded)
"""What PostgreSQL says of a row that it will never hold."""

RowT = TypeVar("RowT", bound=StoredRow)


class RowConsumer(Generic[RowT]):
    """What the follower of a read model does with its batches."""

    def __init__(
        self,
        model: ReadModel[RowT],
        tail: JournalTail,
        key_ring: KeyRing,
        saving: Saving[RowT] | None = None,
    ) -> None:
        self.name = model.name
        self._model = model
        self._tail = tail
        self._key_ring = key_ring
        self._fold = fold_for(model)
        # What is read beside the tail for one's own orders is of no use to others.
        self._decode = decode_event if model.triggers else tail.decode
        self._saving = saving or Saving(model)
        self._orders = OrdersAtHand(tail, KNOWN_WITH_TRIGGERS_MAX if model.triggers else KNOWN_MAX)
        self._aside: dict[StreamName, int] = {}

    async def begin(self, place: Place) -> None:
        """Forget all orders; learn anew which streams are set aside."""
        await place.start_at_beginning()
        self._orders.forget()
        self._aside = await place.set_aside()

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """Read what can change the rows of the next events, and the last in any case."""
        return await self._tail.read(after, limit, self._model.triggers or None)

    async def prepare(self, rows: Sequence[Row]) -> Changes[RowT]:
        """Fold a batch into the rows that it leads to."""
        batch = self._by_stream(rows)
        behind = [
            set_aside_behind(self._aside[stream], batch.pop(stream))
            for stream in self._aside.keys() & batch.keys()
        ]
        folded = await self._folded(batch)
        self._remember(folded)
        changes = _changes(batch, folded)
        return replace(changes, aside=[*chain(*behind), *changes.aside])

    async def store(self, connection: Connection, changes: Changes[RowT], move: Move) -> None:
        """Write the rows and move; raises Fenced, and then nothing is written."""
        try:
            await self._saving.save(connection, changes, move)
        except REFUSED:
            await self._store_what_can_be(connection, changes, move)

    async def _store_what_can_be(
        self, connection: Connection, changes: Changes[RowT], move: Move
    ) -> None:
        """Write what PostgreSQL takes; set aside the event with which an order's rows are refused."""
        kept = changes
        for stream, rows in _rows_by_stream(changes.rows).items():
            if await self._refusal(connection, Changes(rows=rows), move):
                taken = await self._what_is_taken(connection, stream, changes.batch[stream], move)
                kept = _instead(kept, stream, taken)
        await self._saving.save(connection, kept, move)
        raise ReadAgain("orders that were set aside may already be in the next batch")

    async def _what_is_taken(
        self, connection: Connection, stream: StreamName, rows: Sequence[Row], move: Move
    ) -> Changes[RowT]:
        """Fold an order event by event, as smaller batches would have, up to what is refused."""
        taken = Changes[RowT]()
        for length in range(len(rows)):
            batch = {stream: rows[: length + 1]}
            changes = _changes(batch, await self._folded(batch))
            reason = await self._refusal(connection, changes, move)
            if reason:
                return replace(taken, aside=set_aside(rows[length:], reason))
            taken = changes
        return taken

    async def _refusal(self, connection: Connection, changes: Changes[RowT], move: Move) -> str:
        try:
            async with connection.transaction(force_rollback=True):
                await self._saving.save(connection, changes, move)
        except REFUSED as problem:
            return f"{type(problem).__name__}: {problem}"
        return ""

    async def _folded(
        self, batch: Mapping[StreamName, Sequence[Row]]
    ) -> dict[StreamName, Folded[RowT]]:
        histories = await self._orders.histories(batch)
        events = chain.from_iterable((*h.missed, *h.rows) for h in histories.values())
        event_of = await opened(events, self._model.personal, self._key_ring, self._decode)
        return {stream: self._fold(history, event_of) for stream, history in histories.items()}

    def _by_stream(self, rows: Sequence[Row]) -> dict[StreamName, list[Row]]:
        batch: dict[StreamName, list[Row]] = {}
        for row in rows:
            if row.stream.startswith(ORDER_PREFIX) and self._model.is_changed_by(row.name):
                batch.setdefault(row.stream, []).append(row)
        return batch

    def _remember(self, folded: Mapping[StreamName, Folded[RowT]]) -> None:
        for stream, found in folded.items():
            if found.aside:
                self._aside[stream] = found.aside[0].position
            self._orders.remember(stream, None if found.aside else found.known)
        self._orders.keep_few()


def _changes(
    batch: Mapping[StreamName, Sequence[Row]], folded: Mapping[StreamName, Folded[RowT]]
) -> Changes[RowT]:
    handled = {stream: found for stream, found in folded.items() if found.known}
    return Changes(
        batch=batch,
        rows=[*chain.from_iterable(found.rows for found in handled.values())],
        gone=[_key(stream) for stream, found in handled.items() if not found.rows],
        aside=[*chain.from_iterable(found.aside for found in folded.values())],
    )


def _instead(changes: Changes[RowT], stream: StreamName, taken: Changes[RowT]) -> Changes[RowT]:
    """Put what is taken of one order in the place of all that its batch led to."""
    others = [row for row in changes.rows if _stream_of(row) != stream]
    aside = [one for one in changes.aside if one.stream != stream]
    return replace(
        changes,
        rows=[*others, *taken.rows],
        gone=[*changes.gone, *taken.gone],
        aside=[*aside, *taken.aside],
    )


def _rows_by_stream(rows: Sequence[RowT]) -> dict[StreamName, list[RowT]]:
    rows_by_stream: dict[StreamName, list[RowT]] = {}
    for row in rows:
        rows_by_stream.setdefault(_stream_of(row), []).append(row)
    return rows_by_stream


def _stream_of(row: StoredRow) -> StreamName:
    return order_stream(row.shop, row.order_id)


def _key(stream: StreamName) -> RowKey:
    return RowKey(shop=shop_of(stream), order_id=order_id_of(stream))
