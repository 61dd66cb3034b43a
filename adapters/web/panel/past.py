"""`/shops/{shop}/orders/{id}/at/{version}`: the order as it was after one of its facts."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.web.orders.showing import show_panel
from adapters.web.panel.panel_view import read_panel
from adapters.web.parts import PageParts
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
    panel = await read_panel(parts, visit, OrderId(order_id), version)
    return await show_panel(parts, visit, panel)
