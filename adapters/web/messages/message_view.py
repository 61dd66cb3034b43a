"""Messages as people look at them: which order each is about, and its body laid out to be read."""

import json
from uuid import UUID

from msgspec import Struct

from adapters.http_api.messages import MessageShown
from adapters.messaging.queries import MessageFilter, MessageRow
from adapters.messaging.verdicts import Outcome
from adapters.postgres.query import fetch
from adapters.web.parts import PageParts
from domain.identifiers import ORDER_CATEGORY, OrderId, ShopId, StreamName
from projections.query import Query

MESSAGES_MAX = 100

HELD_OF_SHOP = """
SELECT
    outcome,
    count(*) AS messages
FROM messages.held
WHERE shop = %(shop)s
GROUP BY outcome
"""


class HeldOfShop(Struct, frozen=True, kw_only=True):
    """How many of a shop's messages are held with one outcome."""

    outcome: Outcome
    messages: int


class ListedMessage(Struct, frozen=True, kw_only=True):
    """A row, and the order that it is about."""

    message: MessageRow
    order_id: OrderId | None


class OutcomeChoice(Struct, frozen=True, kw_only=True):
    """What the list can be limited to."""

    outcome: Outcome
    count: int | None
    """None of those that are not counted: they are all that ever came."""


class MessagesView(Struct, frozen=True, kw_only=True):
    """The list and its choices."""

    outcome: Outcome | None
    choices: tuple[OutcomeChoice, ...]
    messages: tuple[ListedMessage, ...]
    are_more: bool


class ShownMessage(Struct, frozen=True, kw_only=True):
    """One message whole."""

    message: MessageShown
    order_id: OrderId | None
    body: str


class MessageView(Struct, frozen=True, kw_only=True):
    """All that came under one id."""

    message_id: str
    messages: tuple[ShownMessage, ...]
    can_replay: bool


async def read_messages(parts: PageParts, shop: ShopId, outcome: Outcome | None) -> MessagesView:
    """List a shop's messages: what waits or is stuck first, then what was applied lately."""
    wanted = MessageFilter(shops=(shop,), outcome=outcome, limit=MESSAGES_MAX + 1)
    found = await parts.messages.find(wanted)
    held = await fetch(
        parts.pool, Query(sql=HELD_OF_SHOP, parameters={"shop": shop}, result=HeldOfShop)
    )
    count_by_outcome = {one.outcome: one.messages for one in held}
    return MessagesView(
        outcome=outcome,
        choices=tuple(
            OutcomeChoice(
                outcome=one,
                count=None if one.has_ended_well else count_by_outcome.get(one, 0),
            )
            for one in reversed(Outcome)
        ),
        messages=tuple(
            ListedMessage(message=row, order_id=order_of(row.stream))
            for row in found[:MESSAGES_MAX]
        ),
        are_more=len(found) > MESSAGES_MAX,
    )


def message_view(message_id: str, found: list[MessageShown]) -> MessageView:
    """Lay out all that came under one id."""
    return MessageView(
        message_id=message_id,
        messages=tuple(
            ShownMessage(message=one, order_id=order_of(one.stream), body=laid_out(one.body or ""))
            for one in found
        ),
        can_replay=any(one.held_id for one in found),
    )


def order_of(stream: StreamName) -> OrderId | None:
    """Say which order a stream is of; None of a setting's, or of what named none."""
    category, _, rest = stream.partition("/")
    if category != ORDER_CATEGORY:
        return None
    try:
        return OrderId(UUID(rest.rpartition("/")[2]))
    except ValueError:
        return None


def laid_out(body: str) -> str:
    """Write JSON with a line for each field; anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
