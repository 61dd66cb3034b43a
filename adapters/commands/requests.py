"""Who wants something, and what an idempotency key stands for: one request, for ever.

The rule to know: keys are kept in the journal's inbox beside the checkout's messages, behind a
control character that no message id may hold, so that the two never meet.
"""

import re

import msgspec
from msgspec import Struct

from adapters.commands.options import Wanted
from adapters.master_key import MasterKey
from adapters.postgres.inbox import digest_of
from adapters.postgres.rows import InboxEntry
from domain.identifiers import OrderId, ShopId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.phrase import say
from domain.rejection import Rejection

KEY_CHARACTERS_MAX = 200
KEY = re.compile(rf"[!-~]{{1,{KEY_CHARACTERS_MAX}}}")
KEY_MARK = "\x1e"
DIGEST_PURPOSE = "request digest"


class Requester(Struct, frozen=True, kw_only=True):
    """Who wants something of which shop, under which idempotency key; a dry run needs none."""

    shop: ShopId
    by: str
    key: str = ""
    is_dry_run: bool = False


class OrderRequester(Requester, frozen=True, kw_only=True):
    """Who wants something of one order."""

    order_id: OrderId

    @property
    def stream(self) -> StreamName:
        """The order's."""
        return order_stream(self.shop, self.order_id)


class IdempotencyKeyInvalid(Rejection):
    """There is none, or it cannot be one."""

    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__(
            say(
                "An idempotency key is 1 to {key_characters_max} visible ASCII "
                "characters: a new one for each wish, the same one to try that wish "
                "again.",
                key_characters_max=KEY_CHARACTERS_MAX,
            )
        )


class IdempotencyKeyReused(Rejection):
    """The key was used for something else."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(say("This idempotency key stands for another request, which was granted."))


def entry_of(master_key: MasterKey, requester: OrderRequester, wanted: Wanted) -> InboxEntry:
    """Give the inbox entry of a request; raise IdempotencyKeyInvalid.

    Who asks is not part of its content: a colleague may try the same wish again.
    """
    if not KEY.fullmatch(requester.key):
        raise IdempotencyKeyInvalid
    content = [type(wanted.options).__name__, requester.order_id, wanted.about, wanted.options]
    digest = digest_of(master_key.derive(DIGEST_PURPOSE), msgspec.json.encode(content))
    return InboxEntry(requester.shop, f"{KEY_MARK}{requester.key}", digest)


def operator_metadata(requester: Requester, command_id: str) -> Metadata:
    """Say of facts that a person wanted them; the key that they came under is their cause."""
    return Metadata(
        actor=Actor(ActorKind.OPERATOR, requester.by),
        correlation_id=requester.key,
        causation_id=requester.key,
        command_id=command_id,
    )
