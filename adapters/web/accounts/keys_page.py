"""`/shops/{shop}/people/keys`: the keys by which programs reach the shop.

The rule to know: a key's text is shown once, in the answer to the form that issued it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from adapters.auth.keys import IssuedKey, Key
from adapters.auth.roles import Permission, Role
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.accounts.asking import Question, ask, ask_again, granted
from adapters.web.accounts.people_view import key_row, keys_of, role_named
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.rejection import Rejection

ADMINISTER = needs(Permission.ADMINISTER)
LIVES_DAYS: Sequence[int] = (30, 90, 365)
LIFE_DAYS_DEFAULT = 365


class NewKey(Struct, frozen=True, kw_only=True):
    """What was typed so far."""

    name: str = ""
    role: Role = Role.VIEWER
    days: int = LIFE_DAYS_DEFAULT
    lives_days: Sequence[int] = LIVES_DAYS


class ShownKey(Struct, frozen=True, kw_only=True):
    """A key that was issued just now."""

    name: str
    issued: IssuedKey


@get("/people/keys/new", opt=ADMINISTER)
async def ask_new_key(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Ask what a key is for."""
    return await ask(parts, visit, _issuing(NewKey()))


@post("/people/keys/new", opt=ADMINISTER)
async def issue_key(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Issue it, and show its text."""
    form = await read_form(request)
    wish = NewKey(
        name=form.text("name"), role=role_named(form.text("role")), days=_days(form.text("days"))
    )
    try:
        issued = await keys_of(parts, visit).issue(wish.name, wish.role, timedelta(days=wish.days))
    except Rejection as rejection:
        return await ask_again(parts, visit, _issuing(wish), rejection)
    shown = ShownKey(name=wish.name, issued=issued)
    return await ask(parts, visit, Question(template="accounts/shown_key.html", asked=shown))


@get("/people/keys/{key_id:str}/revoke", opt=ADMINISTER)
async def ask_revoke_key(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], key_id: FromPath[str]
) -> Response[str]:
    """Ask whether to revoke it."""
    return await ask(parts, visit, _revoking(await keys_of(parts, visit).find(key_id)))


@post("/people/keys/{key_id:str}/revoke", opt=ADMINISTER)
async def revoke_key(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], key_id: FromPath[str]
) -> Response[Any]:
    """Refuse it from now on."""
    keys = keys_of(parts, visit)
    key = await keys.find(key_id)
    try:
        await keys.revoke(key_id)
    except Rejection as rejection:
        return await ask_again(parts, visit, _revoking(key), rejection)
    _ = translations_of(visit.language).gettext
    return await granted(parts, visit, _("The key “%(name)s” is revoked.") % {"name": key.name})


def _issuing(wish: NewKey) -> Question:
    return Question(template="accounts/new_key.html", asked=wish)


def _revoking(key: Key) -> Question:
    return Question(template="accounts/revoke_key.html", asked=key_row(key))


def _days(text: str) -> int:
    return next((days for days in LIVES_DAYS if str(days) == text), LIFE_DAYS_DEFAULT)
