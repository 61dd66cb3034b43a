"""A list of orders and, beside it, the one that is open: of these, what is asked for.

The rule to know: a script that asks for the panel gets it without the list being read, and the
other way round.
"""

from http import HTTPStatus

from litestar import Response
from msgspec import Struct

from adapters.web.attention.address import is_attention
from adapters.web.attention.page import show_attention, show_attention_results
from adapters.web.orders.list_view import ListView, read_list
from adapters.web.orders.unread import Unread
from adapters.web.panel.panel_view import PanelView
from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import attention_count, full_page, part
from adapters.web.visit import Visit
from domain.identifiers import OrderId


class OrdersPage(Struct, frozen=True, kw_only=True):
    """The list, and the order that is open."""

    list: ListView | Unread
    panel: PanelView | None


async def show_panel(
    parts: PageParts, visit: Visit, panel: PanelView, status: int = HTTPStatus.OK
) -> Response[str]:
    """Show an order: alone to a script that asks for it, else beside the list."""
    if visit.region in {Region.PANEL, Region.DIALOG}:
        headers = {REGION_HEADER: Region.PANEL.value}
        return part(visit, "panel/panel.html", panel, status=status, headers=headers)
    return await show_list(parts, visit, panel, status)


async def show_list(
    parts: PageParts,
    visit: Visit,
    panel: PanelView | None = None,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    """Show the list that the address asks for, and the panel beside it if there is one."""
    if is_attention(visit):
        return await show_attention(parts, visit, panel, status)
    opened = OrderId(panel.order.order_id) if panel else None
    view = OrdersPage(list=await read_list(parts, visit, opened), panel=panel)
    if visit.region is Region.WORK:
        attention = await attention_count(parts, visit)
        return part(visit, "orders/work.html", view, status=status, attention=attention)
    title = "Order management"
    return await full_page(
        parts, visit, "orders/page.html", view, title=title, current="orders", status=status
    )


async def show_results(
    parts: PageParts, visit: Visit, opened: OrderId | None = None
) -> Response[str]:
    """Show the rows alone, that of the open order marked."""
    if is_attention(visit):
        return await show_attention_results(parts, visit)
    return part(visit, "orders/results.html", await read_list(parts, visit, opened))
