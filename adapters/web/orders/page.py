"""`/shops/{shop}/orders`: the list of orders, and beside it one of them.

The rule to know: the list is what the query string says; the path says which order is open.
"""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.web.orders.showing import show_list, show_panel, show_results
from adapters.web.panel.panel_view import read_panel
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.visit import Visit
from domain.identifiers import OrderId


@get("/orders", opt=needs(Permission.SEE))
async def orders_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the list."""
    if visit.region is Region.RESULTS:
        return await show_results(parts, visit)
    return await show_list(parts, visit)


@get("/orders/{order_id:uuid}", opt=needs(Permission.SEE))
async def order_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], order_id: FromPath[UUID]
) -> Response[str]:
    """Show one order beside the list; a script asks for the order alone."""
    if visit.region is Region.RESULTS:
        return await show_results(parts, visit, OrderId(order_id))
    return await show_panel(parts, visit, await read_panel(parts, visit, OrderId(order_id)))
