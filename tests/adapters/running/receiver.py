"""A real HTTP receiver that can be held shut, and an executor that posts to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from processors.ports import Failed, Outcome, Succeeded, Task

KEY_HEADER = "idempotency-key"


class Receiver:
    """Notes the key of every call; answers while its door is open."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.came = asyncio.Event()
        self.door = asyncio.Event()
        self.door.set()
        self.url = ""

    @property
    def effects(self) -> set[str]:
        """What took hold, for a receiver that honours keys."""
        return set(self.keys)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which makes one call."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = (line.partition(":") for line in head.lower().splitlines())
        self.keys += [value.strip() for name, _, value in lines if name == KEY_HEADER]
        self.came.set()
        await self.door.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield receiver
        receiver.door.set()


class Posting:
    """An executor of any kind that posts the run's key."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def execute(self, task: Task) -> Outcome:
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
                await client.post(self._url, headers={KEY_HEADER: task.action.key})
        except httpx2.HTTPError as problem:
            return Failed(code="connection_lost", message=str(problem), is_retryable=True)
        return Succeeded()
