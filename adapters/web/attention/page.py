"""`/shops/{shop}/orders?tab=attention`: the orders that need attention, and beside them one order."""

from litestar import Response
from msgspec import Struct

from adapters.web.attention.list_view import AttentionView, read_attention_list
from adapters.web.panel.panel_view import PanelView
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit


class AttentionPage(Struct, frozen=True, kw_only=True):
    """The tab, and the order that is open."""

    list: AttentionView
    panel: PanelView | None


async def show_attention(
    parts: PageParts, visit: Visit, panel: PanelView | None = None
) -> Response[str]:
    """Show the tab; a script asks for its work or its results alone."""
    open_id = panel.order.order_id if panel else None
    listed = await read_attention_list(parts, visit, open_id)
    if visit.region is Region.RESULTS:
        return part(visit, "attention/results.html", listed)
    view = AttentionPage(list=listed, panel=panel)
    if visit.region is Region.WORK:
        return part(visit, "attention/work.html", view)
    return await full_page(
        parts, visit, "attention/page.html", view, title="Requires attention", current="orders"
    )
