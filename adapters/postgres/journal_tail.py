"""The newest of the journal, read and decoded once for all followers of one process.

The rule to know: rows never change and positions have no gaps, so what was read once stands; until
a connection is lost, for the server behind the next one may lack what the last one had.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from adapters.postgres.codec import decode_event
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Row
from domain.identifiers import StreamName
from domain.message import Event

KEPT_EVENTS_MAX = 4_000
"""Who is further behind reads by itself."""


class JournalTail:
    """A way to read the journal on, for followers side by side."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._one_at_a_time = asyncio.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of what was read; whoever has a new connection says so."""
        self._kept: Sequence[Row] = ()
        self._decoded: dict[int, tuple[Row, Event]] = {}

    async def read(
        self, after: int, limit: int, names: Collection[str] | None = None
    ) -> Sequence[Row]:
        """Read the next events of the whole journal, in order; fewer than there are, never none.

        With `names` only those of them, and the last in any case: it says how far that was.
        """
        if names is not None:
            at_hand = self._at_hand(after, limit)
            if at_hand:
                return [row for row in at_hand if row.name in names or row is at_hand[-1]]
            return await self._journal.read(after, limit, names)
        if self._kept and after < self._kept[0].position - 1:
            return await self._journal.read(after, limit)
        async with self._one_at_a_time:
            return self._at_hand(after, limit) or await self._read_on(after, limit)

    async def read_streams(
        self, streams: Collection[StreamName], after: Mapping[StreamName, int] | None = None
    ) -> Mapping[StreamName, Sequence[Row]]:
        """Read several streams at once, each after its version in `after` or whole."""
        return await self._journal.read_streams(list(streams), after)

    def decode(self, row: Row) -> Event:
        """Read an event without its personal part, once for all who have this very row."""
        known = self._decoded.get(row.position)
        if known is not None and known[0] is row:
            return known[1]
        event = decode_event(row)
        if len(self._decoded) >= KEPT_EVENTS_MAX:
            self._decoded.clear()
        self._decoded[row.position] = (row, event)
        return event

    def _at_hand(self, after: int, limit: int) -> Sequence[Row]:
        if not self._kept:
            return ()
        begin = after + 1 - self._kept[0].position
        return self._kept[begin : begin + limit] if begin >= 0 else ()

    async def _read_on(self, after: int, limit: int) -> Sequence[Row]:
        kept = self._kept
        rows = await self._journal.read(after, limit)
        # What was let go of meanwhile must not come back.
        if rows and self._kept is kept:
            is_next = bool(kept) and kept[-1].position == after
            self._kept = [*kept, *rows][-KEPT_EVENTS_MAX:] if is_next else rows
        return rows
