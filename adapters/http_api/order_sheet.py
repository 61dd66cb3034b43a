"""`GET /orders/{id}` and its history: from the journal, so always true, now or as of then."""

from http import HTTPStatus
from typing import Annotated, cast
from uuid import UUID

from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter, PathParameter

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.parameters import AsOfParameter, VersionParameter
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import InvalidQuery
from adapters.reading.order_reader import History
from domain.identifiers import OrderId, ShopId
from projections.order_view.details import OrderDetails

ETAG = ResponseHeader(
    name="ETag", value='"3"', description="The order's version, quoted.", documentation_only=True
)
NOT_MODIFIED = ResponseSpec(
    data_container=None, description="The order still has the version of If-None-Match."
)
OrderIdParameter = Annotated[UUID, PathParameter(description="The order's id, from the checkout.")]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(name="If-None-Match", description="The ETag that you have.", max_length=200),
]


@get(
    "/orders/{order_id:uuid}",
    operation_id="showOrder",
    summary="One order, now or then",
    tags=["orders"],
    response_headers=[ETAG],
    responses={int(HTTPStatus.NOT_MODIFIED): NOT_MODIFIED} | keyed_problems(),
    opt=needs(Permission.SEE),
)
async def orders_show(
    *,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
    version: VersionParameter = None,
    as_of: AsOfParameter = None,
    if_none_match: IfNoneMatch = None,
) -> Response[OrderDetails]:
    """Give everything that the order sheet shows; with `version` or `as_of`, as it was then."""
    if version is not None and as_of is not None:
        raise InvalidQuery("Give version or as_of, not both.")
    details = await parts.order_reader.sheet(
        shop_id, OrderId(order_id), version=version, as_of=as_of
    )
    headers = {"ETag": f'"{details.version}"'}
    # A deadline passes without a new version: who has an older answer must then get a new one.
    if headers["ETag"] in _etags(if_none_match) and not details.attention:
        return Response(cast(OrderDetails, None), status_code=304, headers=headers)
    return Response(details, headers=headers)


@get(
    "/orders/{order_id:uuid}/events",
    operation_id="orderHistory",
    summary="The history of an order",
    tags=["orders"],
    responses=keyed_problems(),
    opt=needs(Permission.SEE),
)
async def orders_events(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
) -> History:
    """Give every fact with who caused it, and what it changed of what people look at."""
    return await parts.order_reader.history(shop_id, OrderId(order_id))


def _etags(if_none_match: str | None) -> set[str]:
    return {etag.strip().removeprefix("W/") for etag in (if_none_match or "").split(",")}
