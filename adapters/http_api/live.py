"""`GET /live`: server-sent events, so that a page shows what changes without asking again.

The rule to know: who is not let in any more hears nothing more within a minute.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import TypeAlias

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.response import Stream
from litestar.response.sse import ServerSentEventMessage

from adapters.auth.roles import Permission
from adapters.http_api.access import KeyedRequest, is_still_let_in, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import TooBusy
from adapters.postgres.errors import UNAVAILABLE
from adapters.reading.live_feed import LiveFeed, TooManyListen
from adapters.reading.subscriber import LiveEvent, Subscriber
from domain.identifiers import ShopId

MEDIA_TYPE = "text/event-stream"
RETRY_MILLISECONDS = 2_000
"""How long a browser waits before it comes again."""
KEY_SECONDS = 45.0
"""Then the key or session is looked at again, with the next event or heartbeat."""
HEARTBEAT = ServerSentEventMessage(data=None, comment="alive").encode()
BEGINNING = ServerSentEventMessage(data=None, comment="live", retry=RETRY_MILLISECONDS).encode()
EXAMPLE = 'event: attention\r\ndata: {"count":3}\r\n\r\n'
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second asks a proxy before us to pass on each event as it comes."""

IsLetIn: TypeAlias = Callable[[], Awaitable[bool]]


@get(
    "/live",
    operation_id="live",
    summary="What changes, as it changes",
    tags=["attention"],
    media_type=MEDIA_TYPE,
    responses={
        200: ResponseSpec(
            data_container=str,
            generate_examples=False,
            description="`attention` with the count, now and whenever it changes; `order` with "
            "the id and journal position of an order that has something new; `orders` with a "
            "position when too many have to be named.",
            media_type=MEDIA_TYPE,
            examples=[Example(summary="attention", value=EXAMPLE)],
        )
    }
    | keyed_problems(),
    opt=needs(Permission.SEE),
)
async def live(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    feed: NamedDependency[LiveFeed],
    shop_id: NamedDependency[ShopId],
) -> Stream:
    """Stream server-sent events until either side ends it; a comment comes now and then."""
    is_let_in = partial(is_still_let_in, parts.keys, request, shop_id)
    return await live_stream(feed, shop_id, request.user.key_id, is_let_in)


async def live_stream(feed: LiveFeed, shop: ShopId, listener: str, is_let_in: IsLetIn) -> Stream:
    """Stream a shop's news to a listener (a key, a person), for as long as they are let in."""
    try:
        subscriber = await feed.begin(shop, listener)
    except TooManyListen as problem:
        raise TooBusy("Nobody more can listen. Ask GET /attention from time to time.") from problem
    stream = _stream(feed, subscriber, is_let_in)
    return Stream(stream, media_type=MEDIA_TYPE, headers=HEADERS)


async def _stream(
    feed: LiveFeed, subscriber: Subscriber, is_let_in: IsLetIn
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    looked_at = clock()
    with feed.listening(subscriber):
        yield BEGINNING
        async for event in subscriber.events():
            if clock() - looked_at >= KEY_SECONDS:
                if not await _is_let_in_as_far_as_known(is_let_in):
                    return
                looked_at = clock()
            yield HEARTBEAT if event is None else _message(event)


async def _is_let_in_as_far_as_known(is_let_in: IsLetIn) -> bool:
    """While the database is away it has no news either, so nothing is told that may not be."""
    try:
        return await is_let_in()
    except UNAVAILABLE:
        return True


def _message(event: LiveEvent) -> bytes:
    """Write the event's name as a field of the protocol, the rest as its data."""
    values = msgspec.to_builtins(event)
    name = values.pop("event")
    return ServerSentEventMessage(event=name, data=msgspec.json.encode(values).decode()).encode()
