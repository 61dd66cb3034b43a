"""`/display`: in which language, and light or dark; kept in cookies of the browser."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect

from adapters.http_api.access import PUBLIC
from adapters.http_api.problems import AnyRequest
from adapters.web.accounts.client import is_secure
from adapters.web.accounts.own_cookie import own_cookie
from adapters.web.accounts.own_path import own_path
from adapters.web.forms import read_form
from adapters.web.preferences import LANGUAGE_COOKIE, THEME_COOKIE, Theme
from adapters.web.words import LanguageTag

KEPT_SECONDS = 365 * 24 * 3_600
VALUES_BY_COOKIE = {LANGUAGE_COOKIE: frozenset(LanguageTag), THEME_COOKIE: frozenset(Theme)}
"""A form's field is called as its cookie."""


@post("/display", opt=PUBLIC)
async def choose_display(request: AnyRequest) -> Response[Any]:
    """Keep what was chosen, and lead back to where it was."""
    form = await read_form(request)
    answer = Redirect(own_path(form.text("back")), status_code=303)
    for name, values in VALUES_BY_COOKIE.items():
        if form.text(name) in values:
            kept = own_cookie(name, form.text(name), KEPT_SECONDS, is_secure=is_secure(request))
            answer.set_cookie(kept)
    return answer
