"""What a browser is sent away with and must bring back: state, nonce and PKCE verifier, sealed.

The rule to know: it is kept by that browser alone, in a cookie that only we can read and write, so
nobody can finish a sign-in that another browser began (RFC 6749 10.12, RFC 7636).
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from msgspec import Struct

from adapters.master_key import MasterKey

PURPOSE = "openid sign-in attempt"
ATTEMPT_SECONDS_MAX = 600
"""How long a person may take at the provider."""
SECRET_BYTES = 32


class Attempt(Struct, frozen=True, kw_only=True):
    """One sign-in that was begun."""

    state: str
    nonce: str
    verifier: str
    after: str
    """The page to lead to."""

    @property
    def challenge(self) -> str:
        """Give what the provider is told of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Attempts:
    """Seals and opens attempts."""

    def __init__(self, master_key: MasterKey) -> None:
        self._fernet = Fernet(urlsafe_b64encode(master_key.derive(PURPOSE)))

    def begin(self, after: str) -> Attempt:
        """Make one that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        return Attempt(state=state, nonce=nonce, verifier=verifier, after=after)

    def seal(self, attempt: Attempt) -> str:
        """Write it for a cookie."""
        return self._fernet.encrypt(msgspec.json.encode(attempt)).decode()

    def open(self, sealed: str) -> Attempt | None:
        """Read a cookie; None unless we wrote it, and lately."""
        try:
            content = self._fernet.decrypt(sealed.encode(), ttl=ATTEMPT_SECONDS_MAX)
        except InvalidToken:
            return None
        return msgspec.json.decode(content, type=Attempt)
