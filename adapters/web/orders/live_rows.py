"""`GET /orders/rows?id=…&id=…`: some rows of the list as they are now, to be put in place.

The rule to know: an order that does not meet the list's filters has a row too, which says so; one
that is not shown yet says by `data-created` whether it belongs above the first row.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.reading.order_pages import Orders
from adapters.reading.order_rows import ListedOrder
from adapters.web.attention.address import is_attention
from adapters.web.attention.page import show_attention_rows
from adapters.web.forms import order_ids_in
from adapters.web.orders.list_view import PAGE_ROWS, query_of_visit
from adapters.web.orders.rows import RowView, row_view
from adapters.web.parts import PageParts
from adapters.web.rendering import part
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.orders.filter import OrderFilter

IDS_MAX = 2 * PAGE_ROWS
ID = "id"


class LiveRows(Struct, frozen=True, kw_only=True):
    """The orders that were named, as they are now."""

    rows: tuple[RowView, ...]


@get("/orders/rows", opt=needs(Permission.SEE))
async def orders_rows(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the rows of these orders, and which of them do not meet the filters."""
    named = order_ids_in(value for name, value in parse_qsl(visit.query) if name == ID)[:IDS_MAX]
    if is_attention(visit):
        return await show_attention_rows(parts, visit, named)
    list_query = "&".join(said for said in visit.query.split("&") if not said.startswith(f"{ID}="))
    wanted = query_of_visit(visit).filter
    listed = {order.order_id for order in await _named(parts, wanted, named)}
    rows = tuple(
        replace(row_view(order, visit, list_query, None), is_gone=order.order_id not in listed)
        for order in await _named(parts, OrderFilter(shop=visit.shop), named)
    )
    return part(visit, "orders/rows.html", LiveRows(rows=rows))


async def _named(
    parts: PageParts, wanted: OrderFilter, order_ids: Sequence[OrderId]
) -> tuple[ListedOrder, ...]:
    return await Orders(parts.pool, parts.shop_settings, wanted, utc_now()).named(order_ids)
