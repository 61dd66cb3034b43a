"""Orders at hand: what is kept, what is read, what is let go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import uuid4

import pytest

from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres import order_store
from adapters.postgres.codec import encode
from adapters.postgres.database import open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.order_store import OrderStore
from adapters.postgres.rows import Append
from domain.identifiers import CustomerKeyId, OrderId, StreamName, order_stream
from domain.message import Event
from tests.adapters.postgres.given import METADATA, NOTE, SHOP, new_stream, started
from tests.support import Database


class Parts(NamedTuple):
    journal: Journal
    key_ring: KeyRing
    key: CustomerKeyId
    store: OrderStore

    async def append(self, stream: StreamName, version: int, event: Event) -> None:
        rows = (encode(event, METADATA, self.key_ring, self.key),)
        await self.journal.append([Append(stream=stream, expected_version=version, rows=rows)])


@asynccontextmanager
async def open_parts(database: Database) -> AsyncIterator[Parts]:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        journal = Journal(pool)
        key_ring = KeyRing(pool, MasterKey.parse(generate_master_key()))
        ann = CustomerRef(SHOP, "ann@example.com")
        keys = await key_ring.ensure([ann])
        yield Parts(journal, key_ring, keys[ann], OrderStore(journal, key_ring))


async def test_an_order_at_hand_stays_as_it_is_until_it_is_refreshed(database: Database) -> None:
    async with open_parts(database) as parts:
        order_id = OrderId(uuid4())
        stream = order_stream(SHOP, order_id)
        await parts.append(stream, 0, started(order_id))
        assert (await parts.store.load([stream]))[stream].version == 1
        await parts.append(stream, 1, NOTE)
        assert (await parts.store.load([stream]))[stream].version == 1
        refreshed = (await parts.store.refresh([stream]))[stream]
        assert (refreshed.version, refreshed.order.notes[0].text) == (2, "Ann called")
        assert (await parts.store.load([stream]))[stream] == refreshed


async def test_only_so_many_orders_are_kept_the_least_used_go_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_store, "ORDERS_AT_HAND_MAX", 2)
    async with open_parts(database) as parts:
        used, unused, new = new_stream(), new_stream(), new_stream()
        await parts.store.load([unused, used])
        await parts.store.load([used])
        found = await parts.store.load([new, used])
        assert list(parts.store._orders) == [used, new]
        assert set(found) == {new, used}
        assert len(await parts.store.load([new, used, unused])) == 3
