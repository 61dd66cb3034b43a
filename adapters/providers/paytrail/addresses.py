"""The addresses that Paytrail calls when a refund has ended, each of them known to it alone.

The rule to know: Paytrail signs all its callbacks and redirects alike, so a customer holds a signed
`ok` about the payment itself. It is worth nothing here, because the address holds a ticket that
only we can make: the transfer's key, sealed with a key of ours.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from msgspec import Struct

from adapters.master_key import MasterKey
from domain.identifiers import ShopId

PURPOSE = "paytrail callbacks"
PATH = "/webhooks/paytrail"
SUCCESS, CANCEL = "success", "cancel"
SEAL_BYTES = 16


class CallbackUrls(Struct, frozen=True):
    """Where Paytrail tells of a refund that went well, and of one that did not."""

    success: str
    cancel: str


class CallbackAddresses:
    """Makes the addresses, and reads the transfer out of one that was called."""

    def __init__(self, master_key: MasterKey) -> None:
        self._key = master_key.derive(PURPOSE)

    def of(self, public_url: str, shop: ShopId, key: str) -> CallbackUrls:
        """Give the addresses of one transfer."""
        start = f"{public_url.rstrip('/')}{PATH}/{shop}/{self._ticket(shop, key)}"
        return CallbackUrls(success=f"{start}/{SUCCESS}", cancel=f"{start}/{CANCEL}")

    def key_in(self, shop: ShopId, ticket: str) -> str | None:
        """Read a transfer's key out of a ticket; None for one that we did not make."""
        try:
            key = urlsafe_b64decode(_padded(ticket.partition(".")[0])).decode()
        except (NotBase64, ValueError):
            return None
        is_ours = hmac.compare_digest(self._ticket(shop, key).encode(), ticket.encode())
        return key if is_ours else None

    def _ticket(self, shop: ShopId, key: str) -> str:
        seal = hmac.digest(self._key, f"{shop}\n{key}".encode(), "sha256")[:SEAL_BYTES]
        return f"{_text(key.encode())}.{_text(seal)}"


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
