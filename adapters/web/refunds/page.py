"""`/shops/{shop}/refunds`: the orders that have money open, what waits longest first.

The rule to know: it lists and leads to the order; what there is to do is done in its dialogs.
"""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.reading.open_refunds import READ_MODELS, OpenMoney, OpenOrder, read_open_refunds
from adapters.running.waiting import wait_for
from adapters.web.panel.addresses import addresses_of
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.open_refunds.projection import OpenKind
from projections.open_refunds.queries import OpenState

PAGE_ROWS = 50
SETTLING_SECONDS_MAX = 1.0


class OpenSum(Struct, frozen=True, kw_only=True):
    """One sum that is open."""

    money: OpenMoney
    asks_a_person: bool
    dialog: str
    """The address of the dialog in which a person settles it; "" where there is nothing to do."""


class OpenRow(Struct, frozen=True, kw_only=True):
    """An order with the sums of it that are open."""

    order: OpenOrder
    sums: tuple[OpenSum, ...]


class RefundsView(Struct, frozen=True, kw_only=True):
    """A page of the list."""

    state: OpenState | None
    """None: all three."""
    states: tuple[OpenState, ...]
    rows: tuple[OpenRow, ...]
    next_cursor: str | None
    is_first: bool


@get("/refunds", opt=needs(Permission.SEE))
async def refunds_page(
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    open_state: Annotated[OpenState | None, QueryParameter(name="state")] = None,
    cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
) -> Response[str]:
    """Show whose money is open, and what to do about it."""
    if visit.region is Region.RESULTS:
        await _settled(parts)
    page = await read_open_refunds(
        parts.pool, visit.shop, open_state, limit=PAGE_ROWS, cursor=cursor
    )
    view = RefundsView(
        state=open_state,
        states=tuple(OpenState),
        rows=tuple(_row(visit, order) for order in page.orders),
        next_cursor=page.next_cursor,
        is_first=cursor is None,
    )
    if visit.region is Region.RESULTS:
        return part(visit, "refunds/results.html", view)
    if visit.region is Region.WORK:
        return part(visit, "refunds/work.html", view)
    return await full_page(
        parts, visit, "refunds/page.html", view, title="Open refunds", current="refunds"
    )


async def _settled(parts: PageParts) -> None:
    """Wait a moment for what was just done: a script asks for the list alone after a dialog."""
    head = await parts.journal.head()
    await wait_for(parts.pool, head, READ_MODELS, timeout_seconds=SETTLING_SECONDS_MAX)


def _row(visit: Visit, order: OpenOrder) -> OpenRow:
    return OpenRow(order=order, sums=tuple(_sum(visit, order, item) for item in order.items))


def _sum(visit: Visit, order: OpenOrder, money: OpenMoney) -> OpenSum:
    may_operate = visit.may(Permission.OPERATE)
    return OpenSum(
        money=money,
        asks_a_person=money.kind is not OpenKind.IN_FLIGHT,
        dialog=_dialog(visit, order, money) if may_operate else "",
    )


def _dialog(visit: Visit, order: OpenOrder, money: OpenMoney) -> str:
    addresses = addresses_of(visit, OrderId(order.order_id))
    match money.kind:
        case OpenKind.UNALLOCATED:
            return addresses.allocate(money.external_refund_id)
        case OpenKind.IN_FLIGHT:
            return ""
        case _:
            return addresses.confirm(money.refund_id, money.transfer_id)
