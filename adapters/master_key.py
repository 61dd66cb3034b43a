"""The master key: the one secret from which every other key of the ledger is derived.

It is never stored in the database, never logged, and without it personal data cannot be read.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class NotAMasterKey(Exception):
    """The text is not 32 bytes in URL-safe base64."""


class MasterKey:
    """32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def parse(cls, text: str) -> "MasterKey":
        """Read the form that `generate_master_key` writes; raises NotAMasterKey."""
        try:
            secret = urlsafe_b64decode(text.strip())
        except (NotBase64, ValueError) as problem:
            raise NotAMasterKey("the master key is not URL-safe base64") from problem
        if len(secret) != KEY_BYTES:
            raise NotAMasterKey(f"the master key has {len(secret)} bytes instead of {KEY_BYTES}")
        return cls(secret)

    def derive(self, purpose: str) -> bytes:
        """Return the key of one purpose (HKDF-SHA256, RFC 5869); the same each time."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(
            self._secret
        )

    def __repr__(self) -> str:
        return "MasterKey(…)"


def generate_master_key() -> str:
    """Make a new master key in its written form."""
    return urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
