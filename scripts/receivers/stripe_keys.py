"""Idempotency keys at Stripe: what was answered under each, for a day by a clock that can be set.

Source: https://docs.stripe.com/api/idempotent_requests
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scripts.receivers.stripe_account import Denied

KEPT = timedelta(hours=24)
KEY_CHARACTERS_MAX = 255


class Answer(NamedTuple):
    """What was answered."""

    status: int
    body: bytes


class _Known(NamedTuple):
    digest: bytes
    answer: Answer
    at: datetime


class Keys:
    """What was answered under which key."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._ahead = timedelta(0)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._ahead += by

    def once(self, key: str, asked: bytes, answer: Callable[[], Answer]) -> tuple[Answer, bool]:
        """Answer once under a key; tell whether it was a repeat. Raises Denied."""
        if len(key) > KEY_CHARACTERS_MAX:
            raise Denied(400, "", "Idempotency-Key is longer than 255 characters")
        now, digest = datetime.now(UTC) + self._ahead, hashlib.sha256(asked).digest()
        known = self._known.get(key) if key else None
        if known is None or now - known.at >= KEPT:
            made = answer()
            if key:
                self._known[key] = _Known(digest, made, now)
            return made, False
        if known.digest != digest:
            message = "Keys for idempotent requests can only be used with the same parameters"
            raise Denied(400, "", message, kind="idempotency_error")
        return known.answer, True
