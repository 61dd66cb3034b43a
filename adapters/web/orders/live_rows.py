"""`GET /orders/rows?id=…&id=…`: some rows of the list as they are now, to be put in place.

The rule to know: an order that no longer meets the list's filters is named in `data-gone`; one that
is not shown yet says by `data-created` whether it belongs above the first row.
"""

from urllib.parse import parse_qsl

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.reading.order_pages import Orders
from adapters.web.attention.address import is_attention
from adapters.web.attention.page import show_attention_rows
from adapters.web.forms import order_ids_in
from adapters.web.orders.list_view import PAGE_ROWS, query_of_visit
from adapters.web.orders.rows import RowView, row_view
from adapters.web.parts import PageParts
from adapters.web.rendering import part
from adapters.web.visit import Visit
from domain.identifiers import OrderId

IDS_MAX = 2 * PAGE_ROWS
ID = "id"


class LiveRows(Struct, frozen=True, kw_only=True):
    """What became of the orders that were named."""

    rows: tuple[RowView, ...]
    gone: tuple[OrderId, ...]


@get("/orders/rows", opt=needs(Permission.SEE))
async def orders_rows(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the rows of these orders, as far as they meet the filters."""
    named = order_ids_in(value for name, value in parse_qsl(visit.query) if name == ID)[:IDS_MAX]
    if is_attention(visit):
        return await show_attention_rows(parts, visit, named)
    list_query = "&".join(said for said in visit.query.split("&") if not said.startswith(f"{ID}="))
    orders = Orders(parts.pool, parts.shop_settings, query_of_visit(visit).filter, utc_now())
    found = await orders.named(named)
    shown = {order.order_id for order in found}
    view = LiveRows(
        rows=tuple(row_view(order, visit, list_query, None) for order in found),
        gone=tuple(order_id for order_id in named if order_id not in shown),
    )
    return part(visit, "orders/rows.html", view)
