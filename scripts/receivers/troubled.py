"""Stands before the HTTP receivers and makes the trouble that is switched on.

The rule to know: what is troubled is told by the path alone; `/sandbox` itself never is.
"""

import asyncio
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

from scripts.receivers.book import Book, Effect
from scripts.receivers.dropping import drop
from scripts.receivers.paytrail_ids import paid_by
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble, Troubles

RECEIVER_BY_START = {
    "v1": Receiver.KAJABI_API,
    "api": Receiver.SYSTEME,
    "e_payments": Receiver.EPASSI,
}
"""Of those without parts, by the start of their paths."""
STATUS_BY_KIND = {Kind.ERROR: 500, Kind.THROTTLE: 429}


class Troubled:
    """An ASGI application around the receivers'."""

    def __init__(self, app: ASGIApp, troubles: Troubles, book: Book) -> None:
        self._app = app
        self._troubles = troubles
        self._book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, or let it suffer."""
        target = _target(scope["path"]) if scope["type"] == ScopeType.HTTP else None
        trouble = self._troubles.befall(*target) if target else None
        if target is None or trouble is None:
            await self._app(scope, receive, send)
        elif trouble.kind is Kind.SLOW:
            await asyncio.sleep(trouble.seconds)
            await self._app(scope, receive, send)
        elif trouble.kind is Kind.LOST:
            await self._app(scope, receive, _unheard)
            await _reset(receive)
        else:
            self._book.note(*target, "", Effect.NONE, trouble.kind)
            await _suffer(trouble, receive, send)


def _target(path: str) -> tuple[str, str] | None:
    """Tell the receiver, and the part of it, that a path belongs to."""
    match path.strip("/").split("/"):
        case ["hooks", receiver, *rest]:
            return receiver, "/".join(rest)
        case ["webhooks", "offers", offer, *_]:
            return Receiver.KAJABI, offer
        case ["payments", transaction, *_]:
            paid = paid_by(transaction)
            return Receiver.PAYTRAIL, paid.provider if paid else ""
        case ["v1", "refunds", *_]:
            return Receiver.STRIPE, ""
        case [start, *_] if start in RECEIVER_BY_START:
            return RECEIVER_BY_START[start], ""
    return None


async def _suffer(trouble: Trouble, receive: Receive, send: Send) -> None:
    status = STATUS_BY_KIND.get(trouble.kind)
    if status is not None:
        await _answer(status, trouble.seconds, send)
    elif trouble.kind is Kind.RESET:
        await _reset(receive)
    else:
        while (await receive())["type"] != "http.disconnect":
            pass


async def _answer(status: int, seconds: float, send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    if status == STATUS_BY_KIND[Kind.THROTTLE]:
        headers.append((b"retry-after", str(round(seconds)).encode()))
    start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)  # type: ignore[arg-type]  # litestar's own types of messages are wider here
    body = f'{{"error": "trouble {status} of the sandbox"}}'.encode()
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _unheard(message: Message) -> None:
    """Say it to nobody."""


async def _reset(receive: Receive) -> None:
    """Drop the line; uvicorn keeps the connection with the function that reads it."""
    cycle = getattr(receive, "__self__", None)
    assert isinstance(cycle, RequestResponseCycle)
    drop(cycle.transport)
    await asyncio.sleep(0)
