"""Random texts that open something: handed out once, stored as a digest.

256 random bits cannot be guessed, so a plain SHA-256 is enough to keep (a slow hash protects
passwords, which can be).
"""

import hashlib
import secrets

SECRET_BYTES = 32


def make_secret_text() -> str:
    """Make a text that nobody can guess, safe in a cookie and in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(text: str) -> bytes:
    """Hash a text into what is stored."""
    return hashlib.sha256(text.encode()).digest()
