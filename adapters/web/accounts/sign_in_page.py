"""`/sign-in` and `/sign-out`: with an email address and a password, and out of this browser."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.passwords import SignInBusy
from adapters.auth.sign_in import SignInRefused
from adapters.auth.sign_in_limits import TooManyTries
from adapters.http_api.access import PUBLIC
from adapters.http_api.problems import AnyRequest
from adapters.web.accounts.alone import alone_page
from adapters.web.accounts.client import network_address
from adapters.web.accounts.cookie import session_of, sign_in, sign_out
from adapters.web.accounts.own_path import own_path
from adapters.web.accounts.refused import status_of, wait_seconds_of
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from domain.rejection import Rejection


class SignInPage(Struct, frozen=True, kw_only=True):
    """The form, and why it was refused."""

    after: str
    email: str = ""
    says: str = ""
    wait_seconds: int = 0
    provider: str = ""
    """Who else signs people in, as they call it."""


@get("/sign-in", opt=PUBLIC)
async def sign_in_page(request: AnyRequest, parts: NamedDependency[PageParts]) -> Response[Any]:
    """Ask who it is; who is signed in goes on."""
    after = own_path(request.query_params.get("after", "/"))
    if await parts.sessions.find(session_of(request)):
        return Redirect(after, status_code=303)
    return alone_page(
        request, "accounts/sign_in.html", SignInPage(after=after, provider=_provider(parts))
    )


@post("/sign-in", opt=PUBLIC)
async def sign_in_by_password(
    request: AnyRequest, parts: NamedDependency[PageParts]
) -> Response[Any]:
    """Sign in."""
    form = await read_form(request)
    page = SignInPage(
        after=own_path(form.text("after")), email=form.text("email"), provider=_provider(parts)
    )
    try:
        person_id = await parts.sign_in.by_password(
            page.email, form.untouched("password"), network_address(request)
        )
    except (SignInRefused, TooManyTries, SignInBusy) as refusal:
        return _refused(request, page, refusal)
    return await sign_in(request, parts, Redirect(page.after, status_code=303), person_id)


@post("/sign-out", opt=PUBLIC)
async def sign_out_here(request: AnyRequest, parts: NamedDependency[PageParts]) -> Response[Any]:
    """Sign out of this browser."""
    return await sign_out(request, parts, Redirect("/sign-in", status_code=303))


def _provider(parts: PageParts) -> str:
    return parts.openid.client.name if parts.openid else ""


def _refused(request: AnyRequest, page: SignInPage, refusal: Rejection) -> Response[str]:
    wait_seconds = wait_seconds_of(refusal)
    shown = replace(page, says=refusal.says, wait_seconds=wait_seconds)
    headers = {"Retry-After": str(wait_seconds)} if wait_seconds else {}
    status = status_of(refusal)
    return alone_page(request, "accounts/sign_in.html", shown, status=status, headers=headers)
