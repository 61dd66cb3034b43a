"""Publishes messages to JetStream: in atomic batches, one by one where a batch is refused.

The server refuses a whole batch for one message that it knows (error 10201); sent singly, that is
answered as a duplicate and does no harm. It knows a message by id and content: what becomes of
other content under a known id is the ledger's to say. One batch is under way at a time, so order
is kept.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from time import monotonic
from uuid import uuid4

from msgspec import Struct
from nats.aio.client import Client
from nats.errors import ConnectionClosedError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import Header, PubAck
from nats.js.errors import APIError, NoStreamResponseError

from adapters.messaging.stream import content_id
from scripts.feeding.messages import Message

BATCH_MESSAGES_MAX = 1_000
BATCH_BYTES_MAX = 8_000_000
HEADER_BYTES_MAX = 1_024
REPLY_SECONDS_MAX = 30.0
TRIES_MAX = 5
TRY_AGAIN_SECONDS = 1.0


class FeedUnavailable(Exception):
    """The server did not take the messages, however often they were sent."""


class Published(Struct):
    """What was published so far."""

    sent: int = 0
    duplicates: int = 0
    """Known to the server already; the ledger itself remembers for longer."""
    oversized: list[Message] = []
    """Too large for the server to take at all."""


class Pace(Struct, frozen=True):
    """How fast messages go out: 1 is their own time, 60 an hour a minute, 0 at once.

    Settings go at once: they may be months older than the first order.
    """

    speed: float = 0.0
    head_start_seconds: float = 0.0
    """How much of the messages' own time goes out at once."""

    def seconds_until(self, time: datetime, first: datetime, began: float) -> float:
        """Say how long a message must still wait; `began` is when the first one went out."""
        own_seconds = (time - first).total_seconds() - self.head_start_seconds
        return began + own_seconds / self.speed - monotonic()


AT_ONCE = Pace()


class Publisher:
    """Sends messages over one connection."""

    def __init__(self, client: Client, on_sent: Callable[[int], object] = lambda _: None) -> None:
        self._client = client
        self._stream = client.jetstream(timeout=REPLY_SECONDS_MAX)
        self._on_sent = on_sent
        self.published = Published()

    async def publish(self, messages: Iterable[Message], pace: Pace = AT_ONCE) -> Published:
        """Send messages in their order; raise FeedUnavailable."""
        async for batch in due_batches(messages, pace):
            await self._send(self._fitting(batch))
        return self.published

    def _fitting(self, batch: list[Message]) -> list[Message]:
        size_max = self._client.max_payload - HEADER_BYTES_MAX
        self.published.oversized += [item for item in batch if len(item.body) > size_max]
        return [item for item in batch if len(item.body) <= size_max]

    async def _send(self, batch: list[Message]) -> None:
        for _ in range(TRIES_MAX):
            try:
                self.published.duplicates += await self._batch_or_singles(batch)
            except (NoStreamResponseError, NatsTimeoutError, ConnectionClosedError):
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                self.published.sent += len(batch)
                self._on_sent(len(batch))
                return
        raise FeedUnavailable(f"the server took none of {len(batch)} messages")

    async def _batch_or_singles(self, batch: Sequence[Message]) -> int:
        if len(batch) > 1:
            try:
                await self._atomically(batch)
            except NoStreamResponseError:
                raise
            except APIError:
                pass  # a known id, or batches are not allowed: singly, each has its own answer
            else:
                return 0
        answers = await asyncio.gather(*map(self._singly, batch))
        return sum(bool(answer.duplicate) for answer in answers)

    async def _atomically(self, batch: Sequence[Message]) -> None:
        batch_id = uuid4().hex
        for sequence, message in enumerate(batch[:-1], 1):
            await self._client.publish(
                message.subject, message.body, headers=_headers(message, batch_id, sequence)
            )
        last = batch[-1]
        headers = _headers(last, batch_id, len(batch)) | {Header.BATCH_COMMIT.value: "1"}
        await self._stream.publish(last.subject, last.body, headers=headers)

    async def _singly(self, message: Message) -> PubAck:
        headers = {Header.MSG_ID.value: content_id(message.id, message.body)}
        return await self._stream.publish(message.subject, message.body, headers=headers)


async def due_batches(messages: Iterable[Message], pace: Pace) -> AsyncIterator[list[Message]]:
    """Group messages in their order; a group ends when it is full or the next is not due yet."""
    batch: list[Message] = []
    size = 0
    first, began = None, monotonic()
    for message in messages:
        seconds = 0.0
        if pace.speed and message.is_about_order:
            first = first or message.time
            seconds = pace.seconds_until(message.time, first, began)
        size += len(message.body)
        if batch and (seconds > 0 or len(batch) == BATCH_MESSAGES_MAX or size > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], len(message.body)
        if seconds > 0:
            await asyncio.sleep(seconds)
        batch.append(message)
    if batch:
        yield batch


def _headers(message: Message, batch_id: str, sequence: int) -> dict[str, str]:
    return {
        Header.MSG_ID.value: content_id(message.id, message.body),
        Header.BATCH_ID.value: batch_id,
        Header.BATCH_SEQUENCE.value: str(sequence),
    }
