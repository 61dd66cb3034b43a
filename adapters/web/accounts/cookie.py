"""The session's cookie: for our site alone, out of reach of scripts, by TLS but on this machine.

The rule to know: a browser gets a new session whenever somebody signs in, and its old one ends.
"""

from typing import Any, TypeVar

from litestar import Response

from adapters.auth.sessions import SESSION_LIFE
from adapters.http_api.problems import AnyRequest
from adapters.web.access import SESSION_COOKIE
from adapters.web.accounts.client import browser_name, is_secure
from adapters.web.accounts.own_cookie import own_cookie
from adapters.web.parts import PageParts

ResponseT = TypeVar("ResponseT", bound=Response[Any])


def session_of(request: AnyRequest) -> str:
    """Read the session that a browser shows; "" if it shows none."""
    return request.cookies.get(SESSION_COOKIE, "")


async def sign_in(
    request: AnyRequest,
    parts: PageParts,
    response: ResponseT,
    person_id: str,
    *,
    is_by_link: bool = False,
) -> ResponseT:
    """Begin a session in place of the browser's old one, and hand it over."""
    session = await parts.sessions.begin(
        person_id,
        browser=browser_name(request.headers.get("user-agent", "")),
        is_by_link=is_by_link,
        instead_of=session_of(request),
    )
    response.set_cookie(
        own_cookie(
            SESSION_COOKIE,
            session,
            int(SESSION_LIFE.total_seconds()),
            is_secure=is_secure(request),
        )
    )
    return response


async def sign_out(request: AnyRequest, parts: PageParts, response: ResponseT) -> ResponseT:
    """End the browser's session."""
    await parts.sessions.end(session_of(request))
    response.set_cookie(own_cookie(SESSION_COOKIE, "", 0, is_secure=is_secure(request)))
    return response
