"""Waits that grow from try to try, and are short again once one went well."""

from math import inf


class Backoff:
    """The waits of one loop: each is twice the one before, up to a limit."""

    def __init__(self, seconds_min: float, seconds_max: float) -> None:
        self._seconds_min = seconds_min
        self._seconds_max = seconds_max
        self._next_seconds = seconds_min

    def next_seconds(self, seconds_max: float = inf) -> float:
        """Give the next wait, the shortest first; `seconds_max` limits this one further."""
        seconds = min(self._next_seconds, seconds_max)
        self._next_seconds = min(2 * seconds, self._seconds_max)
        return seconds

    def reset(self) -> None:
        """Begin with the shortest again."""
        self._next_seconds = self._seconds_min
