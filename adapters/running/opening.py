"""Reads stored events for a fold: personal parts are opened only where a row shows them.

What cannot be read says so when the fold comes to it, not before: it is one order's trouble.
"""

from collections.abc import Iterable, Sequence

import msgspec
from cryptography.exceptions import InvalidTag

from adapters.postgres.codec import UnknownEvent, decode_event, open_rows
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import Row
from adapters.running.folding import EventOf
from domain.message import Event

UNREADABLE = (UnknownEvent, msgspec.DecodeError, InvalidTag)


async def opened(
    rows: Iterable[Row],
    personal: frozenset[str],
    key_ring: KeyRing,
    decode: EventOf = decode_event,
) -> EventOf:
    """Open the personal parts of events of these names; give a way to read all the rows."""
    sealed = [row for row in rows if row.name in personal]
    events = await _open(sealed, key_ring)

    def event_of(row: Row) -> Event:
        if row.name not in personal:
            return decode(row)
        event = events[row.position]
        if isinstance(event, Exception):
            raise event
        return event

    return event_of


async def _open(rows: Sequence[Row], key_ring: KeyRing) -> dict[int, Event | Exception]:
    """Open many at once; halves find the few that cannot be."""
    try:
        return {recorded.position: recorded.event for recorded in await open_rows(rows, key_ring)}
    except UNREADABLE as problem:
        if len(rows) == 1:
            return {rows[0].position: problem}
    middle = len(rows) // 2
    return await _open(rows[:middle], key_ring) | await _open(rows[middle:], key_ring)
