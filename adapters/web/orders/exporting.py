"""`GET /orders.csv`: the orders of the list's filters as a file, whatever page is shown.

The rule to know: a filter that is not understood is refused here. The list shows it with a mark; a
file would hold more than was asked for, and nobody would see it.
"""

from urllib.parse import parse_qsl

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from adapters.auth.roles import Permission
from adapters.display.csv_cells import CsvFormat
from adapters.http_api.access import needs
from adapters.http_api.order_export import exported
from adapters.http_api.problems import InvalidQuery
from adapters.web.orders.list_view import query_of_visit
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.phrase import say

FORMAT = "format"


@get("/orders.csv", opt=needs(Permission.SEE))
async def orders_csv_file(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Stream:
    """Give all orders that meet the filters."""
    query = query_of_visit(visit)
    if query.misunderstood:
        raise InvalidQuery(
            say("A filter was not understood. Remove it from the list, then export.")
        )
    format_ = dict(parse_qsl(visit.query)).get(FORMAT, CsvFormat.STANDARD)
    if format_ not in set(CsvFormat):
        raise InvalidQuery(say("There is no such format of the file."))
    return exported(parts, query.filter, CsvFormat(format_), by=visit.visitor.by)
