"""What a query string may say. Each parameter has a limit and a description, in one place.

What is not documented is refused: a mistyped filter must not answer with everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter
from litestar.routes import HTTPRoute

from adapters.http_api.problems import HttpRejection, InvalidQuery

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
TEXT_MAX = 254
"""The longest thing to search for is an email."""
CURSOR_MAX = 200
REFUND_ID_MAX = 1_000
"""Characters as escaped, three for each byte that is."""
HEADERS_MAX = 16_384
"""Bytes, of all headers together."""
QUERY_MAX = 16_384
"""Bytes: a selection of some hundred orders."""
POSITION_MAX = 2**63 - 1
ANY_QUERY: Mapping[str, Any] = {"takes_any_query": True}
"""The options of a route whose callers add what they like, and sign it."""
NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f]*$"
WHOLE_TEXT = r"^[^\x00-\x1f\x7f\ufffd]*$"
"""Without U+FFFD either, which stands for bytes that were not UTF-8, as lone surrogates are not."""

RefundIdParameter = Annotated[
    str,
    PathParameter(
        description="The refund's id; a slash in it is written %2F.",
        max_length=REFUND_ID_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]


class HeadersTooLong(HttpRejection):
    """The headers are longer than we read."""

    code = "headers_too_long"
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class QueryTooLong(HttpRejection):
    """The query is longer than we read: what it says stands in every link of a page."""

    code = "query_too_long"
    status = HTTPStatus.REQUEST_URI_TOO_LONG


def text(description: str, max_length: int = TEXT_MAX) -> QueryParameter:
    """Describe a parameter of free text."""
    return QueryParameter(
        description=description, min_length=1, max_length=max_length, pattern=WHOLE_TEXT
    )


@dataclass(frozen=True)
class MomentParameter(QueryParameter):
    """A parameter of a time. Litestar hands `tz` on to msgspec, which then asks for an offset."""

    tz: bool = True


def moment(description: str) -> MomentParameter:
    """Describe a parameter of a time."""
    return MomentParameter(description=f"{description} RFC 3339 with an offset.")


ShopParameter: TypeAlias = Annotated[
    str | None,
    QueryParameter(description="Which shop, for keys that reach several.", max_length=63),
]
LimitParameter: TypeAlias = Annotated[
    int, QueryParameter(description="How many at most.", ge=1, le=LIMIT_MAX)
]
CursorParameter: TypeAlias = Annotated[
    str | None, text("Where the page before ended: its `next_cursor`.", CURSOR_MAX)
]
MinPositionParameter: TypeAlias = Annotated[
    int,
    QueryParameter(
        description="Wait until the answer holds everything up to this journal position.",
        ge=0,
        le=POSITION_MAX,
    ),
]
VersionParameter: TypeAlias = Annotated[
    int | None,
    QueryParameter(description="The order as it was at this version.", ge=1, le=POSITION_MAX),
]
AsOfParameter: TypeAlias = Annotated[
    datetime | None, moment("The order as the ledger knew it at this time.")
]


async def refuse_long_requests(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Refuse a query, or headers together, that are longer than any honest request's."""
    if len(connection.scope["query_string"]) > QUERY_MAX:
        raise QueryTooLong(f"At most {QUERY_MAX} bytes of query, please.")
    if sum(len(name) + len(value) for name, value in connection.scope["headers"]) > HEADERS_MAX:
        raise HeadersTooLong(f"At most {HEADERS_MAX} bytes of headers, please.")


async def refuse_undocumented(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Refuse query parameters that the route's documentation does not name, or named twice."""
    if handler.opt.get("takes_any_query"):
        return
    known = connection.app.state.parameters_by_route.get(connection.scope["path_template"], {})
    given = [name for name, _ in connection.query_params.multi_items()]
    for name in dict.fromkeys(given):
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise InvalidQuery(f"Unknown parameter {name[:50]!r}. Known here: {names}.")
        if given.count(name) > 1 and not known[name]:
            raise InvalidQuery(f"The parameter {name!r} is given more than once.")


def document_parameters(app: Litestar) -> None:
    """Note which query parameters each route documents, and which of them may be repeated."""
    paths = app.openapi_schema.paths or {}
    app.state.parameters_by_route = {
        path_template: _query_parameters(paths[route.path_format])
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format in paths
        for path_template in (route.path, route.path_format)
    }


def _query_parameters(path: Any) -> dict[str, bool]:
    operation = path.get or path.post
    return {
        parameter.name: parameter.schema.type == "array"
        for parameter in operation.parameters or ()
        if parameter.param_in == "query"
    }
