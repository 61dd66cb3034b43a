"""Orders as they are now: folded from their streams, a bounded number kept at hand.

What is at hand may be behind the journal; the expected version of an append catches that, and
then `refresh` brings it up to date.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import cast

from msgspec import Struct

from adapters.postgres.codec import open_rows
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import Row
from domain.identifiers import StreamName
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order

ORDERS_AT_HAND_MAX = 20_000


class LoadedOrder(Struct, frozen=True):
    """An order and the version of its stream that it was folded to; 0 before anything."""

    version: int
    order: Order


NOTHING_YET = LoadedOrder(0, NEW_ORDER)


class OrderStore:
    """Loads orders. For tasks of one event loop."""

    def __init__(self, journal: Journal, key_ring: KeyRing) -> None:
        self._journal = journal
        self._key_ring = key_ring
        self._orders: OrderedDict[StreamName, LoadedOrder] = OrderedDict()

    async def load(self, streams: Sequence[StreamName]) -> dict[StreamName, LoadedOrder]:
        """Give each order as it is at hand; read those that are not, by one query."""
        hits = {stream: self._hit(stream) for stream in streams if stream in self._orders}
        missing = [stream for stream in streams if stream not in hits]
        return hits | await self.refresh(missing) if missing else hits

    async def refresh(self, streams: Sequence[StreamName]) -> dict[StreamName, LoadedOrder]:
        """Give each order as it stands in the journal now, reading only what is new."""
        known = {stream: self._orders.get(stream, NOTHING_YET) for stream in streams}
        versions = {stream: loaded.version for stream, loaded in known.items()}
        rows_by_stream = await self._journal.read_streams(list(known), versions)
        found = {
            stream: await self._fold(known[stream], rows) for stream, rows in rows_by_stream.items()
        }
        for stream, loaded in found.items():
            self.remember(stream, loaded)
        return found

    def remember(self, stream: StreamName, loaded: LoadedOrder) -> None:
        """Keep an order as an append of ours left it. Only after the append was answered."""
        self._orders[stream] = loaded
        self._orders.move_to_end(stream)
        if len(self._orders) > ORDERS_AT_HAND_MAX:
            self._orders.popitem(last=False)

    def _hit(self, stream: StreamName) -> LoadedOrder:
        self._orders.move_to_end(stream)
        return self._orders[stream]

    async def _fold(self, loaded: LoadedOrder, rows: Iterable[Row]) -> LoadedOrder:
        order, version = loaded.order, loaded.version
        for recorded in await open_rows(list(rows), self._key_ring):
            order = evolve(order, cast(OrderFact, recorded.event), recorded.recorded_at)
            version = recorded.version
        return LoadedOrder(version, order)
