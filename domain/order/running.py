"""How long an attempt has been under way, and how long one can be: what to judge a force by.

The rule to know: the limits are the executors' own, and a test holds the two together.
"""

from datetime import datetime, timedelta

from domain.configuration.settings import (
    ActionSettings,
    CustomEmail,
    ReceiptEmail,
    RefundConfirmation,
    Webhook,
)
from domain.durations import spoken
from domain.order.parts import ActionState

EMAIL_SECONDS_MAX = 25
CALL_SECONDS_MAX = 15
CALLS_SECONDS_MAX = 45
"""Of a kind that needs several calls."""


def try_seconds_max(settings: ActionSettings) -> int:
    """Say how long one attempt can last while its worker lives."""
    match settings:
        case ReceiptEmail() | CustomEmail() | RefundConfirmation():
            return EMAIL_SECONDS_MAX
        case Webhook():
            return CALL_SECONDS_MAX
        case _:
            return CALLS_SECONDS_MAX


def running_for(action: ActionState, now: datetime) -> str:
    """Say of a running action how long it has been, and could be."""
    since = action.started_recorded_at or now
    limit = spoken(timedelta(seconds=try_seconds_max(action.settings)))
    return f"has been running for {spoken(now - since)} (one try lasts at most {limit})"
