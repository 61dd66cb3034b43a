"""`GET /orders.csv`: the orders of the list's filters as a file, whatever page is shown.

The rule to know: a filter that is not understood is refused here. The list shows it with a mark; a
file would hold more than was asked for, and nobody would see it.
"""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.order_export import exported
from adapters.http_api.problems import InvalidQuery
from adapters.web.access import PageRequest
from adapters.web.forms import csv_format_in, read_form
from adapters.web.orders.list_view import query_of_visit
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.phrase import say


@get("/orders.csv", opt=needs(Permission.SEE))
async def orders_csv_file(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Stream:
    """Give all orders that meet the filters."""
    query = query_of_visit(visit)
    if query.misunderstood:
        raise InvalidQuery(
            say("A filter was not understood. Remove it from the list, then export.")
        )
    format_ = csv_format_in(await read_form(request))
    return exported(parts, query.filter, format_, by=visit.visitor.by)
