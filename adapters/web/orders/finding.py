"""`GET /orders/find`: where a search leads, by Enter: to the order of that number, else to the list.

The rule to know: it also tidies the address, so that fields left empty do not stand in it. Scripts
get the address in a header, for they must not follow it unseen.
"""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.reading.order_pages import order_numbered
from adapters.web.orders.list_view import query_of_visit
from adapters.web.orders.query import SEARCH, ListQuery
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import html_response
from adapters.web.visit import Visit

LEADS_TO_HEADER = "X-Leads-To"
OPEN = "open"
"""Said by the search's own button: an order of exactly this number is wanted."""


@get("/orders/find", opt=needs(Permission.SEE))
async def find_orders(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Lead on to what was searched for."""
    query = query_of_visit(visit)
    address = await _address(parts, visit, query)
    if visit.region is Region.PAGE:
        return Redirect(address, status_code=303)
    return html_response("", headers={LEADS_TO_HEADER: address})


async def _address(parts: PageParts, visit: Visit, query: ListQuery) -> str:
    searched = query.text(SEARCH)
    found = None
    if searched and OPEN in dict(parse_qsl(visit.query)):
        found = await order_numbered(
            parts.pool, parts.shop_settings, visit.shop, searched, utc_now()
        )
    path = f"/orders/{found}" if found else "/orders"
    after = f"?{query.at()}" if query.terms else ""
    return visit.url(f"{path}{after}")
