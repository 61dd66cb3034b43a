"""How long an attempt has been under way, and how long one can be: what to judge a force by.

The rule to know: whoever calls outside takes its limits from here, so what people are told is what
is kept.
"""

from datetime import datetime, timedelta
from typing import assert_never

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    Email,
    KajabiGrant,
    SystemeContact,
    Webhook,
)
from domain.durations import spoken
from domain.order.parts import ActionState
from domain.phrase import Phrase, say

HAND_OVER_SECONDS_MAX = 25
"""Until an email is handed to the mail server, the wait for a connection included."""
ANSWER_SECONDS_MAX = 25
"""From then on, until the mail server has said what it makes of it."""
EMAIL_SECONDS_MAX = HAND_OVER_SECONDS_MAX + ANSWER_SECONDS_MAX
CALL_SECONDS_MAX = 15
"""Of one HTTP call, from the name's resolution to the end of the answer."""
CALLS_SECONDS_MAX = 45
"""Of all calls of one attempt together, of a kind that needs several."""

ATTEMPT_LEASE = timedelta(seconds=90)
"""How long an attempt is its worker's alone; longer than any call may take."""


def attempt_seconds_max(settings: ActionSettings) -> int:
    """Say how long one attempt can last while its worker lives."""
    match settings:
        case Email():
            return EMAIL_SECONDS_MAX
        case Webhook():
            return CALL_SECONDS_MAX
        case KajabiGrant() | SystemeContact() | AccessRemoval():
            return CALLS_SECONDS_MAX
        case _:
            assert_never(settings)


def running_for(action: ActionState, now: datetime) -> Phrase:
    """Say of a running action how long it has been, and could be."""
    since = action.started_recorded_at or now
    limit = spoken(timedelta(seconds=attempt_seconds_max(action.settings)))
    return say(
        "has been running for {length} (one attempt lasts at most {limit})",
        length=spoken(now - since),
        limit=limit,
    )
