"""A payment provider of the tests' own: real HTTP, its own ledger of money, a door to hold shut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from processors.refund_provider import InProgress, NotKnown, Returned, Standing, TransferTask

KEY_HEADER = "idempotency-key"
AMOUNT_HEADER = "amount"


class Bank:
    """Pays back what is posted: once per key if it knows keys, else each time."""

    def __init__(self, *, knows_keys: bool) -> None:
        self.knows_keys = knows_keys
        self.paid: list[tuple[str, int]] = []
        """What it paid back: key and amount, each time."""
        self.asked: list[str] = []
        self.looks: list[str] = []
        self.came = asyncio.Event()
        self.door = asyncio.Event()
        self.door.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which makes one call."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        fields = {name: value.strip() for name, _, value in (line.partition(":") for line in head)}
        is_post, key = head[0].startswith("post"), fields[KEY_HEADER]
        (self.asked if is_post else self.looks).append(key)
        if is_post and not (self.knows_keys and self._has_paid(key)):
            self.paid.append((key, int(fields[AMOUNT_HEADER])))
        self.came.set()
        await self.door.wait()
        status = "200 OK" if self._has_paid(key) else "404 Not Found"
        writer.write(
            f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        writer.close()

    def _has_paid(self, key: str) -> bool:
        return key in [paid for paid, _ in self.paid]


@asynccontextmanager
async def open_bank(*, knows_keys: bool = True) -> AsyncIterator[Bank]:
    bank = Bank(knows_keys=knows_keys)
    server = await asyncio.start_server(bank.serve, "127.0.0.1", 0)
    bank.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield bank
        bank.door.set()


class BankProvider:
    """The port, over a bank's HTTP; without a look-up, as a provider that documents none."""

    def __init__(self, url: str, *, can_look: bool = True) -> None:
        self._url = url
        self._can_look = can_look

    async def refund(self, task: TransferTask) -> Standing:
        """Post the transfer."""
        headers = {AMOUNT_HEADER: str(task.transfer.amount.amount)}
        try:
            await self._called("POST", task, headers)
        except httpx2.ConnectError:
            return NotKnown(code="connection_refused", was_asked=False)
        except httpx2.HTTPError:
            return NotKnown(code="connection_lost")
        return Returned(reference=f"re-{task.transfer.key}")

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Ask for the transfer's key."""
        if not self._can_look:
            return NotKnown(code="not_found_by_stamp")
        try:
            is_known = await self._called("GET", task, {})
        except httpx2.HTTPError:
            return NotKnown(code="connection_lost")
        return Returned(reference=f"re-{task.transfer.key}") if is_known else None

    async def _called(self, method: str, task: TransferTask, headers: dict[str, str]) -> bool:
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
            key = {KEY_HEADER: task.transfer.key}
            answer = await client.request(method, self._url, headers=headers | key)
        return answer.status_code == httpx2.codes.OK


class Saying:
    """A provider that says what it is told to, and notes what it was asked."""

    def __init__(
        self,
        refund: Standing | None = None,
        look_up: Standing | Exception | None = None,
        error: BaseException | None = None,
    ) -> None:
        self.says = refund or InProgress(reference="re-1")
        self.finds = look_up
        self.error = error
        self.asked: list[str] = []
        self.looked: list[str] = []

    async def refund(self, task: TransferTask) -> Standing:
        """Answer at once."""
        self.asked.append(task.transfer.key)
        if self.error is not None:
            raise self.error
        return self.says

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Answer at once."""
        self.looked.append(task.transfer.key)
        if isinstance(self.finds, Exception):
            raise self.finds
        return self.finds
