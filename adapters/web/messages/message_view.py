"""Messages as people look at them: which order each is about, and its body laid out to be read."""

import json
from collections.abc import Iterable, Mapping

from msgspec import Struct

from adapters.http_api.messages import MessageShown, find_message, show_message
from adapters.messaging.queries import MessageFilter, MessageRow
from adapters.messaging.verdicts import Outcome
from adapters.postgres.query import fetch
from adapters.web.forms import order_ids_in
from adapters.web.parts import PageParts
from domain.identifiers import ORDER_CATEGORY, OrderId, ShopId, StreamName, order_stream
from projections.orders.projection import ORDERS
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


ORDERS_KNOWN = f"""
SELECT
    order_id,
    number
FROM {ORDERS.table}
WHERE shop = %(shop)s
AND order_id = ANY(%(order_ids)s::uuid[])
"""  # noqa: S608 - made of our own names only


class HeldOfShop(Struct, frozen=True, kw_only=True):
    """How many of a shop's messages are held with one outcome."""

    outcome: Outcome
    messages: int


class OrderKnown(Struct, frozen=True, kw_only=True):
    """An order that has begun; a message may come before its order does."""

    order_id: OrderId
    number: str


class ListedMessage(Struct, frozen=True, kw_only=True):
    """A row, and the order that it is about."""

    message: MessageRow
    order: OrderKnown | None


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
    order: OrderKnown | None
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
    orders = await _orders(parts, shop, found)
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
            ListedMessage(message=row, order=orders.get(row.stream)) for row in found[:MESSAGES_MAX]
        ),
        are_more=len(found) > MESSAGES_MAX,
    )


async def read_message(parts: PageParts, shop: ShopId, message_id: str) -> MessageView:
    """Read all that came under one id; raise NotFound."""
    rows = await find_message(parts, shop, message_id)
    orders = await _orders(parts, shop, rows)
    found = [await show_message(parts, row) for row in rows]
    return MessageView(
        message_id=message_id,
        messages=tuple(
            ShownMessage(message=one, order=orders.get(one.stream), body=laid_out(one.body or ""))
            for one in found
        ),
        can_replay=any(one.held_id for one in found),
    )


def laid_out(body: str) -> str:
    """Write JSON with a line for each field; anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


async def _orders(
    parts: PageParts, shop: ShopId, rows: Iterable[MessageRow]
) -> Mapping[StreamName, OrderKnown]:
    prefix = f"{ORDER_CATEGORY}/{shop}/"
    names = {row.stream.removeprefix(prefix) for row in rows if row.stream.startswith(prefix)}
    values: dict[str, object] = {"shop": shop, "order_ids": order_ids_in(names)}
    known = await fetch(parts.pool, Query(sql=ORDERS_KNOWN, parameters=values, result=OrderKnown))
    return {order_stream(shop, order.order_id): order for order in known}
