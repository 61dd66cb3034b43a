"""Causes of trouble over time: when each stood, and what is told of it.

The rule to know: nothing here tells who a customer is, for all of it leaves the house.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

ID_LETTERS = 32


class Change(StrEnum):
    """What became of a cause."""

    APPEARED = "appeared"
    AGED = "aged"
    RECOVERED = "recovered"


class Subject(Struct, frozen=True, kw_only=True):
    """What a cause is about: nothing of it tells who a customer is."""

    kind: str
    action_kind: str
    error: str
    """The code; of an action that has not failed, that there is no answer yet."""
    destination: str


class SeenCause(Struct, frozen=True, kw_only=True):
    """A cause as it stands now."""

    cause: str
    subject: Subject
    since: datetime
    """From when on it asks for a look."""
    orders: int
    """That wait for the repair."""
    numbers: tuple[str, ...]
    """Of the orders that wait longest."""


class Episode(Struct, frozen=True, kw_only=True):
    """One time that a cause stood, and what was told of it."""

    cause: str
    episode: int
    """Counts from 1, for ever."""
    subject: Subject
    since: datetime
    """From when on it asked for a look, as it was first seen; watching may have begun later."""
    appeared_at: datetime
    """When it was first seen."""
    absent_since: datetime | None = None
    ended_at: datetime | None = None
    appeared_told_at: datetime | None = None
    aged_told_at: datetime | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """One thing that somebody is told."""

    change: Change
    cause: str
    episode: int
    subject: Subject
    since: datetime
    """From when on the cause asked for a look."""
    appeared_at: datetime
    """When it was first seen to."""
    at: datetime
    orders: int = 0
    """That wait for the repair; none once it recovered."""
    numbers: tuple[str, ...] = ()
    """Of the orders that wait longest."""

    @property
    def notice_id(self) -> str:
        """The same whenever it is told, and told of nothing else."""
        return f"{self.cause}/{self.episode}/{self.change}"


class Decision(Struct, frozen=True, kw_only=True):
    """What is to be written down, and told, together."""

    episodes: tuple[Episode, ...]
    """Those that are not as they were."""
    notices: tuple[Notice, ...]


def alert_id(notices: Iterable[Notice]) -> str:
    """Name a message by what it tells, so that a receiver knows it when it comes twice."""
    told = "\n".join(sorted(notice.notice_id for notice in notices))
    return f"alert_{sha256(told.encode()).hexdigest()[:ID_LETTERS]}"
