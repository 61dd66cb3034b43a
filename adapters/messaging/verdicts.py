"""What became of one message, in the four words that everybody sees."""

from enum import StrEnum
from typing import NamedTuple

from domain.identifiers import ShopId, StreamName


class Outcome(StrEnum):
    """How a message ended. Nothing is dropped: there is no fifth word."""

    APPLIED = "applied"
    """It is known to the journal for ever; its facts, if any, are recorded."""
    DUPLICATE = "duplicate"
    """It was applied before, with the same content."""
    PARKED = "parked"
    """It waits for a fact which may still arrive."""
    QUARANTINED = "quarantined"
    """It can never succeed as it is."""

    @property
    def has_ended_well(self) -> bool:
        """Say whether the journal knows the message, so that nobody need keep its body."""
        return self in {Outcome.APPLIED, Outcome.DUPLICATE}


class Arrival(NamedTuple):
    """One message as it came: from the bus, or back from the table of those held."""

    subject: str
    """The publisher's, of five tokens."""
    body: bytes
    fallback_id: str
    """What to call it when its body does not say: the id of its header, or a hash."""
    held_id: int = 0
    """Its row in `messages.held`; 0 when it comes from the bus."""


class Verdict(NamedTuple):
    """What became of one arrival, and why."""

    arrival: Arrival
    outcome: Outcome
    shop: ShopId
    message_id: str
    digest: bytes
    stream: StreamName
    type: str
    code: str = ""
    reason: str = ""
