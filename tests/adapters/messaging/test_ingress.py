"""Ingress against a real NATS server: what is published becomes facts and is acknowledged."""

import asyncio
import json
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.js.api import RetentionPolicy

from adapters.bootstrap import Role, run_roles
from adapters.master_key import generate_master_key
from adapters.messaging.stream import STREAM, connect, consumer_of, ensure_stream
from adapters.postgres.lease import hold_lease
from adapters.settings import Settings
from tests.adapters.messaging.checkout import Checkout, Sent
from tests.adapters.messaging.taken import new_intake, taken
from tests.adapters.messaging.under_way import (
    assert_each_once,
    publish_surely,
    running_ingress,
    until_acknowledged,
    until_events,
)
from tests.support import Database

ODD = [b"\x00", b"\x01", b"\x0b", b"\x0c", b"\x85", b"\xc2\x85", b"\xff"]
"""What a server lets through in a subject."""
HEADERS = [
    b"XXXX\r\n\r\n",
    b"\r\n\r\n",
    b"NATS/1.0 \xff\xff\xff\r\n\r\n",
    b"NATS/1.0\r\nnocolon\r\n\r\n",
    b"nocolon",
]
FOUR = ["OrderStarted", "OrderPlaced", "PaymentStarted", "PaymentReceived"]


def checkouts(number: int) -> tuple[list[Checkout], list[Sent]]:
    """Open checkouts; their messages are mixed, in order for each."""
    opened = [Checkout() for _ in range(number)]
    steps = zip(*(checkout.all() for checkout in opened), strict=True)
    return opened, [sent for step in steps for sent in step]


async def publish_atomically(client: Client, messages: list[Sent]) -> None:
    """Publish as bulk publishers do: one flush to disk for all."""
    for number, sent in enumerate(messages, 1):
        headers = {
            "Nats-Msg-Id": sent.message_id,
            "Nats-Batch-Id": "batch",
            "Nats-Batch-Sequence": str(number),
        }
        if number < len(messages):
            await client.publish(sent.subject, sent.body, headers=headers)
    last = messages[-1]
    answer = await client.request(
        last.subject, last.body, headers=headers | {"Nats-Batch-Commit": "1"}
    )
    assert "error" not in json.loads(answer.data)


async def publish_raw(nats_url: str, protocol: bytes) -> None:
    """Speak to the server as no client library would."""
    address = urlsplit(nats_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    options: dict[str, object] = {"verbose": False, "pedantic": False, "headers": True}
    if address.username:
        options |= {"user": address.username, "pass": address.password}
    writer.write(b"CONNECT " + json.dumps(options).encode() + b"\r\n" + protocol + b"PING\r\n")
    while await reader.readline() != b"PONG\r\n":
        pass
    writer.close()
    await writer.wait_closed()


def with_header(header: bytes, sent: Sent | None = None) -> bytes:
    """Publish a body, or a message, under a header of one's own."""
    subject = sent.subject.encode() if sent else b"checkout.demo.order.x.y"
    body = sent.body if sent else b"hi"
    sizes = len(header), len(header) + len(body)
    return b"HPUB %s %d %d\r\n" % (subject, *sizes) + header + body + b"\r\n"


def under_odd_subject(sent: Sent, token: int, odd: bytes) -> bytes:
    """Publish a message with something odd in one token of its subject."""
    tokens = sent.subject.encode().split(b".")
    tokens[token] = tokens[token][:3] + odd + tokens[token][3:]
    return b"PUB %s %d\r\n%s\r\n" % (b".".join(tokens), len(sent.body), sent.body)


class TestIngress:
    async def test_records_what_is_published_and_acknowledges_it(
        self, database: Database, nats_url: str
    ) -> None:
        opened, messages = checkouts(100)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            async with running_ingress(client, database.url, parts.intake):
                await publish_surely(client, messages)
                await until_acknowledged(client)

                await assert_each_once(database.url, opened)

    async def test_takes_atomic_batches(self, database: Database, nats_url: str) -> None:
        opened, messages = checkouts(200)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            await publish_atomically(client, messages)
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)

            await assert_each_once(database.url, opened)

    async def test_acknowledges_poison_too_and_goes_on(
        self, database: Database, nats_url: str
    ) -> None:
        checkout = Checkout()
        poison = [checkout.raw(b"{"), checkout.raw(b" " * 2_000_000), Checkout("nobody").started()]
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            await publish_surely(client, [*poison, *checkout.all()])
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)

            assert await parts.events(checkout.stream) == FOUR
            assert [code for _, _, code in await parts.held()] == [
                "not_json",
                "body_too_large",
                "unknown_shop",
            ]

    async def test_is_not_broken_by_a_subject_or_a_header_of_a_hostile_publisher(
        self, database: Database, nats_url: str
    ) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            await publish_raw(nats_url, b"PUB checkout.d\xff.order.x.y 2\r\nhi\r\n")
            await publish_raw(nats_url, with_header(b"NATS/1.0\r\nStatus: 503\r\n\r\n"))
            await publish_raw(nats_url, with_header(b"NATS/1.0 503\r\n\r\n"))
            await publish_surely(client, checkout.all())
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)

            assert await parts.events(checkout.stream) == FOUR
            assert {code for _, _, code in await parts.held()} == {"not_json"}

    async def test_is_not_stopped_by_any_character_in_any_free_token_of_a_subject(
        self, database: Database, nats_url: str
    ) -> None:
        good = Checkout()
        raw = b"".join(
            under_odd_subject(Checkout().started(), token, odd)
            for token in range(1, 5)
            for odd in ODD
        )
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            await publish_raw(nats_url, raw)
            await publish_surely(client, good.all())
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)

            assert await parts.events(good.stream) == FOUR
            codes = [code for _, _, code in await parts.held()]
            assert sorted(codes) == ["wrong_shop"] * len(ODD) + ["wrong_subject"] * 3 * len(ODD)

    async def test_is_not_stopped_by_a_header_that_is_none(
        self, database: Database, nats_url: str
    ) -> None:
        odd, good = [Checkout() for _ in HEADERS], Checkout()
        messages = zip(HEADERS, odd, strict=True)
        raw = b"".join(with_header(header, one.started()) for header, one in messages)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            await publish_raw(nats_url, raw)
            await publish_surely(client, good.all())
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)

            assert [await parts.events(one.stream) for one in odd] == [["OrderStarted"]] * len(odd)
            assert await parts.events(good.stream) == FOUR

    async def test_makes_its_stream_again_when_that_was_deleted(
        self, database: Database, nats_url: str
    ) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            async with running_ingress(client, database.url, parts.intake):
                await until_acknowledged(client)
                await client.jetstream().delete_stream(STREAM)
                await publish_surely(client, checkout.all())
                await until_events(database.url, len(FOUR))

            assert await parts.events(checkout.stream) == FOUR


class TestAPartition:
    async def test_has_one_puller_and_the_next_takes_over(
        self, database: Database, nats_url: str
    ) -> None:
        opened, messages = checkouts(20)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client)
            async with (
                hold_lease(database.url, "ingress 0"),
                running_ingress(client, database.url, parts.intake),
            ):
                await publish_surely(client, messages)
                info = await client.jetstream().consumer_info(STREAM, consumer_of(0))
                assert (info.num_waiting, info.num_pending) == (0, len(messages))

            async with (
                running_ingress(client, database.url, parts.intake),
                running_ingress(client, database.url, new_intake(parts.pool)),
            ):
                await until_acknowledged(client)
            await assert_each_once(database.url, opened)

    async def test_has_all_messages_of_its_orders(self, database: Database, nats_url: str) -> None:
        opened, messages = checkouts(60)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            assert await ensure_stream(client, 3) == [0, 1, 2]
            await publish_surely(client, messages)
            pending = [
                (await client.jetstream().consumer_info(STREAM, consumer_of(partition))).num_pending
                for partition in range(3)
            ]
            assert all(number and number % 4 == 0 for number in pending)
            async with running_ingress(client, database.url, parts.intake, partitions=3):
                for partition in range(3):
                    await until_acknowledged(client, partition)

            await assert_each_once(database.url, opened)

    async def test_may_be_added_or_given_up_while_messages_wait(
        self, database: Database, nats_url: str
    ) -> None:
        one, messages_one = checkouts(20)
        three, messages_three = checkouts(20)
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await ensure_stream(client, 1)
            await publish_surely(client, messages_one)
            await ensure_stream(client, 3)
            await publish_surely(client, messages_three)
            assert await ensure_stream(client, 1) == [0, 1, 2]
            async with running_ingress(client, database.url, parts.intake, partitions=1):
                for partition in range(3):
                    await until_acknowledged(client, partition)

            await assert_each_once(database.url, [*one, *three])


class TestTheStream:
    async def test_keeps_what_an_operator_set(self, nats_url: str) -> None:
        async with connect(nats_url, name="test") as client:
            await ensure_stream(client)
            jetstream = client.jetstream()
            config = (await jetstream.stream_info(STREAM)).config
            await jetstream.update_stream(config.evolve(max_age=3600.0))
            await ensure_stream(client, 2)

            kept = (await jetstream.stream_info(STREAM)).config
            assert (kept.max_age, kept.retention) == (3600.0, RetentionPolicy.LIMITS)

    async def test_is_made_once_by_any_number_of_processes(self, nats_url: str) -> None:
        async with connect(nats_url, name="test") as client:
            made = await asyncio.gather(*(ensure_stream(client, 2) for _ in range(5)))

            assert made == [[0, 1]] * 5


async def test_the_role_divides_messages_as_its_settings_say(
    database: Database, nats_url: str
) -> None:
    settings = Settings(
        database_url=database.url,
        database_owner_url=database.owner_url,
        nats_url=nats_url,
        master_key=generate_master_key(),
        partitions=3,
    )
    stop = asyncio.Event()
    async with connect(nats_url, name="test") as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(run_roles(settings, [Role.INGRESS], stop))
        for partition in range(3):
            await until_acknowledged(client, partition)
        consumers = await client.jetstream().consumers_info(STREAM)
        stop.set()
    assert sorted(consumer.name for consumer in consumers) == [consumer_of(n) for n in range(3)]
