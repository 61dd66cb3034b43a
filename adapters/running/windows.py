"""How many calls at once a destination gets: few at first, one more for each quick answer.

The rule to know: only who answers is asked more. So the hanging ones, however many, hold few
calls of a worker, and what is answered at once is not held up by the pace of the worker's turns.
"""

from collections.abc import Mapping

CALLS_FIRST = 8
QUICK_SECONDS = 5.0
"""A call that took longer sets its destination back to the beginning."""
DESTINATIONS_MAX = 1_000
"""Known at a time; then all begin anew."""


class Windows:
    """The windows of one worker process."""

    def __init__(self, calls_max: int) -> None:
        self._calls_max = calls_max
        self._calls: dict[str, int] = {}
        self.first = min(CALLS_FIRST, calls_max)

    def ended(self, destination: str, seconds: float) -> None:
        """Take into account how long a call took."""
        if seconds > QUICK_SECONDS:
            self._calls.pop(destination, None)
            return
        if len(self._calls) >= DESTINATIONS_MAX:
            self._calls.clear()
        window = self._calls.get(destination, self.first)
        self._calls[destination] = min(window + 1, self._calls_max)

    def room(self, busy: Mapping[str, int]) -> dict[str, int]:
        """Say how many more calls each destination may get that is busy or has answered."""
        windows = dict.fromkeys(busy, self.first) | self._calls
        return {name: window - busy.get(name, 0) for name, window in windows.items()}
