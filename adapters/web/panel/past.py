"""`/shops/{shop}/orders/{id}/at/{version}`: the order as it was after one of its facts."""

from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.web.orders.page import beside_list
from adapters.web.panel.panel_view import PanelView, read_panel
from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import part
from adapters.web.visit import Visit
from domain.identifiers import OrderId


@get("/orders/{order_id:uuid}/at/{version:int}", opt=needs(Permission.SEE))
async def past_page(
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    version: FromPath[int],
) -> Response[str]:
    """Show the order beside the list, what the fact changed marked."""
    return await panel_answer(
        parts, visit, await read_panel(parts, visit, OrderId(order_id), version)
    )


async def panel_answer(
    parts: PageParts, visit: Visit, panel: PanelView, status: int = HTTPStatus.OK
) -> Response[str]:
    """Answer with a panel: alone to a script that asks for it, else beside the list."""
    if visit.region in (Region.PANEL, Region.DIALOG):
        headers = {REGION_HEADER: Region.PANEL.value}
        return part(visit, "panel/panel.html", panel, status=status, headers=headers)
    return await beside_list(parts, visit, panel, status)
