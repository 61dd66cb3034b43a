"""The NATS stream that the checkout publishes to, and one durable consumer for each partition.

The rule to know: the server puts the partition before the subject (`0.checkout.demo.order.…`), by
shop and order, also when there is only one: so the number of partitions can grow while messages
wait. Consumers of partitions that are no longer asked for are emptied all the same.
"""

import re
from hashlib import sha256

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    SubjectTransform,
)
from nats.js.errors import NotFoundError

from adapters.messaging.bus_client import connect
from adapters.settings import PARTITIONS_DEFAULT

__all__ = [
    "STREAM",
    "connect",
    "consumer_of",
    "content_id",
    "ensure_stream",
    "id_within",
    "publishers_subject",
]

STREAM = "CHECKOUT"
SUBJECTS = "checkout.*.*.*.*"
CONSUMER_PREFIX = "ingress-"
RETAINED_SECONDS = 7 * 24 * 3600.0
"""Long enough to read again after the database was restored from a backup; personal data is in
these bodies, so no longer."""
DUPLICATE_WINDOW_SECONDS = 30.0
"""The server remembers every id in it. Deduplication for ever is the inbox's."""
ACKNOWLEDGE_SECONDS_MAX = 10.0
"""A message that nobody acknowledged comes again after this."""
UNACKNOWLEDGED_MAX = 10_000
HASH_DIGITS = 32

_HASH = re.compile(f":[0-9a-f]{{{HASH_DIGITS}}}\\Z")


def consumer_of(partition: int) -> str:
    """Name the durable consumer of a partition."""
    return f"{CONSUMER_PREFIX}{partition}"


def publishers_subject(subject: str) -> str:
    """Take the partition away that the server put before the publisher's subject."""
    return subject.partition(".")[2]


def content_id(message_id: str, body: bytes) -> str:
    """Name a message and its content for the header `Nats-Msg-Id`.

    By the bare id, the server would drop other content under a known id before the ledger sees it.
    """
    return f"{message_id}:{sha256(body).hexdigest()[:HASH_DIGITS]}"


def id_within(header: str) -> str:
    """Take the content's hash away from a `Nats-Msg-Id`, if it has one."""
    return _HASH.sub("", header)


async def ensure_stream(client: Client, partitions: int = PARTITIONS_DEFAULT) -> list[int]:
    """Make the stream and its consumers as needed; returns the partitions that must be read.

    What an operator set otherwise on a stream that exists (replicas, retention) stays.
    """
    jetstream = client.jetstream()
    transform = SubjectTransform(
        src=SUBJECTS,
        dest=f"{{{{partition({partitions},1,3)}}}}.checkout.{{{{wildcard(1)}}}}."
        "{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}",
    )
    await _ensure_config(jetstream, transform)
    existing = await _consumers(jetstream)
    for partition in set(range(partitions)) - existing:
        await jetstream.add_consumer(STREAM, _consumer_config(partition))
    return sorted(existing | set(range(partitions)))


async def _ensure_config(jetstream: JetStreamContext, transform: SubjectTransform) -> None:
    try:
        standing = (await jetstream.stream_info(STREAM)).config
    except NotFoundError:
        await jetstream.add_stream(_new_stream(transform))
        return
    if standing.subject_transform != transform or not standing.allow_atomic:
        await jetstream.update_stream(
            standing.evolve(subject_transform=transform, allow_atomic=True)
        )


def _new_stream(transform: SubjectTransform) -> StreamConfig:
    return StreamConfig(
        name=STREAM,
        description="What the checkout publishes",
        subjects=[SUBJECTS],
        subject_transform=transform,
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=RETAINED_SECONDS,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        allow_atomic=True,
    )


async def _consumers(jetstream: JetStreamContext) -> set[int]:
    found = await jetstream.consumers_info(STREAM)
    return {
        int(consumer.name.removeprefix(CONSUMER_PREFIX))
        for consumer in found
        if consumer.name.startswith(CONSUMER_PREFIX)
    }


def _consumer_config(partition: int) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=consumer_of(partition),
        filter_subject=f"{partition}.checkout.>",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACKNOWLEDGE_SECONDS_MAX,
        max_ack_pending=UNACKNOWLEDGED_MAX,
    )
