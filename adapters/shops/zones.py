"""Time zones of shops: which names there are, and when a day begins in one.

The rule to know: the names and their history come from the `tzdata` package or the system, never
from PostgreSQL, so that days begin at the same moment whoever asks.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

ZONE_DEFAULT = "Europe/Helsinki"


class UnknownZone(Exception):
    """There is no time zone of this name."""


def zone_named(name: str) -> ZoneInfo:
    """Find a zone by its name in the IANA database; raise UnknownZone."""
    if name not in _names():
        raise UnknownZone(f"There is no time zone {name!r}.")
    return ZoneInfo(name)


def begins_of(days: Sequence[date], zone: ZoneInfo) -> list[datetime]:
    """Say when each of these days begins, and when the last one ends, in UTC.

    A day is as long as the clocks make it: 23 and 25 hours on the two nights of a year that
    change them. Where there is no midnight, a day begins with its first moment.
    """
    after = days[-1] + timedelta(days=1)
    return [datetime.combine(day, time.min, zone).astimezone(UTC) for day in (*days, after)]


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
