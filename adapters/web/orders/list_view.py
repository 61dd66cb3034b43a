"""A page of the list, as it is shown."""

from msgspec import Struct

from adapters.clock import utc_now
from adapters.reading.order_rows import ListedOrder, read_page
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from projections.orders.filter import OrderFilter

PAGE_ROWS = 50


class ListView(Struct, frozen=True, kw_only=True):
    """Rows and what leads on."""

    rows: tuple[ListedOrder, ...]
    next_cursor: str | None


async def read_list(parts: PageParts, visit: Visit) -> ListView:
    """Read the page that the query string asks for."""
    page = await read_page(
        parts.pool,
        parts.shop_settings,
        OrderFilter(shop=visit.shop),
        utc_now(),
        limit=PAGE_ROWS,
        cursor=None,
    )
    return ListView(rows=page.orders, next_cursor=page.next_cursor)
