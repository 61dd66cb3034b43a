"""The server: its address, and how it ends."""

import asyncio
import signal
import socket
from contextlib import suppress

import pytest
from httpx2 import AsyncClient, ConnectError, ReadError, RemoteProtocolError

from adapters.http_api.server import listen, serve
from tests.adapters.http_api.served import Api, served
from tests.support import Database


def test_an_address_in_use_is_an_error_at_once() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])


def test_answers_do_not_wait_for_more_to_send() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP, "asyncio sets TCP_NODELAY only then"


async def test_the_processs_signals_stay_its_own(database: Database) -> None:
    before = signal.getsignal(signal.SIGTERM)
    async with served(database) as api:
        await api.get("/health/live")

        assert signal.getsignal(signal.SIGTERM) is before


async def test_a_request_under_way_is_answered_before_the_server_stops(
    database: Database,
) -> None:
    async with served(database, connections_max=1) as api:
        key = await api.key()
        async with api.parts.pool.connection():
            asking = asyncio.create_task(api.get("/orders", key))
            await a_request_waits(api)
            api.stop.set()
            await nobody_listens(api)
        response = await asking
        await api.serving

        assert response.status_code == 200


async def test_a_server_told_to_stop_before_it_began_ends(database: Database) -> None:
    async with served(database) as api:
        stop = asyncio.Event()
        stop.set()

        await serve(api.parts, "127.0.0.1", 0, stop)


async def a_request_waits(api: Api) -> None:
    """Wait until a request has come as far as needing a connection."""
    while not api.parts.pool.get_stats().get("requests_waiting"):  # noqa: ASYNC110 - no event to await
        await asyncio.sleep(0)


async def nobody_listens(api: Api) -> None:
    """Wait until the server takes no new connection."""
    with pytest.raises(ConnectError):
        await ask_for_ever(api)


async def ask_for_ever(api: Api) -> None:
    """Ask, each time on a new connection; one that only the kernel took in ends without a word."""
    while True:
        async with AsyncClient(base_url=api.client.base_url) as another:
            with suppress(ReadError, RemoteProtocolError):
                await another.get("/health/live")
