"""How long something lasts, in words that hold in every time zone: a sentence never tells a clock."""

from datetime import timedelta

SECONDS_BY_UNIT = {"d": 86_400, "h": 3_600, "min": 60}


def spoken(duration: timedelta) -> str:
    """Say how long it is, in the largest unit that it fills: `45 s`, `2 min`, `3 h`."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, size in SECONDS_BY_UNIT.items():
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
