"""What a server then holds: everything, in order, once; also when a batch is refused."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import nats
import pytest
from msgspec.structs import replace
from nats.aio.client import Client
from nats.js.api import StreamConfig

from adapters.messaging.contracts import (
    ActionConfigurationRemovedV1,
    LinkIn,
    OfferIn,
    OrderStartedV1,
)
from adapters.messaging.stream import SUBJECTS, content_id, ensure_stream, id_within
from scripts.feeding import publishing
from scripts.feeding.messages import Message, order_message, setting_message
from scripts.feeding.publishing import (
    BATCH_MESSAGES_MAX,
    FeedUnavailable,
    Pace,
    Publisher,
    due_batches,
)

HANGS_SECONDS = 10
CLOCK_SECONDS = 0.002
"""How finely the event loop tells time."""
TIME = datetime(2026, 1, 1, tzinfo=UTC)
STARTED = OrderStartedV1(offer=OfferIn(id="o", name="Offer"), link=LinkIn(id="l"), currency="EUR")


def messages(count: int, *, first: int = 0, gap: timedelta = timedelta()) -> list[Message]:
    return [
        order_message(
            "demo",
            UUID(int=number),
            STARTED,
            message_id=f"publishing/{number}",
            time=TIME + number * gap,
        )
        for number in range(first, first + count)
    ]


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[Client]:
    client = await nats.connect(url)
    try:
        yield client
    finally:
        await client.close()


async def stored_ids(client: Client) -> list[str]:
    jetstream = client.jetstream()
    stream = (await jetstream.streams_info())[0]
    subscription = await jetstream.subscribe(
        stream=stream.config.name, subject=">", ordered_consumer=True
    )
    found = [await subscription.next_msg(timeout=5) for _ in range(stream.state.messages)]
    return [id_within((message.headers or {})["Nats-Msg-Id"]) for message in found]


def ids(expected: Iterable[Message]) -> list[str]:
    return [message.id for message in expected]


async def test_everything_arrives_in_order(nats_url: str) -> None:
    fed = messages(2 * BATCH_MESSAGES_MAX + 1)
    async with client_of(nats_url) as client:
        await ensure_stream(client)
        published = await Publisher(client).publish(fed)
        assert await stored_ids(client) == ids(fed)
    assert (published.sent, published.duplicates) == (len(fed), 0)


async def test_a_repeat_is_answered_as_known_and_new_ones_in_its_batch_arrive(
    nats_url: str,
) -> None:
    async with client_of(nats_url) as client:
        await ensure_stream(client)
        await Publisher(client).publish(messages(10))
        published = await Publisher(client).publish(messages(15, first=5))
        assert await stored_ids(client) == ids(messages(20))
    assert (published.sent, published.duplicates) == (15, 5)


async def test_other_content_under_an_id_known_a_moment_ago_reaches_the_ledger(
    nats_url: str,
) -> None:
    (first,) = messages(1)
    other = replace(first, body=first.body.replace(b"Offer", b"Other"))
    async with client_of(nats_url) as client:
        await ensure_stream(client)
        await Publisher(client).publish([first])
        published = await Publisher(client).publish([other, first])
        assert await stored_ids(client) == ids([first, other])
    assert (published.sent, published.duplicates) == (2, 1)


@pytest.mark.parametrize("message_id", ["1", "urn:order:1", "1:0123456789abcdef"])
def test_the_header_names_the_id_and_the_content_and_gives_the_id_back(message_id: str) -> None:
    headers = {content_id(message_id, body) for body in (b"one", b"other")}
    assert len(headers) == 2
    assert {id_within(header) for header in headers} == {id_within(message_id)} == {message_id}


async def test_a_stream_that_allows_no_batches_gets_everything_one_by_one(nats_url: str) -> None:
    async with client_of(nats_url) as client:
        await client.jetstream().add_stream(StreamConfig(name="CHECKOUT", subjects=[SUBJECTS]))
        published = await Publisher(client).publish(messages(20))
        assert await stored_ids(client) == ids(messages(20))
    assert published.sent == 20


async def test_what_the_server_would_not_take_is_reported_and_the_rest_arrives(
    nats_url: str,
) -> None:
    small, large, last = messages(3)
    async with client_of(nats_url) as client:
        await ensure_stream(client)
        large = replace(large, body=b" " * client.max_payload)
        published = await Publisher(client).publish([small, large, last])
        assert await stored_ids(client) == ids([small, last])
    assert published.oversized == [large]


async def test_without_a_stream_it_says_that_the_server_took_nothing(
    nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "TRY_AGAIN_SECONDS", 0.0)
    async with client_of(nats_url) as client:
        with pytest.raises(FeedUnavailable):
            await Publisher(client).publish(messages(2))


async def test_at_full_speed_batches_are_full() -> None:
    sizes = [len(batch) async for batch in due_batches(messages(2_500), Pace())]
    assert sizes == [1_000, 1_000, 500]


async def test_a_large_message_begins_a_batch_of_its_own() -> None:
    one, other, last = messages(3)
    other = replace(other, body=b" " * publishing.BATCH_BYTES_MAX)
    batches = [batch async for batch in due_batches([one, other, last], Pace())]
    assert [ids(batch) for batch in batches] == [ids([one]), ids([other]), ids([last])]


async def test_no_message_goes_out_before_it_is_due() -> None:
    pace = Pace(speed=60_000.0)
    began = monotonic()
    sent = []
    async for batch in due_batches(messages(5, gap=timedelta(minutes=10)), pace):
        waits = [pace.seconds_until(message.time, TIME, began) for message in batch]
        assert max(waits) <= CLOCK_SECONDS
        sent += batch

    assert ids(sent) == ids(messages(5, gap=timedelta(minutes=10)))


async def test_settings_of_months_ago_do_not_hold_up_the_first_order() -> None:
    setting = setting_message(
        "demo",
        "receipt",
        ActionConfigurationRemovedV1(revision=1),
        message_id="receipt/1",
        time=TIME - timedelta(days=300),
    )
    batches = due_batches([setting, *messages(1)], Pace(speed=1.0))
    async with asyncio.timeout(HANGS_SECONDS):
        assert [len(batch) async for batch in batches] == [2]


def test_how_long_a_message_waits_is_its_own_time_divided_by_the_speed() -> None:
    began = monotonic() + 1_000
    later = TIME + timedelta(hours=1)
    assert Pace(speed=60).seconds_until(later, TIME, began) == pytest.approx(1_060, abs=5)
    assert Pace(speed=1).seconds_until(later, TIME, began) == pytest.approx(4_600, abs=5)


def test_a_head_start_goes_out_at_once_and_the_rest_in_its_own_time() -> None:
    began = monotonic()
    pace = Pace(speed=1, head_start_seconds=3_000)
    within, after = TIME + timedelta(seconds=2_999), TIME + timedelta(seconds=3_600)
    assert pace.seconds_until(within, TIME, began) <= 0
    assert pace.seconds_until(after, TIME, began) == pytest.approx(600, abs=5)
