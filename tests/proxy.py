"""A TCP proxy that cuts connections at an exact message: the faults of the network, on demand.

Arm it with bytes that stand in the request to be hit; it cuts once, and says so by `was_cut`.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from enum import Enum
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit, urlunsplit

CHUNK_BYTES = 65_536


class Cut(Enum):
    """At which moment the connection breaks."""

    BEFORE_REQUEST = "the server never sees the request"
    AFTER_REQUEST = "the server has the request, the client does not wait for the answer"
    AT_REPLY = "the server has answered, the client never sees it"


class Armed(NamedTuple):
    marker: bytes
    cut: Cut


class Proxy:
    """Stands before the server of a URL; use as an async context manager."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._armed: Armed | None = None
        self._clients: set[StreamWriter] = set()
        self.was_cut = asyncio.Event()

    @property
    def url(self) -> str:
        """The server's URL, through the proxy."""
        login = self._parts.netloc.rpartition("@")[0]
        host, port = self._server.sockets[0].getsockname()
        return urlunsplit(self._parts._replace(netloc=f"{login}@{host}:{port}".lstrip("@")))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.refuse()
        self.cut_all()

    def refuse(self) -> None:
        """Take no new connections any more."""
        self._server.close()

    def arm(self, marker: bytes, cut: Cut) -> None:
        """Cut the connection of the next request that contains `marker`."""
        self._armed = Armed(marker, cut)
        self.was_cut.clear()

    def cut_all(self) -> None:
        """Cut every connection now."""
        for client in self._clients:
            client.transport.abort()

    async def _serve(self, reader: StreamReader, client: StreamWriter) -> None:
        self._clients.add(client)
        replies, server = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        is_reply_cut = asyncio.Event()
        backwards = asyncio.create_task(self._carry_replies(replies, client, is_reply_cut))
        try:
            await self._carry_requests(reader, client, server, is_reply_cut)
        finally:
            server.close()
            await backwards
            self._clients.discard(client)
            client.close()

    async def _carry_requests(
        self, reader: StreamReader, client: StreamWriter, server: StreamWriter, cut: asyncio.Event
    ) -> None:
        while chunk := await _read(reader):
            hit = self._armed if self._armed and self._armed.marker in chunk else None
            if hit:
                self._armed = None
            if hit and hit.cut is Cut.AT_REPLY:
                cut.set()
            if not (hit and hit.cut is Cut.BEFORE_REQUEST):
                server.write(chunk)
                await server.drain()
            if hit and hit.cut is not Cut.AT_REPLY:
                self._break(client)
                return

    async def _carry_replies(
        self, replies: StreamReader, client: StreamWriter, cut: asyncio.Event
    ) -> None:
        while chunk := await _read(replies):
            if cut.is_set():
                self._break(client)
            if not client.is_closing():
                client.write(chunk)
        client.close()

    def _break(self, client: StreamWriter) -> None:
        client.transport.abort()
        self.was_cut.set()


async def _read(reader: StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK_BYTES)
    except ConnectionError:
        return b""
