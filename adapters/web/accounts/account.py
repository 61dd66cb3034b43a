"""`/account`: who one is, to which shops, where one is signed in, and one's password."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.passwords import (
    LENGTH_MAX,
    LENGTH_MIN,
    PasswordTooLong,
    PasswordTooShort,
    SignInBusy,
)
from adapters.auth.roles import Role
from adapters.auth.sessions import SignedIn
from adapters.auth.sign_in import PasswordWrong
from adapters.auth.sign_in_limits import TooManyTries
from adapters.auth.visitor import Visitor
from adapters.clock import utc_now
from adapters.shops.settings import ShopSettings
from adapters.shops.zones import zone_named
from adapters.web.access import SIGNED_IN, PageRequest
from adapters.web.accounts.alone import alone_page
from adapters.web.accounts.client import is_secure, network_address
from adapters.web.accounts.cookie import session_of, sign_in, sign_out
from adapters.web.accounts.refused import status_of, wait_seconds_of
from adapters.web.answers import led_to
from adapters.web.formats import Formats, formats_for
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.preferences import preferences_of
from adapters.web.visit import SAID_COOKIE
from adapters.web.words import translations_of
from domain.identifiers import ShopId
from domain.rejection import Rejection


class ShopOf(Struct, frozen=True, kw_only=True):
    """A shop that one belongs to."""

    shop: ShopId
    name: str
    role: Role


class PasswordForm(Struct, frozen=True, kw_only=True):
    """Asks for a new password, and says why one was refused."""

    email: str
    asks_present: bool
    length_min: int = LENGTH_MIN
    length_max: int = LENGTH_MAX
    says: str = ""
    is_about_present: bool = False
    wait_seconds: int = 0


class AccountPage(Struct, frozen=True, kw_only=True):
    """One's own account."""

    visitor: Visitor
    shops: Sequence[ShopOf]
    sessions: Sequence[SignedIn]
    password: PasswordForm
    said: str
    """What the last form left to be said."""


@get("/account", opt=SIGNED_IN)
async def account_page(request: PageRequest, parts: NamedDependency[PageParts]) -> Response[str]:
    """Show one's account."""
    return await _account(request, parts, await _password_form(request, parts))


@get("/account/password", opt=SIGNED_IN)
async def choose_password_page(
    request: PageRequest, parts: NamedDependency[PageParts]
) -> Response[str]:
    """Let whoever came by a link choose a password; it can be left for later."""
    return alone_page(request, "accounts/choose.html", await _password_form(request, parts))


@post("/account/password", opt=SIGNED_IN)
async def choose_password(request: PageRequest, parts: NamedDependency[PageParts]) -> Response[Any]:
    """Set it, and sign out everywhere but here."""
    form = await read_form(request)
    try:
        await parts.sign_in.choose_password(
            request.user,
            session_of(request),
            form.untouched("present"),
            form.untouched("password"),
            network_address(request),
        )
    except (PasswordTooShort, PasswordTooLong, PasswordWrong, TooManyTries, SignInBusy) as refusal:
        return await _refused(request, parts, form, refusal)
    _ = translations_of(preferences_of(request)[0]).gettext
    path = "/" if _is_choosing(form) else "/account"
    answer = led_to(path, _("Your password is set."), is_secure=is_secure(request))
    return await sign_in(request, parts, answer, request.user.person_id)


@post("/account/sign-out-everywhere", opt=SIGNED_IN)
async def sign_out_everywhere(
    request: PageRequest, parts: NamedDependency[PageParts]
) -> Response[Any]:
    """End all of one's sessions, this one too."""
    await parts.sessions.end_all(request.user.person_id)
    return await sign_out(request, parts, Redirect("/sign-in", status_code=303))


async def _account(
    request: PageRequest,
    parts: PageParts,
    password: PasswordForm,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    visitor = request.user
    settings_by_shop = {shop: await parts.shop_settings.get(shop) for shop in visitor.roles}
    page = AccountPage(
        visitor=visitor,
        shops=[
            ShopOf(shop=shop, name=settings.display_name, role=visitor.roles[shop])
            for shop, settings in sorted(settings_by_shop.items())
        ],
        sessions=await parts.sessions.of(visitor.person_id, session_of(request)),
        password=password,
        said=unquote(request.cookies.get(SAID_COOKIE, "")),
    )
    formats = _formats(request, next(iter(settings_by_shop.values()), ShopSettings()))
    answer = alone_page(request, "accounts/account.html", page, status=status, formats=formats)
    if page.said:
        answer.delete_cookie(SAID_COOKIE)
    return answer


def _formats(request: PageRequest, settings: ShopSettings) -> Formats:
    language, _ = preferences_of(request)
    return formats_for(language, settings.country, zone_named(settings.zone), utc_now())


async def _password_form(request: PageRequest, parts: PageParts) -> PasswordForm:
    asks = await parts.sign_in.needs_present_password(request.user, session_of(request))
    return PasswordForm(email=request.user.email, asks_present=asks)


async def _refused(
    request: PageRequest, parts: PageParts, form: Form, refusal: Rejection
) -> Response[str]:
    """Ask again, on the page where it was asked."""
    asked = await _password_form(request, parts)
    shown = replace(
        asked,
        says=refusal.says,
        is_about_present=isinstance(refusal, PasswordWrong),
        wait_seconds=wait_seconds_of(refusal),
    )
    status = status_of(refusal)
    if _is_choosing(form):
        return alone_page(request, "accounts/choose.html", shown, status=status)
    return await _account(request, parts, shown, status)


def _is_choosing(form: Form) -> bool:
    """Say whether it was asked for after a link, and not on "Your account"."""
    return form.text("page") == "choose"
