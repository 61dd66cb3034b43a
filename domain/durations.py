"""How long something lasts, in words that hold in every time zone: a sentence never tells a clock."""

from datetime import timedelta

from domain.phrase import Phrase, say

WORDS_BY_SECONDS = {86_400: "{count} d", 3_600: "{count} h", 60: "{count} min", 1: "{count} s"}


def spoken(duration: timedelta) -> Phrase:
    """Say how long it is, in the largest unit that it fills: `45 s`, `2 min`, `3 h`."""
    seconds = max(0, int(duration.total_seconds()))
    size = next((size for size in WORDS_BY_SECONDS if seconds >= size), 1)
    return say(WORDS_BY_SECONDS[size], count=seconds // size)
