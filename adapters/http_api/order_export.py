"""`GET /orders.csv`: every order that meets the filter, streamed, for the API and the page alike.

The rule to know: who exported how many orders under which filters is logged; the values that were
looked for are not, for they may be somebody's name.
"""

from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from litestar import get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from litestar.response import Stream
from msgspec.structs import asdict

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.display.csv_cells import CsvFormat
from adapters.display.orders_csv import orders_csv
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.parameters import MinPositionParameter
from adapters.http_api.parts import ApiParts
from adapters.reading.order_pages import Orders
from adapters.reading.order_rows import ListedOrder
from projections.orders.filter import OrderFilter

CSV = "text/csv"
CSV_EXAMPLE = (
    "order_id,number,status,total,refunded,currency\r\n"
    "11111111-2222-4333-8444-555555555555,2026-1,completed,347.00,0.00,EUR\r\n"
)

_log = structlog.get_logger()


@get(
    "/orders.csv",
    operation_id="exportOrders",
    summary="The orders table as CSV",
    tags=["orders"],
    media_type=CSV,
    responses={
        200: ResponseSpec(
            data_container=str,
            generate_examples=False,
            description="One line for each order, amounts as decimals.",
            media_type=CSV,
            examples=[Example(summary="some of the columns", value=CSV_EXAMPLE)],
        )
    }
    | keyed_problems(),
    opt=needs(Permission.SEE),
)
async def orders_export(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    order_filter: NamedDependency[OrderFilter],
    format_: Annotated[
        CsvFormat,
        QueryParameter(name="format", description="`excel-fi` is as a Finnish Excel opens it."),
    ] = CsvFormat.STANDARD,
    min_position: MinPositionParameter = 0,
) -> Stream:
    """Give all orders that meet every filter, newest first, as a file for spreadsheets."""
    await catch_up(parts, min_position)
    return exported(parts, order_filter, format_, by=request.user.by)


def exported(parts: ApiParts, wanted: OrderFilter, format_: CsvFormat, *, by: str) -> Stream:
    """Answer with a file of these orders, written while it is sent."""
    now = utc_now()
    orders = Orders(parts.pool, parts.shop_settings, wanted, now)
    pages = _logged(orders.all(), wanted, by)
    name = f"orders-{wanted.shop}-{now:%Y-%m-%d}.csv"
    return Stream(
        orders_csv(pages, format_),
        media_type=CSV,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


async def _logged(
    pages: AsyncIterator[tuple[ListedOrder, ...]], wanted: OrderFilter, by: str
) -> AsyncIterator[tuple[ListedOrder, ...]]:
    filters = sorted(name for name, value in asdict(wanted).items() if value not in (None, ()))
    count, is_whole = 0, False
    try:
        async for orders in pages:
            count += len(orders)
            yield orders
        is_whole = True
    finally:
        _log.info(
            "orders_exported",
            shop=wanted.shop,
            by=by,
            filters=filters,
            orders=count,
            is_whole=is_whole,
        )
