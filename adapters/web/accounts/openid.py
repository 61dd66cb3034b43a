"""`/sign-in/openid`: away to the organisation's own sign-in, and back with a person.

The rule to know: a person who was not added before is nobody here, whoever vouches for them.
"""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect

from adapters.auth.openid.attempt import ATTEMPT_SECONDS_MAX
from adapters.auth.openid.provider import OpenIdUnavailable
from adapters.auth.openid.signing_in import OpenIdRefused, OpenIdSignIn
from adapters.http_api.access import PUBLIC
from adapters.http_api.problems import AnyRequest, NotFound
from adapters.web.accounts.client import is_secure, origin_of
from adapters.web.accounts.cookie import sign_in
from adapters.web.accounts.own_cookie import own_cookie
from adapters.web.accounts.own_path import own_path
from adapters.web.parts import PageParts
from adapters.web.troubles import trouble_page
from domain.phrase import say

ATTEMPT_COOKIE = "sign-in"
SIGN_IN_PATH = "/sign-in/openid"
CALLBACK_PATH = f"{SIGN_IN_PATH}/callback"
TAKEN_BY_NOBODY = say(
    "You are signed in there, but nobody has added you here. Ask an admin of your shop."
)
NOT_FINISHED = say("This sign-in was not finished. Begin again.")
NOT_ANSWERING = say("Your organisation's sign-in does not answer. Try again, or use your password.")


_log = structlog.get_logger()


@get(SIGN_IN_PATH, opt=PUBLIC)
async def leave_for_provider(
    request: AnyRequest, parts: NamedDependency[PageParts]
) -> Response[Any]:
    """Send the browser away."""
    signing_in = _configured(parts)
    attempt = signing_in.attempts.begin(own_path(request.query_params.get("after", "/")))
    try:
        address = await signing_in.address(attempt, _callback(request))
    except OpenIdUnavailable as problem:
        return _unavailable(request, problem)
    answer = Redirect(address, status_code=303)
    sealed = signing_in.attempts.seal(attempt)
    answer.set_cookie(_attempt_cookie(request, sealed, ATTEMPT_SECONDS_MAX))
    return answer


@get(CALLBACK_PATH, opt=PUBLIC)
async def come_back(request: AnyRequest, parts: NamedDependency[PageParts]) -> Response[Any]:
    """Sign in who came back."""
    signing_in = _configured(parts)
    attempt = signing_in.attempts.open(request.cookies.get(ATTEMPT_COOKIE, ""))
    if attempt is None:
        return trouble_page(request, HTTPStatus.BAD_REQUEST, NOT_FINISHED)
    query = dict(request.query_params.items())
    try:
        identity = await signing_in.finish(query, attempt, _callback(request))
    except OpenIdUnavailable as problem:
        return _unavailable(request, problem)
    except OpenIdRefused as refusal:
        _log.warning("openid_refused", what=str(refusal))
        return trouble_page(request, HTTPStatus.BAD_REQUEST, NOT_FINISHED)
    person_id = await parts.identities.person_of(identity)
    if person_id is None:
        return trouble_page(request, HTTPStatus.FORBIDDEN, TAKEN_BY_NOBODY)
    answer = await sign_in(request, parts, Redirect(attempt.after, status_code=303), person_id)
    answer.set_cookie(_attempt_cookie(request, "", 0))
    return answer


def _configured(parts: PageParts) -> OpenIdSignIn:
    if parts.openid is None:
        raise NotFound(say("There is no such page."))
    return parts.openid


def _callback(request: AnyRequest) -> str:
    return f"{origin_of(request)}{CALLBACK_PATH}"


def _attempt_cookie(request: AnyRequest, value: str, seconds: int) -> Cookie:
    return own_cookie(
        ATTEMPT_COOKIE, value, seconds, is_secure=is_secure(request), path=SIGN_IN_PATH
    )


def _unavailable(request: AnyRequest, problem: OpenIdUnavailable) -> Response[str]:
    _log.warning("openid_unavailable", what=str(problem))
    return trouble_page(request, HTTPStatus.SERVICE_UNAVAILABLE, NOT_ANSWERING)
