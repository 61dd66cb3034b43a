"""Between the library's stored events and ours.

A stored event that came from the journal carries its row's own columns along, since the library's
class has no place for an event's id and time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent
from msgspec import Struct

from adapters.postgres.codec import decode, encode, open_rows
from adapters.postgres.keyring import KeyNotAtHand
from adapters.postgres.persistence.bridge import Bridge
from adapters.postgres.rows import NewRow, Row
from domain.identifiers import CustomerKeyId, StreamName
from domain.message import Event, Metadata, Recorded


@dataclass(frozen=True)
class NewStoredEvent(StoredEvent):
    """A stored event on its way into the journal, under the id that its sealed part is bound to."""

    event_id: UUID


@dataclass(frozen=True)
class JournalNotification(Notification):
    """A notification with all that the journal knows of it."""

    event_id: UUID
    recorded_at: datetime


class NewLedgerEvent(Struct, frozen=True, kw_only=True):
    """A domain event, as the library understands it, that is to be recorded."""

    originator_id: StreamName
    originator_version: int
    event: Event
    metadata: Metadata
    key_id: CustomerKeyId | None = None
    """Seals its personal part, if it has one."""


class LedgerEvent(Struct, frozen=True):
    """A domain event, as the library understands it, that stands in the journal."""

    recorded: Recorded[Event]

    @property
    def originator_id(self) -> StreamName:
        """The stream."""
        return self.recorded.stream

    @property
    def originator_version(self) -> int:
        """The version in its stream."""
        return self.recorded.version


class JournalMapper(Mapper[str]):
    """Encodes and decodes with the ledger's own codec: no topic is ever imported from a name."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(JSONTranscoder())
        self._bridge = bridge

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Encode an event; only a NewLedgerEvent can be stored."""
        if not isinstance(domain_event, NewLedgerEvent):
            raise TypeError(f"{type(domain_event).__name__} is not a NewLedgerEvent")
        row = self._encode(domain_event)
        return NewStoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=row.name,
            state=row.data,
            event_id=row.event_id,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Decode an event that was read from the journal."""
        if not isinstance(stored_event, JournalNotification):
            raise TypeError("only what was read from the journal can be decoded")
        row = row_of(stored_event)
        try:
            return LedgerEvent(decode(row, self._bridge.key_ring))
        except KeyNotAtHand:
            opened = self._bridge.call(open_rows([row], self._bridge.key_ring))
            return LedgerEvent(opened[0])

    def _encode(self, new: NewLedgerEvent) -> NewRow:
        key_ring = self._bridge.key_ring
        if new.key_id is not None:
            self._bridge.call(key_ring.load([new.key_id]))
        return encode(new.event, new.metadata, key_ring, new.key_id)


def notification_of(row: Row) -> JournalNotification:
    """Give a row the library's shape."""
    return JournalNotification(
        originator_id=row.stream,
        originator_version=row.version,
        topic=row.name,
        state=row.data,
        id=row.position,
        event_id=row.event_id,
        recorded_at=row.recorded_at,
    )


def row_of(notification: JournalNotification) -> Row:
    """Give a notification our shape again."""
    return Row(
        position=notification.id,
        stream=StreamName(str(notification.originator_id)),
        version=notification.originator_version,
        name=notification.topic,
        event_id=notification.event_id,
        recorded_at=notification.recorded_at,
        data=notification.state,
    )
