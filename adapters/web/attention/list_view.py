"""The attention tab: the causes, the orders of a page, and those that wait until later.

The rule to know: who is on what and what waits changes nothing of what needs attention, so a
snoozed order counts like any other; it only stands last.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.attention import read_causes
from adapters.reading.order_rows import ShownCause
from adapters.web.attention.address import AttentionAddress, address_of
from adapters.web.attention.cases import desk_of, read_cases
from adapters.web.attention.rows import RowsView, rows_of
from adapters.web.orders.filters_view import FiltersView, show_filters
from adapters.web.parts import PageParts
from adapters.web.rendering import attention_count
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.attention.listing import (
    AttentionFilter,
    AttentionSlice,
    count_asking,
    list_asking,
    slice_of,
)
from projections.attention.queries import LIST_LENGTH_MAX
from projections.cursor import UnknownCursor
from projections.orders.queries import COUNT_MAX

PAGE_ROWS = 50
SNOOZED_ROWS = LIST_LENGTH_MAX - 1
CAUSES_SHOWN = 3
"""At once; the others unfold."""


class AttentionView(Struct, frozen=True, kw_only=True):
    """What the tab shows."""

    is_unread: ClassVar[bool] = False
    address: AttentionAddress
    filters: FiltersView
    path: str
    causes: tuple[ShownCause, ...]
    awake: RowsView
    snoozed: RowsView
    next_cursor: str | None
    found: int
    """That match and do not wait."""
    has_more: bool
    """There are more than were counted."""
    attention: int
    """All that need attention, as the counters say."""
    may_operate: bool

    @property
    def cause(self) -> ShownCause | None:
        """The one cause that is asked for, while anything waits for its repair."""
        asked = (cause for cause in self.causes if cause.cause_id == self.address.cause)
        return next(asked, None)

    @property
    def first_causes(self) -> tuple[ShownCause, ...]:
        """Those shown at once."""
        return self.causes[:CAUSES_SHOWN]

    @property
    def further_causes(self) -> tuple[ShownCause, ...]:
        """Those that unfold."""
        return self.causes[CAUSES_SHOWN:]

    @property
    def is_empty(self) -> bool:
        """There is no row."""
        return not (self.awake.rows or self.snoozed.rows)


def list_path(visit: Visit) -> str:
    """Give the path of the list, with the open order's where one is open."""
    return visit.path if visit.path.startswith(visit.url("/orders")) else visit.url("/orders")


async def read_attention_list(
    parts: PageParts,
    visit: Visit,
    open_id: OrderId | None = None,
    address: AttentionAddress | None = None,
) -> AttentionView:
    """Read the page that an address asks for, the visit's own unless it is given.

    `open_id` is the order beside it.
    """
    address = address or address_of(visit)
    listing = _Listing(
        parts=parts,
        visit=visit,
        address=address,
        grace=(await parts.shop_settings.get(visit.shop)).grace,
        open_id=open_id,
    )
    waiting = [OrderId(case.order_id) for case in await desk_of(parts, visit).snoozed()]
    page, found = await listing.page(waiting), await listing.count(waiting)
    causes = await read_causes(parts.pool, parts.shop_settings, parts.setting_store, visit.shop)
    return AttentionView(
        address=address,
        filters=show_filters(address.understood(visit), visit.formats),
        path=list_path(visit),
        causes=causes.causes,
        awake=await listing.rows(page),
        snoozed=await listing.rows(await listing.snoozed(waiting)),
        next_cursor=page.cursor,
        found=min(found, COUNT_MAX - 1),
        has_more=found >= COUNT_MAX,
        attention=await attention_count(parts, visit),
        may_operate=visit.may(Permission.OPERATE),
    )


class _Listing(Struct, frozen=True, kw_only=True):
    """One reading of the list, at the visit's moment."""

    parts: PageParts
    visit: Visit
    address: AttentionAddress
    grace: timedelta
    open_id: OrderId | None

    @property
    def wanted(self) -> AttentionFilter:
        """What the address asks for."""
        orders = self.address.understood(self.visit).filter
        return AttentionFilter(orders=orders, cause=self.address.cause or None)

    async def page(self, waiting: Sequence[OrderId]) -> AttentionSlice:
        """Read a page of those that do not wait."""
        wanted = replace(self.wanted, without=waiting)
        try:
            return await self._slice(wanted, PAGE_ROWS, self.address.after)
        except UnknownCursor:
            return await self._slice(wanted, PAGE_ROWS)

    async def snoozed(self, waiting: Sequence[OrderId]) -> AttentionSlice:
        """Read those that wait, on the first page."""
        if not waiting or self.address.after:
            return AttentionSlice(orders=(), cursor=None)
        return await self._slice(replace(self.wanted, only=waiting), SNOOZED_ROWS)

    async def _slice(self, wanted: AttentionFilter, limit: int, after: str = "") -> AttentionSlice:
        asked = list_asking(
            wanted,
            now=self.visit.formats.now,
            grace=self.grace,
            limit=limit,
            cursor=after or None,
        )
        return slice_of(await fetch(self.parts.pool, asked), limit)

    async def count(self, waiting: Sequence[OrderId]) -> int:
        """Count those that do not wait, up to COUNT_MAX."""
        wanted = replace(self.wanted, without=waiting)
        asked = count_asking(wanted, now=self.visit.formats.now, grace=self.grace)
        return (await fetch_one(self.parts.pool, asked)).count

    async def rows(self, page: AttentionSlice) -> RowsView:
        """Show the orders of a page."""
        order_ids = [OrderId(order.order_id) for order in page.orders]
        cases = await read_cases(self.parts, self.visit, order_ids)
        rows = rows_of(self.visit, page.orders, cases, self.grace)
        return RowsView(rows=rows, query=self.address.query, open_id=self.open_id)
