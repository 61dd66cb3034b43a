"""`/sign-in/link/{secret}`: signs in once whoever opens it first.

The rule to know: elsewhere a button does it, so that no preview in a mail or a chat uses a link up.
On this machine, where whoever started the ledger opens it, the link does it by itself.
"""

from http import HTTPStatus
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from adapters.http_api.access import PUBLIC
from adapters.http_api.problems import AnyRequest
from adapters.web.accounts.alone import alone_page
from adapters.web.accounts.client import is_on_this_machine
from adapters.web.accounts.cookie import session_of, sign_in
from adapters.web.accounts.own_path import own_path
from adapters.web.parts import PageParts

CHOOSING_PATH = "/account/password"


class LinkPage(Struct, frozen=True, kw_only=True):
    """A link that was opened; what is used up says so."""

    is_used: bool


@get("/sign-in/link/{secret:str}", opt=PUBLIC)
async def link_page(
    request: AnyRequest, parts: NamedDependency[PageParts], secret: FromPath[str]
) -> Response[Any]:
    """Ask for the press of a button; who is signed in as this person goes on."""
    visitor = await parts.sessions.find(session_of(request))
    if visitor and visitor.person_id == await parts.sign_in_links.whose(secret):
        return Redirect(_after(request), status_code=303)
    if is_on_this_machine(request) and _is_opened_by_hand(request):
        return await _use(request, parts, secret, _after(request))
    return alone_page(request, "accounts/link.html", LinkPage(is_used=False))


@post("/sign-in/link/{secret:str}", opt=PUBLIC)
async def use_link(
    request: AnyRequest, parts: NamedDependency[PageParts], secret: FromPath[str]
) -> Response[Any]:
    """Sign in whose link it is, and let them choose a password."""
    return await _use(request, parts, secret, CHOOSING_PATH)


async def _use(request: AnyRequest, parts: PageParts, secret: str, after: str) -> Response[Any]:
    person_id = await parts.sign_in_links.use(secret)
    if person_id is None:
        page = LinkPage(is_used=True)
        return alone_page(request, "accounts/link.html", page, status=HTTPStatus.GONE)
    answer = Redirect(after, status_code=303)
    return await sign_in(request, parts, answer, person_id, is_by_link=True)


def _after(request: AnyRequest) -> str:
    return own_path(request.query_params.get("after", "/"))


def _is_opened_by_hand(request: AnyRequest) -> bool:
    """Say whether a person typed or clicked it outside of any page: no other site, no prefetch."""
    is_from_nowhere = request.headers.get("sec-fetch-site", "none") == "none"
    return is_from_nowhere and "sec-purpose" not in request.headers
