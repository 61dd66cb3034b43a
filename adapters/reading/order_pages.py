"""The orders table to walk through: both ways page by page, a few by their ids, or all of it.

The rule to know: a place is named by an order, never by a number of pages, so that orders that
arrive meanwhile move nothing.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.order_rows import Count, ListedOrder, count_of, listed_orders
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import OrderId, ShopId
from projections.orders.filter import OrderFilter
from projections.orders.queries import (
    PAGE_LENGTH_MAX,
    OrderListed,
    count_orders,
    cursor_at,
    list_named,
    list_newer,
    list_orders,
)


class Place(Struct, frozen=True):
    """Where a page stands in the list; without either cursor it is the first."""

    after: str | None = None
    before: str | None = None


FIRST = Place()


class Walked(Struct, frozen=True, kw_only=True):
    """A page, and where the neighbours are."""

    orders: tuple[ListedOrder, ...]
    count: Count
    older: str | None
    """Asks for what comes after this page."""
    newer: str | None
    """Asks for what comes before it; None on the first."""


class Orders:
    """The orders table of one shop under one filter, as it is at one moment."""

    def __init__(
        self, pool: Pool, shop_settings: ShopSettingsStore, wanted: OrderFilter, now: datetime
    ) -> None:
        self._pool = pool
        self._shop_settings = shop_settings
        self._wanted = wanted
        self._now = now

    async def page(self, place: Place, limit: int) -> Walked:
        """Read the page at a place; fewer newer orders than fill one are the first page."""
        found: list[OrderListed] = []
        if place.before is not None:
            found = await self._newer(place.before, limit)
        is_within = len(found) > limit
        if is_within:
            found = found[limit - 1 :: -1]
            older: str | None = cursor_at(found[-1])
        else:
            found, older = await self._older(place.after, limit)
        is_first = not is_within and place.after is None
        is_all = is_first and older is None
        return Walked(
            orders=listed_orders(found),
            count=Count(count=len(found), more=False) if is_all else await self._count(),
            older=older,
            newer=None if is_first or not found else cursor_at(found[0]),
        )

    async def named(self, order_ids: Sequence[OrderId]) -> tuple[ListedOrder, ...]:
        """Read those of these orders that meet the filter."""
        grace = (await self._shop_settings.get(self._wanted.shop)).grace
        query = list_named(self._wanted, order_ids, now=self._now, grace=grace)
        return listed_orders(await fetch(self._pool, query))

    async def all(self) -> AsyncIterator[tuple[ListedOrder, ...]]:
        """Read all orders, some at a time."""
        cursor: str | None = None
        while True:
            found, cursor = await self._older(cursor, PAGE_LENGTH_MAX)
            yield listed_orders(found)
            if cursor is None:
                return

    async def _older(self, cursor: str | None, limit: int) -> tuple[list[OrderListed], str | None]:
        grace = (await self._shop_settings.get(self._wanted.shop)).grace
        query = list_orders(self._wanted, now=self._now, grace=grace, limit=limit, cursor=cursor)
        found = await fetch(self._pool, query)
        return found[:limit], cursor_at(found[limit - 1]) if len(found) > limit else None

    async def _newer(self, cursor: str, limit: int) -> list[OrderListed]:
        grace = (await self._shop_settings.get(self._wanted.shop)).grace
        query = list_newer(self._wanted, now=self._now, grace=grace, limit=limit + 1, cursor=cursor)
        return await fetch(self._pool, query)

    async def _count(self) -> Count:
        grace = (await self._shop_settings.get(self._wanted.shop)).grace
        query = count_orders(self._wanted, now=self._now, grace=grace)
        return count_of(await fetch_one(self._pool, query))


async def order_numbered(
    pool: Pool, shop_settings: ShopSettingsStore, shop: ShopId, number: str, now: datetime
) -> OrderId | None:
    """Find the one order of a whole number; None if there is none, or several."""
    orders = Orders(pool, shop_settings, OrderFilter(shop=shop, number=number), now)
    found = await orders.page(FIRST, limit=1)
    is_one = len(found.orders) == 1 and found.older is None
    return OrderId(found.orders[0].order_id) if is_one else None
