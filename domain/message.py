"""Bases of every event and command, and the envelope in which an event is recorded.

A message is a frozen value. Events never forbid unknown fields (history may hold what we stopped
reading); commands and inbound messages always do.
"""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from domain.identifiers import StreamName


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A past-tense business fact.

    An event that tells who a person is keeps that in a field `personal`, which is stored sealed
    under the customer's key and reads as None once that key is destroyed.
    """

    at: datetime
    """When it happened, by its source, in UTC. Deadlines count from `Recorded.recorded_at`."""


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish that may be refused; it carries all that its decision cannot know."""

    now: datetime
    """The ledger's clock when the decision is made, in UTC."""


class ActorKind(StrEnum):
    """Who caused a fact."""

    CHECKOUT = "checkout"
    SYSTEM = "system"
    OPERATOR = "operator"
    PROVIDER = "provider"


class Actor(Struct, frozen=True):
    """Who caused a fact: the id is a user, a provider, or the name of a process manager."""

    kind: ActorKind
    id: str


class Metadata(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a fact was recorded."""

    actor: Actor
    correlation_id: str
    """The id of the message or request that began the conversation."""
    causation_id: str
    """The id of the message or event that directly caused this one."""
    command_id: str
    """The id of the command: the message id, the idempotency key, or the reaction's own."""


EventT_co = TypeVar("EventT_co", bound=Event, covariant=True)


class Recorded(Struct, Generic[EventT_co], frozen=True, kw_only=True):
    """An event as it stands in the journal."""

    event_id: UUID
    """UUIDv7, unique over the journal."""
    stream: StreamName
    version: int
    """1, 2, 3 … within its stream, without gaps."""
    position: int
    """1, 2, 3 … over the whole journal, without gaps."""
    recorded_at: datetime
    """The ledger's clock at the append, in UTC; never decreases with position."""
    metadata: Metadata
    event: EventT_co
