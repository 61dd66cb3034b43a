"""`/shops/{shop}/orders`: the list of orders, and beside it one of them.

The rule to know: the list is what the query string says; the path says which order is open.
"""

from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.web.attention.address import is_attention
from adapters.web.attention.page import show_attention, show_attention_results
from adapters.web.orders.list_view import ListView, read_list
from adapters.web.panel.panel_view import PanelView, read_panel
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import attention_count, full_page, part
from adapters.web.visit import Visit
from domain.identifiers import OrderId


class OrdersPage(Struct, frozen=True, kw_only=True):
    """The list, and the order that is open."""

    list: ListView
    panel: PanelView | None


@get("/orders", opt=needs(Permission.SEE))
async def orders_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the list."""
    return await _answer(parts, visit, None)


@get("/orders/{order_id:uuid}", opt=needs(Permission.SEE))
async def order_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], order_id: FromPath[UUID]
) -> Response[str]:
    """Show one order beside the list; a script asks for the order alone."""
    if visit.region is Region.PANEL:
        panel = await read_panel(parts, visit, OrderId(order_id))
        return part(visit, "panel/panel.html", panel)
    return await _answer(parts, visit, OrderId(order_id))


async def beside_list(
    parts: PageParts, visit: Visit, panel: PanelView | None, status: int = HTTPStatus.OK
) -> Response[str]:
    """Show the list, and beside it the order that is open."""
    if is_attention(visit):
        return await show_attention(parts, visit, panel, status)
    opened = OrderId(panel.order.order_id) if panel else None
    view = OrdersPage(list=await read_list(parts, visit, opened), panel=panel)
    if visit.region is Region.WORK:
        attention = await attention_count(parts, visit)
        return part(visit, "orders/work.html", view, status=status, attention=attention)
    return await full_page(
        parts,
        visit,
        "orders/page.html",
        view,
        title="Order management",
        current="orders",
        status=status,
    )


async def _answer(parts: PageParts, visit: Visit, opened: OrderId | None) -> Response[str]:
    if visit.region is Region.RESULTS:
        return await _results(parts, visit, opened)
    panel = await read_panel(parts, visit, opened) if opened else None
    return await beside_list(parts, visit, panel)


async def _results(parts: PageParts, visit: Visit, opened: OrderId | None) -> Response[str]:
    if is_attention(visit):
        return await show_attention_results(parts, visit)
    return part(visit, "orders/results.html", await read_list(parts, visit, opened))
