"""Times for people, in the merchant's zone. Programs get RFC 3339 in UTC instead."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE_DEFAULT = ZoneInfo("Europe/Helsinki")

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3_600
_DAY_SECONDS = 86_400
_WEEK_DAYS = 7


def exact(when: datetime, zone: ZoneInfo = ZONE_DEFAULT) -> str:
    """Write a time to the second with its zone's city: `23 Nov 2026, 9.46.12 (Helsinki)`."""
    return f"{date(when, zone)}, {clock(when, zone)} ({zone_name(zone)})"


def date(when: datetime, zone: ZoneInfo = ZONE_DEFAULT) -> str:
    """Write the day alone: `23 Nov 2026`."""
    return _date(when.astimezone(zone))


def clock(when: datetime, zone: ZoneInfo = ZONE_DEFAULT) -> str:
    """Write the time of day alone, to the second: `9.46.12`."""
    local = when.astimezone(zone)
    return f"{local.hour}.{local:%M.%S}"


def zone_name(zone: ZoneInfo = ZONE_DEFAULT) -> str:
    """Name a zone by its city: `Helsinki`."""
    return zone.key.rsplit("/", 1)[-1]


def relative(when: datetime, now: datetime, zone: ZoneInfo = ZONE_DEFAULT) -> str:
    """Write a time as seen from now: minutes and hours, then the day, after a week the date."""
    seconds = int((now - when).total_seconds())
    if abs(seconds) < _DAY_SECONDS:
        return _hours(seconds)
    return _day(when.astimezone(zone), now.astimezone(zone))


def _hours(seconds: int) -> str:
    distance = abs(seconds)
    if distance < _MINUTE_SECONDS:
        return "just now"
    unit, size = ("min", _MINUTE_SECONDS) if distance < _HOUR_SECONDS else ("h", _HOUR_SECONDS)
    return f"{distance // size} {unit} ago" if seconds > 0 else f"in {distance // size} {unit}"


def _day(local: datetime, now: datetime) -> str:
    days = (now.date() - local.date()) / timedelta(days=1)
    if days == 1:
        return f"Yesterday {local.hour}.{local:%M}"
    if 1 < days < _WEEK_DAYS:
        return f"{local:%a} {local.hour}.{local:%M}"
    return _date(local)


def _date(local: datetime) -> str:
    return f"{local.day} {local:%b %Y}"
