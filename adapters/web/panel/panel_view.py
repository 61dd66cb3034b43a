"""One order as the panel shows it."""

from msgspec import Struct

from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.order_view.details import OrderDetails


class PanelView(Struct, frozen=True, kw_only=True):
    """The order."""

    order: OrderDetails


async def read_panel(parts: PageParts, visit: Visit, order_id: OrderId) -> PanelView:
    """Read it from the journal; raise OrderUnknown."""
    return PanelView(order=await parts.order_reader.sheet(visit.shop, order_id))
