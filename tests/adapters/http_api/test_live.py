"""The stream of what changes: counts, orders, deadlines, shops, limits, and its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import msgspec
import pytest

from adapters.auth.roles import Role
from adapters.http_api import live
from adapters.postgres.query import fetch_one
from adapters.reading import live_feed, subscriber
from adapters.reading.live_feed import TooManyListen
from adapters.reading.subscriber import (
    QUEUE_EVENTS_MAX,
    AttentionCount,
    LiveEvent,
    OrderMoved,
    OrdersMoved,
    Subscriber,
)
from adapters.shops.settings import ShopSettings
from domain.order.events import OrderFact
from projections.attention.queries import next_due
from tests.adapters.http_api.recorded import (
    followed,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, bearer, served
from tests.support import Database

Told = tuple[str, dict[str, object]]


class Listener:
    """One open stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> Told:
        name = ""
        async for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                return name, msgspec.json.decode(value, type=dict[str, object])
        raise EOFError

    async def next_of(self, name: str) -> dict[str, object]:
        while True:
            told, values = await self.next()
            if told == name:
                return values


@asynccontextmanager
async def listening(api: Api, key: str, **parameters: str) -> AsyncIterator[Listener]:
    async with api.client.stream(
        "GET", "/api/v1/live", params=parameters, headers=bearer(key)
    ) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        yield Listener(response.aiter_lines())


async def pay(api: Api, number: int) -> int:
    facts: list[OrderFact] = [
        started(number),
        placed(number, "maija@example.com"),
        received(number),
    ]
    return await record(api.parts, number, facts)


async def grace_of(api: Api, seconds: int) -> None:
    settings = ShopSettings(display_name="Kauppa", grace_seconds=seconds)
    await api.parts.shop_settings.put(KAUPPA, settings)


async def test_the_count_comes_first_and_again_when_it_changes(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await grace_of(api, 0)
        async with listening(api, await api.key()) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            await pay(api, 1)
            assert await listener.next_of("attention") == {"count": 1}


async def test_an_order_with_news_is_named_once_the_read_models_have_it(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key()
        async with listening(api, key) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            position = await pay(api, 1)
            told = await listener.next_of("order")
            listed = await api.get("/orders", key)
        assert told == {"order_id": str(order_id_of(1)), "position": position}
        assert [order["number"] for order in listed.json()["orders"]] == ["2026-1"]


async def test_the_count_grows_when_a_deadline_passes_with_no_event(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await grace_of(api, 2)
        await pay(api, 1)
        async with listening(api, await api.key()) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            assert await listener.next_of("attention") == {"count": 1}


async def test_the_count_changes_with_the_shops_grace(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await pay(api, 1)
        async with listening(api, await api.key()) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            await grace_of(api, 0)
            assert await listener.next_of("attention") == {"count": 1}
            await grace_of(api, 300)
            assert await listener.next_of("attention") == {"count": 0}


async def test_a_shop_hears_nothing_of_another(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key_to(KAUPPA, TOINEN)
        async with listening(api, key, shop=TOINEN) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            await pay(api, 1)
            position = await record(api.parts, 2, [started(2, TOINEN)], TOINEN)
            told = await listener.next()
            assert told == ("order", {"order_id": str(order_id_of(2)), "position": position})


async def test_a_stream_ends_with_the_server(database: Database) -> None:
    async with served(database) as api, listening(api, await api.key()) as listener:
        assert await listener.next() == ("attention", {"count": 0})
        api.stop.set()
        with pytest.raises(EOFError):
            await listener.next()
        await api.serving


async def test_who_leaves_is_forgotten(database: Database) -> None:
    async with served(database, connections_max=8) as api:
        feed = api.feed()
        with feed.listening(await feed.begin(KAUPPA)):
            assert feed.subscribers == 1
        assert feed.subscribers == 0


async def test_only_so_many_may_listen(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_feed, "SUBSCRIBERS_MAX", 1)
    async with served(database) as api:
        feed = api.feed()
        with feed.listening(await feed.begin(KAUPPA)), pytest.raises(TooManyListen):
            await feed.begin(TOINEN)
        await feed.begin(TOINEN)


async def test_the_places_are_counted_before_the_counts_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "SUBSCRIBERS_MAX", 5)
    async with served(database) as api:
        feed = api.feed()
        ends = await asyncio.gather(
            *(feed.begin(KAUPPA, str(n)) for n in range(20)), return_exceptions=True
        )
        assert sum(isinstance(end, Subscriber) for end in ends) == 5
        assert sum(isinstance(end, TooManyListen) for end in ends) == 15


@pytest.mark.parametrize("most", ["KEY_SUBSCRIBERS_MAX", "SHOP_SUBSCRIBERS_MAX"])
async def test_one_key_or_shop_leaves_places_to_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(live_feed, most, 2)
    async with served(database) as api:
        feed = api.feed()
        held = [await feed.begin(KAUPPA, "till") for _ in range(2)]
        with pytest.raises(TooManyListen):
            await feed.begin(KAUPPA, "till")
        held.append(await feed.begin(TOINEN, "desk"))
        assert feed.subscribers == len(held)


async def test_a_stream_that_is_never_begun_keeps_no_place(database: Database) -> None:
    async with served(database) as api:
        feed = api.feed()
        unheard = await feed.begin(KAUPPA)
        assert feed.subscribers == 1
        del unheard
        assert feed.subscribers == 0


async def test_what_happens_before_a_stream_begins_is_heard(database: Database) -> None:
    async with served(database, connections_max=8) as api:
        feed, stop = api.feed(), asyncio.Event()
        early, other = await feed.begin(KAUPPA), await feed.begin(KAUPPA)
        running = asyncio.create_task(feed.run(stop))
        async with followed(api.parts):
            await pay(api, 1)
            told = await _moved(other.events())
        with feed.listening(early):
            assert await _moved(early.events()) == told
        stop.set()
        await running


async def test_a_revoked_key_soon_hears_nothing_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEY_SECONDS", 0.0)
    monkeypatch.setattr(subscriber, "HEARTBEAT_SECONDS", 0.05)
    async with served(database) as api:
        issued = await api.parts.keys.issue("test", Role.VIEWER, [KAUPPA])
        async with listening(api, issued.text) as listener:
            assert await listener.next() == ("attention", {"count": 0})
            await api.parts.keys.revoke(issued.key_id)
            with pytest.raises(EOFError):
                await listener.next()


async def test_a_good_key_is_heard_on_though_it_is_looked_at_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEY_SECONDS", 0.0)
    async with (
        served(database, connections_max=8) as api,
        followed(api.parts),
        listening(api, await api.key()) as listener,
    ):
        assert await listener.next() == ("attention", {"count": 0})
        await grace_of(api, 0)
        await pay(api, 1)
        assert await listener.next_of("attention") == {"count": 1}


async def test_who_is_one_too_many_is_told_to_come_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "SUBSCRIBERS_MAX", 0)
    async with served(database) as api:
        answer = await api.get("/live", await api.key())
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Retry-After" in answer.headers


async def test_who_is_too_slow_hears_what_was_queued_and_then_the_end() -> None:
    slow = Subscriber(KAUPPA)
    told = [slow.tell(AttentionCount(n)) for n in range(QUEUE_EVENTS_MAX + 1)]
    assert told.index(False) == QUEUE_EVENTS_MAX
    heard = [event async for event in slow.events()]
    assert heard == [AttentionCount(n) for n in range(QUEUE_EVENTS_MAX)]


async def test_a_quiet_line_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "HEARTBEAT_SECONDS", 0.01)
    async for event in Subscriber(KAUPPA).events():
        assert event is None
        break


async def test_too_many_orders_at_once_are_not_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(database, connections_max=8) as api:
        feed = api.feed()
        stop = asyncio.Event()
        looker = await feed.begin(KAUPPA)
        with feed.listening(looker):
            running = asyncio.create_task(feed.run(stop))
            async with followed(api.parts):
                events = looker.events()
                assert await anext(events) == AttentionCount(0)
                await pay(api, 1)
                assert isinstance(await _moved(events), OrderMoved)
                monkeypatch.setattr(live_feed, "ORDERS_TOLD_MAX", 0)
                position = await pay(api, 2)
                moved = await _moved(events)
                while moved != OrdersMoved(position):
                    moved = await _moved(events)
            stop.set()
            await running


async def _moved(
    events: AsyncIterator[LiveEvent | None],
) -> OrderMoved | OrdersMoved:
    async for event in events:
        if isinstance(event, OrderMoved | OrdersMoved):
            return event
    raise EOFError


async def test_the_next_deadline_is_known_without_looking_at_every_order(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key()
        position = await pay(api, 1)
        await api.get("/attention", key, min_position=position)
        now, grace = datetime.now(UTC), timedelta(hours=1)
        due = (await fetch_one(api.parts.pool, next_due(KAUPPA, now=now, grace=grace))).due_at
        assert due is not None
        assert now < due <= now + grace
        past = next_due(KAUPPA, now=due, grace=grace)
        assert (await fetch_one(api.parts.pool, past)).due_at is None
