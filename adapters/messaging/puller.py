"""Messages of one durable consumer, asked for a batch ahead, so that the next one is there.

The rule to know: while messages are asked for, the server speaks at least once a heartbeat. If it
is silent for two of them the subscription counts as dead (a restarted server forgets what was
asked of it) and a new one is made; what was under way comes again.
"""

import asyncio
import json
import re
from collections import deque
from time import monotonic

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

AHEAD_MAX = 1_000
"""Messages asked for and not yet handed out."""
AHEAD_BYTES_MAX = 64 * 1_048_576
EXPIRES_SECONDS = 30.0
HEARTBEAT_SECONDS = 1.0
SILENCE_SECONDS_MAX = 2 * HEARTBEAT_SECONDS
SILENCES_MAX = 10
"""New subscriptions in a row that heard nothing: then the connection itself is to blame."""

NANOSECONDS = 1_000_000_000
NO_RESPONDERS = "503"
HEARTBEAT = "100"
DIGITS = re.compile(r"[0-9]{1,9}")
GONE = {"Consumer Deleted", "Consumer is push based"}


class BusDead(ConnectionError):
    """The connection says nothing although it counts as open: it must be made again."""


class ConsumerGone(Exception):
    """The stream or its consumer is no longer there: it must be made again."""


class Puller:
    """An endless supply of messages, each to be acknowledged by itself."""

    def __init__(self, client: Client, stream: str, consumer: str) -> None:
        self._client = client
        self._next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._arrived: deque[Msg] = deque()
        self._asked = 0
        self._news = asyncio.Event()
        self._heard_at = 0.0
        self.heard_at = float("-inf")
        """When the server last spoke, to anybody who asks whether we are deaf."""
        self._silences = 0
        self._is_gone = False

    async def batch(self, size_max: int, wait_seconds: float) -> list[Msg]:
        """Give what is there, at most `size_max`; wait a while when nothing is."""
        self._news.clear()
        await self._ask()
        if not self._arrived:
            await self._wait(wait_seconds)
        size = min(size_max, len(self._arrived))
        messages = [self._arrived.popleft() for _ in range(size)]
        await self._ask()
        return messages

    async def close(self) -> None:
        """Stop asking; what was not handed out comes again to somebody else."""
        if self._subscription is not None and not self._client.is_closed:
            await self._subscription.unsubscribe()
        self._subscription = None

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _ask(self) -> None:
        if self._is_gone:
            raise ConsumerGone(self._next_subject)
        if not self._client.is_connected:
            return
        if self._subscription is None or self._is_silent():
            await self._begin()
        wanted = AHEAD_MAX - self._asked - len(self._arrived)
        if wanted < AHEAD_MAX // 2:
            return
        request = {
            "batch": wanted,
            "max_bytes": AHEAD_BYTES_MAX,
            "expires": int(EXPIRES_SECONDS * NANOSECONDS),
            "idle_heartbeat": int(HEARTBEAT_SECONDS * NANOSECONDS),
        }
        self._asked += wanted
        self._heard_at = monotonic()
        await self._client.publish(self._next_subject, json.dumps(request).encode(), self._inbox)

    def _is_silent(self) -> bool:
        return self._asked > 0 and monotonic() - self._heard_at > SILENCE_SECONDS_MAX

    async def _begin(self) -> None:
        self._silences += 1
        if self._silences > SILENCES_MAX:
            raise BusDead(f"silent over {SILENCES_MAX} subscriptions")
        await self.close()
        self._asked = 0
        self._inbox = self._client.new_inbox()
        self._subscription = await self._client.subscribe(self._inbox, cb=self._hear)

    async def _hear(self, message: Msg) -> None:
        """Tell messages by their reply subject: a publisher may set any header, `Status` too."""
        self._heard_at = self.heard_at = monotonic()
        self._silences = 0
        if message.reply:
            self._asked -= 1
            self._arrived.append(message)
        else:
            self._hear_status(message.headers or {})
        self._news.set()

    def _hear_status(self, headers: dict[str, str]) -> None:
        """Count what one request will no longer bring."""
        status = headers.get("Status", "")
        if status == HEARTBEAT:
            return
        self._is_gone = status == NO_RESPONDERS or headers.get("Description") in GONE
        pending = headers.get("Nats-Pending-Messages", "")
        self._asked -= int(pending) if DIGITS.fullmatch(pending) else self._asked
