"""How many calls at once a destination gets: few at first, one more for each quick answer.

The rule to know: only who answers is asked more, and a quarter of what is free is the most for
one destination and is left by every look. So those that hang, one or a hundred of them, leave
room for the others, and what is answered at once is not held up by the pace of the worker's turns.
"""

from collections.abc import Mapping

from adapters.postgres.work_list import Room

CALLS_FIRST = 8
CALLS_AFTER_SLOW = 2
QUICK_SECONDS = 5.0
"""A call that took longer leaves its destination with few."""
SHARE = 4
DESTINATIONS_MAX = 1_000
"""Known at a time; then all begin anew."""


class Windows:
    """The windows of one worker process."""

    def __init__(self, calls_max: int, fixed: dict[str, int]) -> None:
        """Name the limit of all, and what is always given to those whom the operator runs."""
        self._calls_max = calls_max
        self._fixed = fixed
        self._first = min(CALLS_FIRST, calls_max)
        self._calls: dict[str, int] = {}

    def ended(self, destination: str, seconds: float) -> None:
        """Take into account how long a call took."""
        if len(self._calls) >= DESTINATIONS_MAX:
            self._calls.clear()
        window = self._calls.get(destination, self._first)
        is_quick = seconds <= QUICK_SECONDS
        after = window + 1 if is_quick else CALLS_AFTER_SLOW
        self._calls[destination] = min(after, self._calls_max)

    def room(self, busy: Mapping[str, int], free: int) -> Room:
        """Say what may be taken of so much that is free, for whom and in all."""
        share = max(1, free // SHARE)
        windows = dict.fromkeys(busy, self._first) | self._calls
        shares = {name: min(window, share) for name, window in windows.items()} | self._fixed
        return Room(
            overall=min(free, max(1, free - share)),
            each=min(self._first, share),
            by_destination={name: most - busy.get(name, 0) for name, most in shares.items()},
        )
