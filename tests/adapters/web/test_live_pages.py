"""The stream of news for the pages: by session, for as long as it lasts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.http_api import live
from adapters.reading import live_feed, subscriber
from adapters.web.access import SESSION_COOKIE
from tests.adapters.web.site import Visitor, site
from tests.support import Database


async def test_a_visitor_hears_the_count_at_once(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura, hearing(laura) as lines:
        assert await next_event(lines) == 'attention {"count":0}'


async def test_the_stream_passes_proxies_as_it_comes(database: Database) -> None:
    async with (
        site(database) as ledger,
        ledger.visitor() as laura,
        laura.client.stream("GET", "/shops/kauppa/live") as answer,
    ):
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers


async def test_nobody_hears_without_a_session_or_of_another_shop(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        foreign = await laura.client.get("/shops/toinen/live")
        nobody = await ledger.client.get("/shops/kauppa/live")
    assert (foreign.status_code, nobody.status_code) == (404, 303)


async def test_who_signs_out_soon_hears_nothing_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_often(monkeypatch)
    async with site(database) as ledger, ledger.visitor() as laura, hearing(laura) as lines:
        await next_event(lines)
        await ledger.parts.sessions.end(laura.client.cookies[SESSION_COOKIE])
        with pytest.raises(EOFError):
            await next_event(lines)


async def test_one_person_takes_only_so_many_places(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "KEY_SUBSCRIBERS_MAX", 1)
    async with site(database) as ledger, ledger.visitor() as laura, hearing(laura) as lines:
        await next_event(lines)
        refused = await laura.get("/live")
        async with ledger.visitor(email="aino@example.com") as aino, hearing(aino) as others:
            assert await next_event(others) == 'attention {"count":0}'
    assert refused.status_code == 503


def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEY_SECONDS", 0.0)
    monkeypatch.setattr(subscriber, "HEARTBEAT_SECONDS", 0.05)


@asynccontextmanager
async def hearing(visitor: Visitor) -> AsyncIterator[AsyncIterator[str]]:
    async with visitor.client.stream("GET", f"/shops/{visitor.shop}/live") as answer:
        yield answer.aiter_lines()


async def next_event(lines: AsyncIterator[str]) -> str:
    name = ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            return f"{name} {value}"
    raise EOFError
