"""Tells a merchant what happened at Stripe: signed, as often and in whatever order it is told to.

Source: https://docs.stripe.com/webhooks. The rule to know: nothing waits for it; a merchant who is
away is told again only when the sandbox is asked to.
"""

import asyncio
import hmac
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import msgspec
from msgspec import Struct

ANSWER_SECONDS_MAX = 10.0
SECRET = "whsec_the-sandbox-signs-with-this"  # noqa: S105 - made up, for a double


class Event(Struct, kw_only=True):
    """One event, and how its deliveries were answered."""

    id: str
    type: str
    created: int
    content: dict[str, Any]
    answers: list[str] = []

    def body(self) -> bytes:
        """Write it as Stripe does."""
        return msgspec.json.encode(
            {
                "id": self.id,
                "object": "event",
                "type": self.type,
                "created": self.created,
                "data": {"object": self.content},
            }
        )


class Webhooks:
    """The events of the account, told or not; one process, one event loop."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.url = ""
        """Where they are told; empty while nobody listens."""
        self.times = 1
        """How often each is told at once; 0 while they are held back."""
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, told: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Tell, without waiting for it."""
        made = [self._event(kind, content) for kind, content in told]
        if made and self.url and self.times:
            task = asyncio.create_task(self.deliver(made * self.times))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def deliver(self, events: Sequence[Event]) -> None:
        """Tell these, one after the other."""
        async with httpx2.AsyncClient(timeout=ANSWER_SECONDS_MAX, trust_env=False) as client:
            for event in events:
                event.answers.append(await self._answer(client, event.body()))

    async def _answer(self, client: httpx2.AsyncClient, body: bytes) -> str:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signed(body)}
        try:
            return str((await client.post(self.url, content=body, headers=headers)).status_code)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return type(error).__name__

    def _event(self, kind: str, content: dict[str, Any]) -> Event:
        event = Event(
            id=f"evt_{len(self.events) + 1:024d}",
            type=kind,
            created=int(time.time()),
            content=content,
        )
        self.events.append(event)
        return event


def signed(body: bytes, secret: str = SECRET, seconds: int | None = None) -> str:
    """Write the header that a body is signed with."""
    at = int(time.time()) if seconds is None else seconds
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, "sha256").hexdigest()
    return f"t={at},v1={digest}"
