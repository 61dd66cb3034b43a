"""Lets an id within a path hold slashes: one that was sent as %2F does not divide the path.

The server hands paths on unescaped, and a route would see two parts where one id was meant.
"""

import re
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

ESCAPED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
BEFORE_ID = re.compile(rb"/(?:actions|refunds|external-refunds)/")
"""Ids of messages need none of this: they end their path."""


class EscapedSlashes:
    """Wraps the application."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        known: Any = scope
        raw_path: bytes = known.get("raw_path", b"")
        if BEFORE_ID.search(raw_path) and ESCAPED_SLASH.search(raw_path):
            kept = ESCAPED_SLASH.sub(b"%252F", raw_path)
            known["path"] = unquote_to_bytes(kept).decode(errors="replace")
        await self._application(scope, receive, send)


def path_part(request: Request[Any, Any, Any], before: str) -> str:
    """Give the part of an order's path that follows `before`, as it was meant."""
    sent: str = request.scope["raw_path"].decode("latin-1")
    # A shop may be called as what stands before the id.
    within_order = sent.partition("/orders/")[2]
    return unquote(within_order.partition(before)[2].partition("/")[0])
