"""How it shows that something lives: whoever does a lasting job beats, and goes silent if it dies.

The rule to know: who ends takes its beats away. So silence means that nobody said goodbye.
"""

from enum import StrEnum

BEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 10.0
"""Who beats every second and was silent for so long is given up."""


class State(StrEnum):
    """How a lasting job is kept, in one word."""

    LIVE = "live"
    CATCH_UP = "catch-up"
    STOPPED = "stopped"
    """Nobody runs it."""
    DEAD = "dead"
    """Its runner went silent without a word."""


def state_of(silent_seconds: float | None, *, is_behind: bool) -> State:
    """Judge by the silence since the last beat; None when there is none."""
    if silent_seconds is None:
        return State.STOPPED
    if silent_seconds > DEAD_AFTER_SECONDS:
        return State.DEAD
    return State.CATCH_UP if is_behind else State.LIVE
