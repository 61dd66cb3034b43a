"""When somebody is told of a cause of trouble: pure, from the causes of now and what was told.

The rule to know: an episode of a cause is told of when it appeared, once more when it is old, and
when it is over. A re-run takes its orders out of the list for a grace period, so an episode is
over only when its cause was away for longer than that; until then it is the same one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

SETTLE = timedelta(seconds=5)
"""A cause that stands for less is not told of: a receiver may only have hiccuped."""
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
    """The code; for an action that nothing was heard of, where it is stuck."""
    destination: str


class SeenCause(Struct, frozen=True, kw_only=True):
    """A cause as it stands now."""

    cause: str
    subject: Subject
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
    appeared_at: datetime
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
    appeared_at: datetime
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


def notices_of(
    causes: Sequence[SeenCause],
    last: Mapping[str, Episode],
    *,
    grace: timedelta,
    alert_age: timedelta,
    now: datetime,
) -> Decision:
    """Compare the causes of now with the last episode of each cause, and of all that are open."""
    present = {cause.cause for cause in causes}
    absent = (one for one in last.values() if one.cause not in present and one.ended_at is None)
    steps = [
        *(_stands(cause, last.get(cause.cause), alert_age, now) for cause in causes),
        *(_is_away(episode, grace, now) for episode in absent),
    ]
    return Decision(
        episodes=tuple(episode for episode, _ in steps if last.get(episode.cause) != episode),
        notices=tuple(notice for _, notice in steps if notice is not None),
    )


def alert_id(notices: Iterable[Notice]) -> str:
    """Name a message by what it tells, so that a receiver knows it when it comes twice."""
    told = "\n".join(sorted(notice.notice_id for notice in notices))
    return f"alert_{sha256(told.encode()).hexdigest()[:ID_LETTERS]}"


def _stands(
    cause: SeenCause, last: Episode | None, alert_age: timedelta, now: datetime
) -> tuple[Episode, Notice | None]:
    episode = _current(cause, last, now)
    age = now - episode.appeared_at
    if episode.appeared_told_at is None:
        if age < SETTLE:
            return episode, None
        return replace(episode, appeared_told_at=now), _notice(Change.APPEARED, episode, now, cause)
    if episode.aged_told_at is None and age >= alert_age:
        return replace(episode, aged_told_at=now), _notice(Change.AGED, episode, now, cause)
    return episode, None


def _current(cause: SeenCause, last: Episode | None, now: datetime) -> Episode:
    if last is not None and last.ended_at is None:
        return replace(last, absent_since=None)
    return Episode(
        cause=cause.cause,
        episode=1 if last is None else last.episode + 1,
        subject=cause.subject,
        appeared_at=now,
    )


def _is_away(episode: Episode, grace: timedelta, now: datetime) -> tuple[Episode, Notice | None]:
    if episode.absent_since is None:
        return replace(episode, absent_since=now), None
    if now - episode.absent_since < grace + SETTLE:
        return episode, None
    is_known = episode.appeared_told_at is not None
    ended = replace(episode, ended_at=now)
    return ended, _notice(Change.RECOVERED, episode, now) if is_known else None


def _notice(
    change: Change, episode: Episode, now: datetime, cause: SeenCause | None = None
) -> Notice:
    return Notice(
        change=change,
        cause=episode.cause,
        episode=episode.episode,
        subject=episode.subject,
        appeared_at=episode.appeared_at,
        at=now,
        orders=cause.orders if cause else 0,
        numbers=cause.numbers if cause else (),
    )
