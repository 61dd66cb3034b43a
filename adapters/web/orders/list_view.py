"""A page of the list, as it is shown."""

from typing import ClassVar

from msgspec import Struct

from adapters.clock import utc_now
from adapters.reading.order_pages import Orders
from adapters.reading.order_rows import Count
from adapters.web.orders.filters_view import FiltersView, show_filters
from adapters.web.orders.query import ListQuery, read_query
from adapters.web.orders.rows import RowView, row_view
from adapters.web.orders.unread import Unread, read_or_unread
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId

PAGE_ROWS = 50


class ListView(Struct, frozen=True, kw_only=True):
    """Rows, how many they are, and what leads on. Addresses are of this page, another query."""

    is_unread: ClassVar[bool] = False
    filters: FiltersView
    path: str
    rows: tuple[RowView, ...]
    count: Count
    older: str | None
    newer: str | None
    """Queries."""
    first: str
    """The query of the newest."""
    is_first: bool


def query_of_visit(visit: Visit) -> ListQuery:
    """Understand the visit's own query string."""
    return query_in(visit, visit.query)


def query_in(visit: Visit, query: str) -> ListQuery:
    """Understand a query string, by the days of the visit's shop."""
    return read_query(query, visit.shop, visit.formats.zone, visit.formats.today)


async def read_list(
    parts: PageParts, visit: Visit, opened: OrderId | None = None
) -> ListView | Unread:
    """Read the page that the query string asks for."""
    query = query_of_visit(visit)
    unread = Unread(
        filters=show_filters(query, visit.formats), path=visit.path, again=visit.address
    )
    return await read_or_unread(_read(parts, visit, query, opened), unread)


async def _read(
    parts: PageParts, visit: Visit, query: ListQuery, opened: OrderId | None
) -> ListView:
    orders = Orders(parts.pool, parts.shop_settings, query.filter, utc_now())
    walked = await orders.page(query.place, PAGE_ROWS)
    return ListView(
        filters=show_filters(query, visit.formats),
        path=visit.path,
        rows=tuple(row_view(order, visit, visit.query, opened) for order in walked.orders),
        count=walked.count,
        older=query.at(after=walked.older) if walked.older else None,
        newer=query.at(before=walked.newer) if walked.newer else None,
        first=query.at(),
        is_first=walked.newer is None,
    )
