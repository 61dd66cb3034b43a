"""A page of the list, as it is shown.

The rule to know: a list that cannot be read is a sentence in its place; all around it stands.
"""

import structlog
from msgspec import Struct

from adapters.clock import utc_now
from adapters.postgres.errors import UNAVAILABLE
from adapters.reading.order_pages import Orders, Walked
from adapters.reading.order_rows import Count
from adapters.web.orders.filters_view import FiltersView, show_filters
from adapters.web.orders.query import ListQuery, read_query
from adapters.web.orders.rows import RowView, row_view
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId

PAGE_ROWS = 50

_log = structlog.get_logger()


class ListView(Struct, frozen=True, kw_only=True):
    """Rows, how many they are, and what leads on. Addresses are of this page, another query."""

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
    is_unread: bool = False
    """The list could not be read."""


def query_of_visit(visit: Visit) -> ListQuery:
    """Understand the visit's own query string."""
    return query_in(visit, visit.query)


def query_in(visit: Visit, query: str) -> ListQuery:
    """Understand a query string, by the days of the visit's shop."""
    return read_query(query, visit.shop, visit.formats.zone, visit.formats.today)


async def read_list(parts: PageParts, visit: Visit, opened: OrderId | None = None) -> ListView:
    """Read the page that the query string asks for."""
    query = query_of_visit(visit)
    orders = Orders(parts.pool, parts.shop_settings, query.filter, utc_now())
    try:
        walked = await orders.page(query.place, PAGE_ROWS)
    except UNAVAILABLE as error:
        _log.warning("orders_not_read", error=type(error).__name__)
        return _view(visit, query, NOTHING, opened, is_unread=True)
    return _view(visit, query, walked, opened)


NOTHING = Walked(orders=(), count=Count(count=0, more=False), older=None, newer=None)


def _view(
    visit: Visit,
    query: ListQuery,
    walked: Walked,
    opened: OrderId | None,
    *,
    is_unread: bool = False,
) -> ListView:
    return ListView(
        filters=show_filters(query, visit.formats),
        path=visit.path,
        rows=tuple(row_view(order, visit, visit.query, opened) for order in walked.orders),
        count=walked.count,
        older=query.at(after=walked.older) if walked.older else None,
        newer=query.at(before=walked.newer) if walked.newer else None,
        first=query.at(),
        is_first=walked.newer is None,
        is_unread=is_unread,
    )
