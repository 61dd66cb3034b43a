"""Orders that a follower has folded already, so that it need not read them again.

An order at hand is the fold of an immutable stream up to a version: whether it fits a batch, its
version tells, whatever became of the batch before. Only a new connection lets go of them, because
the server behind it may have lost a tail.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.rows import Row
from adapters.running.folding import NOTHING, History, Known
from domain.identifiers import StreamName


class OrdersAtHand:
    """What one follower remembers."""

    def __init__(self, tail: JournalTail, known_max: int) -> None:
        self._tail = tail
        self._known_max = known_max
        self.forget()

    def forget(self) -> None:
        """Let go of all orders."""
        self._known: dict[StreamName, Known] = {}
        self._tail.forget()

    async def histories(
        self, batch: Mapping[StreamName, Sequence[Row]]
    ) -> dict[StreamName, History]:
        """Find each stream's order; what it lacks up to its rows' last is read, by one query."""
        known = {stream: self._fitting(stream, rows[0].version) for stream, rows in batch.items()}
        lacking = [
            stream for stream, rows in batch.items() if not _follows(rows, known[stream].version)
        ]
        versions = {stream: known[stream].version for stream in lacking}
        read = await self._tail.read_streams(lacking, versions) if lacking else {}
        return {
            stream: _history(known[stream], rows, read.get(stream, ()))
            for stream, rows in batch.items()
        }

    def remember(self, stream: StreamName, known: Known | None) -> None:
        """Keep an order at hand, or let go of it."""
        self._known.pop(stream, None)
        if known is not None:
            self._known[stream] = known

    def keep_few(self) -> None:
        """Let go of those that were used longest ago, where there are too many."""
        for stream in list(islice(self._known, max(0, len(self._known) - self._known_max))):
            del self._known[stream]

    def _fitting(self, stream: StreamName, version: int) -> Known:
        known = self._known.get(stream, NOTHING)
        return known if known.version < version else NOTHING


def _history(known: Known, rows: Sequence[Row], read: Sequence[Row]) -> History:
    """Fill the gaps before the rows and between them."""
    first, last = rows[0].version, rows[-1].version
    return History(
        known=known,
        missed=[row for row in read if row.version < first],
        rows=rows
        if _follows(rows, first - 1)
        else [row for row in read if first <= row.version <= last],
    )


def _follows(rows: Sequence[Row], version: int) -> bool:
    """Say whether the rows are all that comes after a version, up to their last."""
    return rows[-1].version - version == len(rows)
