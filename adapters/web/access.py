"""Who looks: a session's cookie, the shop in the address, and forms that come from our own pages.

The rule to know: a shop that a visitor does not belong to, and everything in it, looks exactly like
one that does not exist.
"""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler

from adapters.auth.sessions import Sessions
from adapters.auth.visitor import Visitor
from adapters.http_api.problems import HttpRejection, NotFound
from domain.identifiers import ShopId
from domain.phrase import say

SESSION_COOKIE = "session"
SIGNED_IN: Mapping[str, Any] = {"is_for_anybody_signed_in": True}
"""The options of a route of no shop that asks only for a session."""
SAFE_METHODS: Collection[str] = {"GET", "HEAD"}
OWN_SITES = frozenset({"same-origin", "none"})

PageRequest = Request[Visitor, None, State]


class NotSignedIn(HttpRejection):
    """There is no session, or it has ended."""

    code = "not_signed_in"
    status = HTTPStatus.UNAUTHORIZED


class NotAllowedHere(HttpRejection):
    """The visitor's role in this shop may not do this."""

    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN


class ForeignForm(HttpRejection):
    """The request was made by another site's page."""

    code = "foreign_form"
    status = HTTPStatus.FORBIDDEN


async def require_session(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Identify the visitor; a guard, which runs before anything else is read."""
    # A form or link of a page with such a path would lead to another site: `//` begins a host.
    if connection.scope["raw_path"].startswith(b"//"):
        raise NotFound(say("There is no such page."))
    if not _is_safe(connection) and not is_from_our_pages(connection):
        raise ForeignForm(
            say("This form was not sent from our own page. Open the page and try again.")
        )
    if handler.opt.get("is_public"):
        return
    sessions: Sessions = connection.app.state.parts.sessions
    visitor = await sessions.find(connection.cookies.get(SESSION_COOKIE, ""))
    if visitor is None:
        raise NotSignedIn(say("Sign in to see this page."))
    connection.scope["user"] = visitor


def require_permission(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Hold the visitor's role in the shop against the page's permission; the last guard."""
    if handler.opt.get("is_public") or handler.opt.get("is_for_anybody_signed_in"):
        return
    visitor: Visitor = connection.user
    shop = shop_of(connection)
    if shop not in visitor.roles:
        raise NotFound(say("There is no such page."))
    permission = handler.opt.get("permission")
    if permission is None or not visitor.may(permission, shop):
        raise NotAllowedHere(say("Your role in this shop does not let you do this."))


def shop_of(connection: ASGIConnection[Any, Any, Any, Any]) -> ShopId:
    """Say which shop the address names; "" where it names none."""
    return ShopId(str(connection.path_params.get("shop", "")))


def _is_safe(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    scope: Any = connection.scope
    return scope["method"] in SAFE_METHODS


def is_from_our_pages(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Say whether a browser sent this from a page of ours: it tells, and scripts cannot forge it.

    Every browser of today sends `Sec-Fetch-Site`; older ones send `Origin` with each form.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = connection.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == connection.headers.get("host")
