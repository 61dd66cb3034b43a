"""The text of an access key, `olk_<id>_<secret>`: shown once, never stored.

The id finds the row; the secret is 256 random bits, so a plain SHA-256 of the text is enough to
keep (a slow hash protects guessable passwords, which this is not).
"""

import re
import secrets

from msgspec import Struct

from adapters.auth.secret_text import SECRET_BYTES, digest_of

KEY_ID_BYTES = 8
KEY_TEXT = re.compile(r"olk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")


class PresentedKey(Struct, frozen=True):
    """What is looked up and compared when somebody shows a key."""

    key_id: str
    digest: bytes


def make_key_text(key_id: str) -> str:
    """Make the text of a new key."""
    return f"olk_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"


def make_key_id() -> str:
    """Make the public part of a new key."""
    return secrets.token_hex(KEY_ID_BYTES)


def read_key_text(text: str) -> PresentedKey | None:
    """Take a key's text apart; None when it cannot be one of ours."""
    match = KEY_TEXT.fullmatch(text)
    return None if match is None else PresentedKey(match[1], digest_of(text))
