"""What an idempotency key stands for: one request, for ever.

The rule to know: keys are kept in the journal's inbox beside the checkout's messages, behind a
control character that no message id may hold, so that the two never meet.
"""

import hmac
import re

import msgspec

from adapters.commands.options import Wanted
from adapters.master_key import MasterKey
from adapters.messaging.parsing import DIGEST
from adapters.postgres.rows import InboxEntry
from domain.identifiers import OrderId, ShopId
from domain.rejection import Rejection

KEY_CHARACTERS_MAX = 200
KEY = re.compile(rf"[!-~]{{1,{KEY_CHARACTERS_MAX}}}")
KEY_MARK = "\x1e"
DIGEST_PURPOSE = "request digest"


class IdempotencyKeyInvalid(Rejection):
    """There is none, or it cannot be one."""

    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__(
            f"An idempotency key is 1 to {KEY_CHARACTERS_MAX} visible ASCII characters: a new "
            "one for each wish, the same one to try that wish again."
        )


class IdempotencyKeyReused(Rejection):
    """The key was used for something else."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This idempotency key stands for another request, which was granted.")


def entry_of(
    master_key: MasterKey, shop: ShopId, key: str, order_id: OrderId, wanted: Wanted
) -> InboxEntry:
    """Give the inbox entry of a request; raise IdempotencyKeyInvalid.

    Who asks is not part of its content: a colleague may try the same wish again.
    """
    if not KEY.fullmatch(key):
        raise IdempotencyKeyInvalid
    content = [type(wanted.options).__name__, order_id, wanted.action_id, wanted.options]
    digest = hmac.digest(master_key.derive(DIGEST_PURPOSE), msgspec.json.encode(content), DIGEST)
    return InboxEntry(shop, f"{KEY_MARK}{key}", digest)
