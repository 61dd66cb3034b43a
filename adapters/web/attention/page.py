"""`/shops/{shop}/orders?tab=attention`: the orders that need attention, and beside them one order."""

from http import HTTPStatus

from litestar import Response
from msgspec import Struct

from adapters.web.attention.list_view import AttentionView, read_attention_list
from adapters.web.panel.panel_view import PanelView
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit
from domain.identifiers import OrderId


class AttentionPage(Struct, frozen=True, kw_only=True):
    """The tab, and the order that is open."""

    list: AttentionView
    panel: PanelView | None


async def show_attention(
    parts: PageParts,
    visit: Visit,
    opened: OrderId | None = None,
    panel: PanelView | None = None,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    """Show the tab; a script asks for its work or its results alone."""
    listed = await read_attention_list(parts, visit, opened)
    if visit.region is Region.RESULTS:
        return part(visit, "attention/results.html", listed, status=status)
    view = AttentionPage(list=listed, panel=panel)
    if visit.region is Region.WORK:
        return part(visit, "attention/work.html", view, status=status)
    title = "Requires attention"
    return await full_page(
        parts, visit, "attention/page.html", view, title=title, current="orders", status=status
    )
