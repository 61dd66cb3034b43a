"""`GET /orders`: the orders table, filtered, page by page."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.parameters import (
    LIMIT_DEFAULT,
    CursorParameter,
    LimitParameter,
    MinPositionParameter,
    moment,
    text,
)
from adapters.http_api.parts import ApiParts
from adapters.reading.order_rows import OrderPage, read_page
from domain.identifiers import ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.orders.filter import OrderFilter


async def filter_orders(
    *,
    shop_id: NamedDependency[ShopId],
    number: Annotated[str | None, text("The whole order number.")] = None,
    email: Annotated[str | None, text("Any part of the customer's email.")] = None,
    first_name: Annotated[str | None, text("The beginning of the first name.")] = None,
    last_name: Annotated[str | None, text("The beginning of the last name.")] = None,
    status: Annotated[OrderStatus | None, QueryParameter(description="The status shown.")] = None,
    payment_status: Annotated[
        PaymentStatus | None, QueryParameter(description="Where the order's money stands.")
    ] = None,
    source: Annotated[str | None, text("The checkout link's source, whole.", 500)] = None,
    tag: Annotated[str | None, text("One of the checkout link's tags, whole.", 500)] = None,
    discount_code: Annotated[str | None, text("A discount code used, whole.")] = None,
    created_from: Annotated[datetime | None, moment("Created at this time or later.")] = None,
    created_to: Annotated[datetime | None, moment("Created before this time.")] = None,
    attention: Annotated[
        bool | None, QueryParameter(description="Only those that need attention, or do not.")
    ] = None,
    q: Annotated[
        str | None, text("A whole number, a part of the email, or the beginning of a name.")
    ] = None,
) -> OrderFilter:
    """Say which orders are asked for."""
    return OrderFilter(
        shop=shop_id,
        number=number,
        email=email,
        first_name=first_name,
        last_name=last_name,
        status=(status,) if status else (),
        payment_status=(payment_status,) if payment_status else (),
        source=source,
        tag=tag,
        discount_code=discount_code,
        created_from=created_from,
        created_to=created_to,
        attention=attention,
        q=q,
    )


@get(
    "/orders",
    operation_id="listOrders",
    summary="The orders table",
    tags=["orders"],
    responses=keyed_problems(),
    opt=needs(Permission.SEE),
)
async def orders_list(
    parts: NamedDependency[ApiParts],
    order_filter: NamedDependency[OrderFilter],
    limit: LimitParameter = LIMIT_DEFAULT,
    cursor: CursorParameter = None,
    min_position: MinPositionParameter = 0,
) -> OrderPage:
    """Give the orders that meet every filter, newest first, and how many they are."""
    await catch_up(parts, min_position)
    return await read_page(
        parts.pool, parts.shop_settings, order_filter, utc_now(), limit=limit, cursor=cursor
    )
