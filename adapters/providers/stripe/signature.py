"""Who sent a webhook: `Stripe-Signature` over the raw body, with each of the endpoint's secrets.

The rule to know: the time within the signature is held to five minutes in both directions, so a
webhook can be repeated by others only that long; and what is repeated changes nothing.
Source: https://docs.stripe.com/webhooks#verify-manually
"""

import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime

TOLERANCE_SECONDS = 300
SCHEME = "v1"
TIME = "t"


def is_signed(header: str, body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Say whether one of the secrets signed this body lately."""
    parts = list(_parts(header))
    times = [value for name, value in parts if name == TIME]
    if len(times) != 1 or not _is_recent(times[0], now):
        return False
    given = [value.encode() for name, value in parts if name == SCHEME]
    wanted = [signature(secret, times[0], body).encode() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in wanted)


def signature(secret: str, seconds: str, body: bytes) -> str:
    """Sign a body; the secret is taken as it is written, `whsec_` and all."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, "sha256").hexdigest()


def _parts(header: str) -> Iterator[tuple[str, str]]:
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        yield name, value


def _is_recent(seconds: str, now: datetime) -> bool:
    if not (seconds.isascii() and seconds.isdigit()):
        return False
    return abs(now.timestamp() - int(seconds)) <= TOLERANCE_SECONDS
