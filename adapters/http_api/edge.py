"""The outermost layer: every answer gets the safe headers, is measured, and is logged.

Logged are the route's template, never its values, and never the query string: it may hold an email.
"""

import secrets
import time
from typing import Any

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http_api.metrics import Metrics

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
REQUEST_ID_BYTES = 8
MILLISECONDS = 1_000
KNOWN_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

_log = structlog.get_logger()


class Edge:
    """Wraps the application."""

    def __init__(self, application: ASGIApp, metrics: Metrics) -> None:
        self._application = application
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        request_id = secrets.token_hex(REQUEST_ID_BYTES)
        began = time.perf_counter()
        status = 0

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
                headers["Server-Timing"] = f"app;dur={_milliseconds(began)}"
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._application(scope, receive, send_safely)
            finally:
                self._record(scope, status, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        known: Any = scope
        method = known.get("method", "")
        method = method if method in KNOWN_METHODS else "other"
        route = known.get("path_template", "unmatched")
        self._metrics.observe_request(method, route, status, seconds)
        _log.info(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * MILLISECONDS, 1),
            key_id=getattr(known.get("user"), "key_id", None),
        )


def _milliseconds(began: float) -> float:
    """Say how long it took until the answer began (Server Timing, W3C)."""
    return round((time.perf_counter() - began) * MILLISECONDS, 1)
