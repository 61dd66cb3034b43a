"""Keeps one row model up to date: folds each batch into its orders, writes each order once.

An order at hand is the fold of an immutable stream up to a version: whether it fits a batch, its
version tells, whatever became of the batch before. Only a new connection lets go of them, because
the server behind it may have lost a tail.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Generic, TypeVar

from psycopg import errors

from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import Connection
from adapters.postgres.rows import Move, Row
from adapters.running.folding import (
    NOTHING,
    Folded,
    History,
    Known,
    fold,
    set_aside,
    set_aside_behind,
)
from adapters.running.follower import ReadAgain
from adapters.running.opening import opened
from adapters.running.positions import Place
from adapters.running.saving import Changes, RowKey, Saving
from domain.identifiers import ORDER_CATEGORY, StreamName, order_id_of, order_stream, shop_of
from projections.row_model import ModelRow, RowModel

KNOWN_MAX = 20_000
"""Orders kept at hand; any other is read again when it comes up."""

ORDER_PREFIX = f"{ORDER_CATEGORY}/"

REFUSED = (errors.DataError, errors.IntegrityError, errors.ProgramLimitExceeded)
"""What PostgreSQL says of a row that it will never hold."""

RowT = TypeVar("RowT", bound=ModelRow)


class RowConsumer(Generic[RowT]):
    """What the follower of a row model does with its batches."""

    def __init__(
        self,
        model: RowModel[RowT],
        tail: JournalTail,
        key_ring: KeyRing,
        saving: Saving[RowT] | None = None,
    ) -> None:
        self.name = model.name
        self._model = model
        self._tail = tail
        self._key_ring = key_ring
        self._saving = saving or Saving(model)
        self._known: dict[StreamName, Known] = {}
        self._aside: dict[StreamName, int] = {}

    async def begin(self, place: Place) -> None:
        """Forget all orders; learn anew which streams are set aside."""
        await place.start_at_beginning()
        self._known = {}
        self._tail.forget()
        self._aside = await place.set_aside()

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """Read the next events."""
        return await self._tail.read(after, limit)

    async def prepare(self, rows: Sequence[Row]) -> Changes[RowT]:
        """Fold a batch into the rows that it leads to."""
        batch = _by_stream(rows)
        behind = [
            set_aside_behind(self._aside[stream], batch.pop(stream))
            for stream in self._aside.keys() & batch.keys()
        ]
        histories = await self._histories(batch)
        events = chain.from_iterable((*h.missed, *h.rows) for h in histories.values())
        event_of = await opened(events, self._model.personal, self._key_ring, self._tail.decode)
        folded = {
            stream: fold(history, event_of, self._model.row)
            for stream, history in histories.items()
        }
        self._remember(folded)
        handled = {stream: found for stream, found in folded.items() if found.known}
        return Changes(
            batch=batch,
            rows=[found.row for found in handled.values() if found.row is not None],
            gone=[_key(stream) for stream, found in handled.items() if found.row is None],
            aside=[*chain(*behind), *chain.from_iterable(found.aside for found in folded.values())],
        )

    async def store(self, connection: Connection, changes: Changes[RowT], move: Move) -> None:
        """Write the rows and move; raises Fenced, and then nothing is written."""
        try:
            await self._saving.save(connection, changes, move)
        except REFUSED:
            await self._store_what_can_be(connection, changes, move)

    async def _store_what_can_be(
        self, connection: Connection, changes: Changes[RowT], move: Move
    ) -> None:
        """Set aside the orders whose rows PostgreSQL refuses, and write the others."""
        rows, aside = [], [*changes.aside]
        for row in changes.rows:
            reason = await self._refusal(connection, row, move)
            if not reason:
                rows.append(row)
                continue
            aside += set_aside(changes.batch[order_stream(row.shop, row.order_id)], reason)
        kept = Changes(batch=changes.batch, rows=rows, gone=changes.gone, aside=aside)
        await self._saving.save(connection, kept, move)
        raise ReadAgain("orders that were set aside may already be in the next batch")

    async def _refusal(self, connection: Connection, row: RowT, move: Move) -> str:
        try:
            async with connection.transaction(force_rollback=True):
                await self._saving.save(connection, Changes(rows=[row]), move)
        except REFUSED as problem:
            return f"{type(problem).__name__}: {problem}"
        return ""

    async def _histories(
        self, batch: Mapping[StreamName, Sequence[Row]]
    ) -> dict[StreamName, History]:
        """Find each stream's order; those not at hand are read from the start, by one query."""
        known = {stream: self._known.get(stream, NOTHING) for stream in batch}
        missing = [s for s, rows in batch.items() if rows[0].version != known[s].version + 1]
        missed = await self._tail.read_streams(missing) if missing else {}
        return {
            stream: History(
                known=known[stream] if stream not in missed else NOTHING,
                missed=[r for r in missed.get(stream, ()) if r.version < rows[0].version],
                rows=rows,
            )
            for stream, rows in batch.items()
        }

    def _remember(self, folded: Mapping[StreamName, Folded[RowT]]) -> None:
        for stream, found in folded.items():
            self._known.pop(stream, None)
            if found.aside:
                self._aside[stream] = found.aside[0].position
            elif found.known is not None:
                self._known[stream] = found.known
        for stream in list(islice(self._known, max(0, len(self._known) - KNOWN_MAX))):
            del self._known[stream]


def _by_stream(rows: Sequence[Row]) -> dict[StreamName, list[Row]]:
    batch: dict[StreamName, list[Row]] = {}
    for row in rows:
        if row.stream.startswith(ORDER_PREFIX):
            batch.setdefault(row.stream, []).append(row)
    return batch


def _key(stream: StreamName) -> RowKey:
    return RowKey(shop=shop_of(stream), order_id=order_id_of(stream))
