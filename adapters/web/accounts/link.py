"""`/sign-in/link/{secret}`: a link that signs in once, by a button, so that no preview uses it up."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from adapters.http_api.access import PUBLIC
from adapters.web.accounts.cookie import with_session
from adapters.web.parts import PageParts
from adapters.web.preferences import preferences_of
from adapters.web.rendering import html_response, render

AnyRequest = Request[Any, Any, Any]


@get("/sign-in/link/{secret:str}", opt=PUBLIC)
async def link_page(request: AnyRequest, secret: FromPath[str]) -> Response[str]:  # noqa: ARG001 - the form posts to this very address
    """Ask for the press of a button."""
    language, theme = preferences_of(request)
    return html_response(render("accounts/link.html", language, theme=theme, is_used=False))


@post("/sign-in/link/{secret:str}", opt=PUBLIC)
async def use_link(
    request: AnyRequest, parts: NamedDependency[PageParts], secret: FromPath[str]
) -> Response[Any]:
    """Sign in whose link it is."""
    person_id = await parts.sign_in_links.use(secret)
    if person_id is None:
        language, theme = preferences_of(request)
        html = render("accounts/link.html", language, theme=theme, is_used=True)
        return html_response(html, status=HTTPStatus.GONE)
    session = await parts.sessions.begin(person_id)
    return with_session(request, Redirect("/", status_code=303), session)
