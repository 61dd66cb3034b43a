"""The journal's own values: what is appended, what comes back, what is read.

They hold bytes, not events: `codec` turns one into the other.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from domain.identifiers import ShopId, StreamName


class NewRow(NamedTuple):
    """One event on its way into the journal."""

    event_id: UUID
    name: str
    data: bytes


class InboxEntry(NamedTuple):
    """A message or request that an append makes known for ever."""

    shop: ShopId
    message_id: str
    digest: bytes
    """Keyed hash (HMAC-SHA256) of its content: the same id with another digest is refused."""


class Append(Struct, frozen=True, kw_only=True):
    """A wish to add events to one stream, decided on the stream's `expected_version`.

    `rows` may be empty: then only the inbox entries are recorded. The identical append may be
    sent again after an unknown outcome; ids that stand already are success.
    """

    stream: StreamName
    expected_version: int
    """The version of the last event that the decision saw; 0 for an empty stream."""
    rows: tuple[NewRow, ...]
    inbox: tuple[InboxEntry, ...] = ()


class Move(Struct, frozen=True, kw_only=True):
    """A follower's position, moved by compare-and-swap in the same statement as its appends."""

    follower: str
    from_position: int | None
    """Where its batch was read from. None, for the library's trackings: forwards only."""
    to_position: int


class AppendStatus(StrEnum):
    """What became of one append."""

    APPENDED = "appended"
    CONFLICT = "conflict"
    """The stream has moved on: load it again and decide again."""
    KNOWN = "known"
    """An inbox entry of this append stands already with the same digest; nothing was recorded."""
    CONTRADICTED = "contradicted"
    """An inbox entry stands already with another digest; nothing was recorded."""


class Appended(Struct, frozen=True, kw_only=True):
    """The answer to one append."""

    status: AppendStatus
    position: int
    """Of its last event when appended; the journal's head otherwise."""


class Row(NamedTuple):
    """One event as it stands in the journal."""

    position: int
    stream: StreamName
    version: int
    name: str
    event_id: UUID
    recorded_at: datetime
    data: bytes
