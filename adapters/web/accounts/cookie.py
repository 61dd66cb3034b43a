"""The session's cookie: for our site alone, out of reach of scripts, by TLS but on this machine.

The rule to know: a browser gets a new session whenever somebody signs in, and its old one ends.
"""

from typing import Any, TypeVar

from litestar import Request, Response
from litestar.datastructures import Cookie

from adapters.auth.sessions import SESSION_LIFE
from adapters.web.access import SESSION_COOKIE
from adapters.web.accounts.client import browser_name, is_on_this_machine
from adapters.web.parts import PageParts

ResponseT = TypeVar("ResponseT", bound=Response[Any])
AnyRequest = Request[Any, Any, Any]


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
    response.set_cookie(_cookie(request, session, int(SESSION_LIFE.total_seconds())))
    return response


async def sign_out(request: AnyRequest, parts: PageParts, response: ResponseT) -> ResponseT:
    """End the browser's session."""
    await parts.sessions.end(session_of(request))
    response.set_cookie(_cookie(request, "", 0))
    return response


def _cookie(request: AnyRequest, session: str, seconds: int) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=session,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=not is_on_this_machine(request),
        samesite="lax",
    )
