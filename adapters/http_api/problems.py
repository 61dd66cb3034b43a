"""Every refusal and failure as `application/problem+json` (RFC 9457), never with internals.

A problem's `code` is stable and for programs, its `detail` a sentence for people. What broke on our
side is logged by type and place only: an error's own words may hold personal data.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from msgspec import Struct
from psycopg import OperationalError
from psycopg_pool import PoolTimeout, TooManyRequests

from adapters.commands.requests import IdempotencyKeyInvalid, IdempotencyKeyReused
from adapters.commands.rerun_refusals import CauseUnknown
from adapters.display.csv_cells import CsvFormat
from adapters.log import log_mistake
from adapters.messaging.verdicts import Outcome
from adapters.postgres.errors import JournalError
from adapters.reading.order_reader import OrderUnknown, PastUnknown
from adapters.reading.sales_report import RangeWord, RangeWrong
from domain.order.rejections import ActionUnknown, LineUnknown, RefundUnknown
from domain.order.stages import OrderStatus, PaymentStatus
from domain.rejection import Rejection
from projections.cursor import UnknownCursor
from projections.open_refunds.queries import OpenState
from projections.sales.queries import Dimension

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
ORDERS_PATH = "/orders/"
KNOWN_VALUES: Mapping[str, type[StrEnum]] = {
    "status": OrderStatus,
    "payment_status": PaymentStatus,
    "outcome": Outcome,
    "by": Dimension,
    "range": RangeWord,
    "format": CsvFormat,
    "state": OpenState,
}
"""By parameter; msgspec says only that another one is invalid."""
PARAMETER_BY_NAME: Mapping[str, str] = {
    "open_state": "state",
    "first": "from",
    "last": "to",
    "range_": "range",
    "format_": "format",
}
"""What a query calls the parameters whose names mean something else in Python or Litestar."""
CODES_BY_STATUS = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
}
NOT_JSON = "The body is not JSON in UTF-8."
DETAIL_BY_STATUS = {400: NOT_JSON}
"""Where the status's own description would mislead; nothing else of a request comes here as 400."""

_log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]


class InvalidParameter(Struct, frozen=True):
    """Which parameter was refused, and why."""

    parameter: str
    detail: str


class ProblemDetails(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that is not what was asked for."""

    title: str
    status: int
    code: str
    detail: str
    errors: tuple[InvalidParameter, ...] = ()


class HttpRejection(Rejection):
    """A refusal that only this door makes."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    headers: ClassVar[Mapping[str, str]] = {}


class InvalidQuery(HttpRejection):
    """The query string says something that we do not understand."""

    code = "invalid_parameter"


class NotFound(HttpRejection):
    """There is no such thing, or not for this caller: the two are never told apart."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class TooBusy(HttpRejection):
    """The answer would take too long just now."""

    code = "try_again"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": str(RETRY_AFTER_SECONDS)}


def problem_response(
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: tuple[InvalidParameter, ...] = (),
) -> Response[ProblemDetails]:
    """Make a problem's answer."""
    problem = ProblemDetails(
        title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, errors=errors
    )
    return Response(
        problem, status_code=status, media_type=PROBLEM_MEDIA_TYPE, headers=dict(headers or {})
    )


def status_of(rejection: Rejection) -> HTTPStatus:
    """Say as what a rejection is answered: a conflict with what is so, unless it is listed."""
    return STATUS_BY_REJECTION.get(type(rejection), HTTPStatus.CONFLICT)


def _refused(_: AnyRequest, refusal: HttpRejection) -> Response[ProblemDetails]:
    return problem_response(refusal.status, refusal.code, str(refusal), refusal.headers)


def _rejected(_: AnyRequest, rejection: Rejection) -> Response[ProblemDetails]:
    return problem_response(status_of(rejection), rejection.code, str(rejection))


def _invalid(_: AnyRequest, error: ValidationException) -> Response[ProblemDetails]:
    found = tuple(
        InvalidParameter(parameter=_parameter(extra), detail=_detail(extra))
        for extra in error.extra or ()
        if isinstance(extra, dict)
    )
    detail = "; ".join(f"{one.parameter}: {one.detail}" for one in found) or "Not understood."
    return problem_response(HTTPStatus.BAD_REQUEST, InvalidQuery.code, detail, errors=found)


def _parameter(extra: Mapping[str, Any]) -> str:
    name = str(extra.get("key", ""))
    return PARAMETER_BY_NAME.get(name, name)


def _detail(extra: Mapping[str, Any]) -> str:
    known = KNOWN_VALUES.get(_parameter(extra), ())
    choice = f". Known: {', '.join(known)}" if known else ""
    return f"{extra.get('message', '')}{choice}"


def refused_by_litestar(request: AnyRequest, error: HTTPException) -> Response[ProblemDetails]:
    """Answer what the framework refuses: no such route, a body that is too large."""
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(request, error)
    code = CODES_BY_STATUS.get(status, "invalid_request")
    detail = DETAIL_BY_STATUS.get(status) or f"{status.description or status.phrase}."
    if status == HTTPStatus.NOT_FOUND and ORDERS_PATH in request.scope["path"]:
        detail = "Order ids are UUIDs; to find an order by its number ask /orders?number="
    return problem_response(status, code, detail, error.headers)


def _not_json(_: AnyRequest, __: Exception) -> Response[ProblemDetails]:
    return problem_response(HTTPStatus.BAD_REQUEST, "invalid_request", NOT_JSON)


def _unavailable(_: AnyRequest, error: Exception) -> Response[ProblemDetails]:
    _log.warning("database_unavailable", error=type(error).__name__)
    detail = "The ledger is busy or restarting. Try again in a moment."
    return problem_response(TooBusy.status, TooBusy.code, detail, TooBusy.headers)


def _failed(_: AnyRequest, error: Exception) -> Response[ProblemDetails]:
    log_mistake("request_failed", error)
    detail = "Something broke on our side; it is logged under this answer's X-Request-Id."
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)


STATUS_BY_REJECTION: Mapping[type[Rejection], HTTPStatus] = {
    UnknownCursor: HTTPStatus.BAD_REQUEST,
    RangeWrong: HTTPStatus.BAD_REQUEST,
    OrderUnknown: HTTPStatus.NOT_FOUND,
    PastUnknown: HTTPStatus.NOT_FOUND,
    ActionUnknown: HTTPStatus.NOT_FOUND,
    RefundUnknown: HTTPStatus.NOT_FOUND,
    LineUnknown: HTTPStatus.UNPROCESSABLE_ENTITY,
    CauseUnknown: HTTPStatus.NOT_FOUND,
    IdempotencyKeyInvalid: HTTPStatus.BAD_REQUEST,
    IdempotencyKeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
}
EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HttpRejection: _refused,
    Rejection: _rejected,
    ValidationException: _invalid,
    HTTPException: refused_by_litestar,
    UnicodeDecodeError: _not_json,
    RecursionError: _not_json,
    OperationalError: _unavailable,
    PoolTimeout: _unavailable,
    TooManyRequests: _unavailable,
    JournalError: _unavailable,
    Exception: _failed,
}
