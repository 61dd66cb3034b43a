"""Made-up transaction ids of Paytrail payments that say what was paid, and by which bank or card.

The rule to know: nobody tells the double of payments, and it forgets all when it ends; so whoever
makes a payment up writes it into the id, and an id that says nothing is a payment that never was.
"""

import hashlib
import struct
from uuid import UUID

from msgspec import Struct

PROVIDERS = (
    "osuuspankki",
    "nordea",
    "spankki",
    "danske",
    "alandsbanken",
    "handelsbanken",
    "aktia",
    "creditcard",
    "mobilepay",
    "siirto",
    "pivo",
    "collectorb2c",
    "oplaskuV1",
)
"""Values of `checkout-provider`; only ever add at the end."""
CONTENT = struct.Struct(">HI")
MARK_BYTES, CHECK_BYTES = 4, 2
MARK_MAX = 256**MARK_BYTES
NAMESPACE = b"a made-up Paytrail payment"
CUSTOM, VARIANT = 0x80, 0x80
"""A UUID of version 8: its content is the maker's own (RFC 9562, 5.8)."""


class Paid(Struct, frozen=True):
    """What was paid, in cents, and how."""

    amount: int
    provider: str


def transaction_id(mark: int, amount: int, provider: str) -> str:
    """Make the id of a payment; `mark` tells it from others of the same amount."""
    head = (mark % MARK_MAX).to_bytes(MARK_BYTES, "big")
    content = CONTENT.pack(PROVIDERS.index(provider), amount)
    check, pad = _check(head, content), _pad(head)
    middle = bytes((CUSTOM | pad[0] & 0x0F, pad[1], VARIANT | pad[2] & 0x3F, pad[3]))
    return str(UUID(bytes=head + check + middle + _mixed(content, pad)))


def paid_by(transaction: str) -> Paid | None:
    """Read what was paid out of an id; None where it says nothing."""
    try:
        read = UUID(transaction).bytes
    except ValueError:
        return None
    head, check = read[:MARK_BYTES], read[MARK_BYTES : MARK_BYTES + CHECK_BYTES]
    content = _mixed(read[-CONTENT.size :], _pad(head))
    provider, amount = CONTENT.unpack(content)
    if check != _check(head, content) or provider >= len(PROVIDERS):
        return None
    return Paid(amount, PROVIDERS[provider])


def _check(head: bytes, content: bytes) -> bytes:
    return hashlib.sha256(NAMESPACE + head + content).digest()[:CHECK_BYTES]


def _pad(head: bytes) -> bytes:
    return hashlib.sha256(head).digest()


def _mixed(content: bytes, pad: bytes) -> bytes:
    """Mix content with a pad, or take it out again."""
    return bytes(one ^ other for one, other in zip(content, pad[4:], strict=False))
