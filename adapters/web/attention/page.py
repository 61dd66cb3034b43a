"""`/shops/{shop}/orders?tab=attention`: the orders that need attention, and beside them one order.

The rule to know: a script that asks for the tab's work gets it without the frame around it.
"""

from collections.abc import Sequence
from http import HTTPStatus

from litestar import Response
from msgspec import Struct

from adapters.web.attention.address import address_of
from adapters.web.attention.list_view import AttentionView, list_path, read_attention_list
from adapters.web.attention.rows import read_attention_rows
from adapters.web.orders.filters_view import show_filters
from adapters.web.orders.unread import Unread, read_or_unread
from adapters.web.panel.panel_view import PanelView
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit
from domain.identifiers import OrderId


class AttentionPage(Struct, frozen=True, kw_only=True):
    """The tab, and the order that is open."""

    list: AttentionView | Unread
    panel: PanelView | None


async def show_attention(
    parts: PageParts, visit: Visit, panel: PanelView | None, status: int = HTTPStatus.OK
) -> Response[str]:
    """Show the tab, and beside it the order that is open; a script asks for its work alone."""
    opened = OrderId(panel.order.order_id) if panel else None
    listed = await _list_or_unread(parts, visit, opened)
    view = AttentionPage(list=listed, panel=panel)
    if visit.region is Region.WORK:
        attention = 0 if isinstance(listed, Unread) else listed.attention
        return part(visit, "attention/work.html", view, status=status, attention=attention)
    return await full_page(
        parts,
        visit,
        "attention/page.html",
        view,
        title="Requires attention",
        current="orders",
        status=status,
    )


async def show_attention_results(parts: PageParts, visit: Visit) -> Response[str]:
    """Show the tab's causes and rows alone."""
    return part(visit, "attention/results.html", await _list_or_unread(parts, visit, None))


async def show_attention_rows(
    parts: PageParts, visit: Visit, order_ids: Sequence[OrderId]
) -> Response[str]:
    """Show these rows alone, to be put in place of those shown."""
    rows = await read_attention_rows(parts, visit, order_ids)
    return part(visit, "attention/patch.html", rows)


async def _list_or_unread(
    parts: PageParts, visit: Visit, opened: OrderId | None
) -> AttentionView | Unread:
    address = address_of(visit)
    unread = Unread(
        filters=show_filters(address.understood(visit), visit.formats),
        path=list_path(visit),
        again=visit.url(f"/orders?{address.query}"),
    )
    return await read_or_unread(read_attention_list(parts, visit, opened), unread)
