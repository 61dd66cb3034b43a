"""When somebody is told of a cause of trouble: pure, from the causes of now and what was told.

The rule to know: an episode of a cause is told of when it appeared, once more when it is old, and
when it is over. A re-run takes its orders out of the list for a grace period, so an episode is
over only when its cause was away for longer than that; until then it is the same one. While a
shop's news gather, an episode that would be told of stays as it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from processors.episodes import Change, Decision, Episode, Notice, SeenCause

SETTLE = timedelta(seconds=5)
"""A cause that stands for less is not told of: a receiver may only have hiccuped."""
GATHER = timedelta(minutes=5)
"""A shop's news gather for so long after each message: trouble that grows is no storm of them."""


class Look(Struct, frozen=True, kw_only=True):
    """One look at a shop: the time, and what the shop goes by."""

    now: datetime
    grace: timedelta
    alert_age: timedelta
    told_at: datetime | None
    """When the shop's last message was made."""

    @property
    def is_gathering(self) -> bool:
        """Say whether news wait. A clock that is wrong, even far ahead, holds nothing up for long."""
        return self.told_at is not None and abs(self.now - self.told_at) < GATHER


def notices_of(causes: Sequence[SeenCause], last: Mapping[str, Episode], look: Look) -> Decision:
    """Compare the causes of now with the last episode of each cause, and of all that are open."""
    present = {cause.cause for cause in causes}
    absent = (one for one in last.values() if one.cause not in present and one.ended_at is None)
    steps = [
        *(_stands(cause, last.get(cause.cause), look) for cause in causes),
        *(_is_away(episode, look) for episode in absent),
    ]
    return Decision(
        episodes=tuple(episode for episode, _ in steps if last.get(episode.cause) != episode),
        notices=tuple(notice for _, notice in steps if notice is not None),
    )


def _stands(cause: SeenCause, last: Episode | None, look: Look) -> tuple[Episode, Notice | None]:
    episode, now = _current(cause, last, look.now), look.now
    age = now - episode.appeared_at
    if look.is_gathering:
        return episode, None
    if episode.appeared_told_at is None:
        if age < SETTLE:
            return episode, None
        return replace(episode, appeared_told_at=now), _notice(Change.APPEARED, episode, now, cause)
    if episode.aged_told_at is None and age >= look.alert_age:
        return replace(episode, aged_told_at=now), _notice(Change.AGED, episode, now, cause)
    return episode, None


def _current(cause: SeenCause, last: Episode | None, now: datetime) -> Episode:
    if last is not None and last.ended_at is None:
        return replace(last, absent_since=None)
    return Episode(
        cause=cause.cause,
        episode=1 if last is None else last.episode + 1,
        subject=cause.subject,
        since=cause.since,
        appeared_at=now,
    )


def _is_away(episode: Episode, look: Look) -> tuple[Episode, Notice | None]:
    if episode.absent_since is None:
        return replace(episode, absent_since=look.now), None
    if look.is_gathering or look.now - episode.absent_since < look.grace + SETTLE:
        return episode, None
    is_known = episode.appeared_told_at is not None
    ended = replace(episode, ended_at=look.now)
    return ended, _notice(Change.RECOVERED, episode, look.now) if is_known else None


def _notice(
    change: Change, episode: Episode, now: datetime, cause: SeenCause | None = None
) -> Notice:
    return Notice(
        change=change,
        cause=episode.cause,
        episode=episode.episode,
        subject=episode.subject,
        since=episode.since,
        appeared_at=episode.appeared_at,
        at=now,
        orders=cause.orders if cause else 0,
        numbers=cause.numbers if cause else (),
    )
