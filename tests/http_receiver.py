"""A real HTTP receiver on loopback that answers well or gets into trouble, as it is told.

It notes every request, also those that it never answers.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct

STREAM_BYTES_MAX = 8 * 1024 * 1024
BACKLOG = 1_000


class Trouble(StrEnum):
    """What goes wrong, whatever the status would be."""

    NONE = "none"
    HANG = "hang"
    """Takes the request and says nothing."""
    RESET = "reset"
    """Takes the request and cuts the connection."""
    NO_HTTP = "no_http"
    """Speaks first, and another protocol."""
    SLOW_HEADERS = "slow_headers"
    """Begins the answer and never ends its headers."""
    SLOW_BODY = "slow_body"
    """Says the status and the start of the body, and never the rest."""
    CUT_BODY = "cut_body"
    HUGE_BODY = "huge_body"
    """A body without end."""


class Received(Struct, frozen=True, kw_only=True):
    """One request."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class HttpReceiver:
    """What `http_receiver` yields: tell it how to answer, and see what came."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.port = 0
        self.status = 200
        self.body = b"thanks"
        self.replies: dict[str, bytes] = {}
        """Bodies of answers 200 by method and path, where one is not enough."""
        self.headers: dict[str, str] = {}
        self.trouble = Trouble.NONE
        self.received: list[Received] = []
        self.connections = 0
        self.bytes_sent = 0
        """Of bodies without end."""
        self._transports: set[asyncio.WriteTransport] = set()
        self._is_idle = asyncio.Event()

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        """Name an address of this receiver."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        self._transports.add(writer.transport)
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            while await self._serve_one(reader, writer):
                pass
        writer.transport.abort()
        self._transports.discard(writer.transport)
        if not self._transports:
            self._is_idle.set()

    async def end(self) -> None:
        """Cut every connection off, and see it end."""
        self._is_idle.clear()
        for transport in self._transports:
            transport.abort()
        if self._transports:
            await self._is_idle.wait()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.trouble is Trouble.NO_HTTP:
            writer.write(b"220 mail.example.com ready\r\n")
            await _read(reader)
            return False
        self.received.append(await _read(reader))
        match self.trouble:
            case Trouble.HANG:
                await reader.read()
            case Trouble.SLOW_HEADERS:
                writer.write(b"HTTP/1.1 200 OK\r\nX-Slow:")
                await reader.read()
            case Trouble.SLOW_BODY | Trouble.CUT_BODY | Trouble.HUGE_BODY:
                writer.write(self._head(length=1_000_000_000) + self.body)
                await self._go_wrong(reader, writer)
            case Trouble.NONE:
                body = self._reply()
                writer.write(self._head(len(body)) + body)
                await writer.drain()
                return True
        return False

    async def _go_wrong(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.trouble is Trouble.SLOW_BODY:
            await reader.read()
        while self.trouble is Trouble.HUGE_BODY:
            writer.write(b"x" * 65_536)
            await writer.drain()
            self.bytes_sent += 65_536

    def _reply(self) -> bytes:
        if self.status != HTTPStatus.OK:
            return self.body
        asked = self.received[-1]
        path = asked.target.partition("?")[0]
        return self.replies.get(f"{asked.method} {path}", self.body)

    def _head(self, length: int) -> bytes:
        headers = {"Content-Length": str(length)} | self.headers
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{n}: {v}" for n, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def http_receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[HttpReceiver]:
    """Run a receiver on a free port; over TLS with a server's context."""
    receiver = HttpReceiver("https" if tls else "http")
    server = await asyncio.start_server(
        receiver.serve, "127.0.0.1", 0, ssl=tls, limit=STREAM_BYTES_MAX, backlog=BACKLOG
    )
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.end()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method=method, target=target, headers=headers, body=body)
