"""What a person sees when a page cannot be shown: what happened, and what to do next.

What broke on our side is logged by type and place only: an error's own words may hold personal data.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from msgspec import Struct
from psycopg import OperationalError
from psycopg_pool import PoolTimeout, TooManyRequests

from adapters.address import with_query
from adapters.http_api.problems import AnyRequest, HttpRejection, status_of
from adapters.log import log_mistake
from adapters.postgres.errors import JournalError
from adapters.web.access import NotSignedIn
from adapters.web.accounts.own_path import own_path
from adapters.web.preferences import preferences_of
from adapters.web.regions import REGION_HEADER
from adapters.web.rendering import html_response, page_without_reading, render
from adapters.web.saying import said
from adapters.web.visit import visit_of
from domain.phrase import say
from domain.rejection import Rejection

NOT_UNDERSTOOD = say("This address was not understood.")

_log = structlog.get_logger()


class Trouble(Struct, frozen=True, kw_only=True):
    """What happened, and where."""

    status: int
    says: str
    path: str


def trouble_page(request: AnyRequest, status: int, says: str) -> Response[str]:
    """Answer with a page, within the shop if it was reached; or with a region, to a script."""
    language, theme = preferences_of(request)
    path = own_path(request.scope["raw_path"].decode("latin-1"))
    trouble = Trouble(status=int(status), says=said(says, language), path=path)
    visit = visit_of(request)
    if REGION_HEADER in request.headers:
        template = "layout/trouble_part.html"
    elif visit is None:
        template = "layout/trouble.html"
    else:
        return page_without_reading(
            visit, "layout/trouble_in_shop.html", trouble, title="This did not work", status=status
        )
    return html_response(render(template, language, theme=theme, view=trouble), status=status)


def _not_signed_in(request: AnyRequest, refusal: NotSignedIn) -> Response[Any]:
    if REGION_HEADER in request.headers or request.method != "GET":
        return trouble_page(request, refusal.status, refusal.says)
    after = quote(with_query(request.url.path, request.url.query), safe="")
    return Redirect(f"/sign-in?after={after}", status_code=303)


def _refused(request: AnyRequest, refusal: HttpRejection) -> Response[str]:
    return trouble_page(request, refusal.status, refusal.says)


def _rejected(request: AnyRequest, rejection: Rejection) -> Response[str]:
    return trouble_page(request, status_of(rejection), rejection.says)


def page_refused_by_litestar(request: AnyRequest, error: HTTPException) -> Response[str]:
    """Answer what the framework refuses: no such page, an address that is not understood."""
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(request, error)
    says = say("There is no such page.") if status == HTTPStatus.NOT_FOUND else NOT_UNDERSTOOD
    return trouble_page(request, status, says)


def _not_read(request: AnyRequest, error: UnicodeDecodeError) -> Response[str]:
    del error
    return trouble_page(request, HTTPStatus.BAD_REQUEST, NOT_UNDERSTOOD)


def _unavailable(request: AnyRequest, error: Exception) -> Response[str]:
    _log.warning("database_unavailable", error=type(error).__name__)
    says = say("The ledger is busy or restarting. Try again in a moment.")
    return trouble_page(request, HTTPStatus.SERVICE_UNAVAILABLE, says)


def _failed(request: AnyRequest, error: Exception) -> Response[str]:
    log_mistake("page_failed", error)
    says = say(
        "Something broke on our side, and is logged. "
        "Nothing was done that you did not see confirmed."
    )
    return trouble_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, says)


PAGE_EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    NotSignedIn: _not_signed_in,
    HttpRejection: _refused,
    Rejection: _rejected,
    ValidationException: page_refused_by_litestar,
    HTTPException: page_refused_by_litestar,
    UnicodeDecodeError: _not_read,
    OperationalError: _unavailable,
    PoolTimeout: _unavailable,
    TooManyRequests: _unavailable,
    JournalError: _unavailable,
    Exception: _failed,
}
