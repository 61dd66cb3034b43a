"""The web role: serves the API until it is told to stop, then lets open requests end."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from adapters.http_api.app import create_app
from adapters.reading.live_feed import LiveFeed
from adapters.web.parts import PageParts

CONNECTIONS_MAX = 1_000
HEAD_BYTES_MAX = 65_536
"""Of a request's line and headers while they come in; routes then ask for less."""
KEEP_ALIVE_SECONDS = 30
BACKLOG = 512
UNREAD_MILLISECONDS_MAX = 30_000
SHUTDOWN_SECONDS = 10


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the process's signals alone: they are the bootstrap's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind the address of the API; port 0 takes a free one. OSError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off (40 ms an answer) only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted inherits it: whoever reads nothing of an endless answer is cut off.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS_MAX)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


async def serve(parts: PageParts, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve the API on an address until `stop` is set."""
    await serve_on(listen(host, port), parts, stop)


async def serve_on(listener: socket.socket, parts: PageParts, stop: asyncio.Event) -> None:
    """Serve the API on a bound socket until `stop` is set; closes the socket."""
    with listener:
        feed = LiveFeed(parts.pool, parts.news, parts.shop_settings)
        server = _Server(_configuration(parts, feed))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        feeding = asyncio.create_task(feed.run(stop))
        try:
            await asyncio.wait({serving, feeding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # The feed first: the server waits for the streams that only its end ends.
            feeding.cancel()
            await asyncio.wait({feeding})
            server.should_exit = True
            await serving
        if not feeding.cancelled():
            feeding.result()


def _configuration(parts: PageParts, feed: LiveFeed) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(parts, feed),
        lifespan="on",
        http="h11",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
