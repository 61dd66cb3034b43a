"""What a transfer is called at Paytrail: its stamp, and the addresses to call when it has ended.

The rule to know: an address only says which transfer is meant. That it is this very one whose money
is back, or is not, is believed by the signed stamp alone.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from msgspec import Struct

from adapters.providers.stamps import stamp_of
from domain.identifiers import ShopId

STAMP_CHARACTERS_MAX = 200
PATH = "/webhooks/paytrail"
SUCCESS, CANCEL = "success", "cancel"


class CallbackUrls(Struct, frozen=True):
    """Where Paytrail tells of a refund that went well, and of one that did not."""

    success: str
    cancel: str


def refund_stamp(key: str) -> str:
    """Give the merchant's own id of a refund."""
    return stamp_of(key, STAMP_CHARACTERS_MAX)


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
