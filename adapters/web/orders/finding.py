"""`GET /orders/find`: where a search leads, by Enter: to the order of that number, else to the list.

The rule to know: it also tidies the address, so that fields left empty do not stand in it.
"""

from urllib.parse import parse_qsl

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Redirect

from adapters.address import with_query
from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.reading.order_pages import order_numbered
from adapters.web.orders.list_view import query_of_visit
from adapters.web.orders.query import SEARCH
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId

OPEN = "open"
"""Said by the search's own button: an order of exactly this number is wanted."""


@get("/orders/find", opt=needs(Permission.SEE))
async def find_orders(parts: NamedDependency[PageParts], visit: NamedDependency[Visit]) -> Redirect:
    """Lead on to what was searched for."""
    query = query_of_visit(visit)
    found = None
    if OPEN in dict(parse_qsl(visit.query)):
        found = await _numbered(parts, visit, query.text(SEARCH))
    path = f"/orders/{found}" if found else "/orders"
    return Redirect(visit.url(with_query(path, query.at())), status_code=303)


async def _numbered(parts: PageParts, visit: Visit, number: str) -> OrderId | None:
    if not number:
        return None
    return await order_numbered(parts.pool, parts.shop_settings, visit.shop, number, utc_now())
