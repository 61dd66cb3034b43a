"""The addresses that Paytrail calls when a refund has ended, one for either end of a transfer.

The rule to know: an address only says which transfer is meant. That the money of this very transfer
is back, or is not, is believed by the signed stamp alone.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from msgspec import Struct

from domain.identifiers import ShopId

PATH = "/webhooks/paytrail"
SUCCESS, CANCEL = "success", "cancel"


class CallbackUrls(Struct, frozen=True):
    """Where Paytrail tells of a refund that went well, and of one that did not."""

    success: str
    cancel: str


def callback_urls(public_url: str, shop: ShopId, key: str) -> CallbackUrls:
    """Give the addresses of a transfer, by its key; they hold no signs that a path would divide."""
    name = urlsafe_b64encode(key.encode()).decode().rstrip("=")
    start = f"{public_url.rstrip('/')}{PATH}/{shop}/{name}"
    return CallbackUrls(success=f"{start}/{SUCCESS}", cancel=f"{start}/{CANCEL}")


def key_in(name: str) -> str:
    """Read a transfer's key out of an address; ValueError where there is none."""
    try:
        return urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except NotBase64 as error:
        raise ValueError("no base64") from error
