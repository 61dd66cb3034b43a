"""When a failed attempt is tried again by itself: soon, ever less often, and not for long."""

from datetime import datetime, timedelta

from domain.order.commands.actions import FailAction

DELAYS_SECONDS = (5, 15, 45, 120)
"""After the first, second … attempt; an attempt without a delay here is the last."""
ATTEMPTS_MAX = len(DELAYS_SECONDS) + 1
JITTER_SHARE = 0.5
"""The most that chance adds to a delay, as a share of it."""
RETRY_AFTER_SECONDS_MAX = 15 * 60


def retry_at(command: FailAction) -> datetime | None:
    """Say when to try again; None when only a person can ask for more."""
    if not command.is_retryable or command.attempt >= ATTEMPTS_MAX:
        return None
    delay = DELAYS_SECONDS[command.attempt - 1] * (1 + JITTER_SHARE * command.jitter)
    asked = min(command.retry_after_seconds, RETRY_AFTER_SECONDS_MAX)
    return command.now + timedelta(seconds=max(delay, asked))
