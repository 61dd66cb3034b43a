"""The session's cookie: for our site alone, out of reach of scripts, by TLS but on this machine."""

from typing import Any, TypeVar

from litestar import Request, Response
from litestar.datastructures import Cookie

from adapters.auth.sessions import SESSION_LIFE
from adapters.web.access import SESSION_COOKIE

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})

ResponseT = TypeVar("ResponseT", bound=Response[Any])


def with_session(request: Request[Any, Any, Any], response: ResponseT, session: str) -> ResponseT:
    """Hand a session to the browser."""
    response.set_cookie(
        Cookie(
            key=SESSION_COOKIE,
            value=session,
            path="/",
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            secure=is_secure(request),
            samesite="lax",
        )
    )
    return response


def is_secure(request: Request[Any, Any, Any]) -> bool:
    """Say whether browsers reach us by TLS: everywhere but on this very machine."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name not in LOOPBACK_NAMES
