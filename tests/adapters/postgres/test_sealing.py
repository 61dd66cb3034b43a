"""Personal data: sealed where it stands, gone with its key."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from adapters.master_key import MasterKey, NotAMasterKey, generate_master_key
from adapters.postgres.codec import UnknownEvent, decode, decode_event, encode, open_rows
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef, KeyNotAtHand, KeyRing, WrongMasterKey
from adapters.postgres.rows import Append, Row
from domain.identifiers import CustomerKeyId, ShopId
from domain.message import Event
from domain.order.events import OrderCompleted
from tests.adapters.postgres.given import METADATA, NOTE, NOW, new_stream
from tests.support import Database

MASTER_KEY = MasterKey.parse(generate_master_key())
ANN = CustomerRef(ShopId("shop"), "Ann.Ä@example.com")
DESTROY = """
UPDATE vault.customer_keys
SET wrapped_key = NULL, customer_hash = NULL, destroyed_at = now()
"""


async def record(pool: Pool, key_ring: KeyRing, event: Event, key_id: CustomerKeyId | None) -> Row:
    stream = new_stream()
    row = encode(event, METADATA, key_ring, key_id)
    await Journal(pool).append([Append(stream=stream, expected_version=0, rows=(row,))])
    [found] = await Journal(pool).read_stream(stream)
    assert found.data == row.data
    return found


async def test_what_was_sealed_reads_back_and_stands_nowhere_in_clear(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        key_ring = KeyRing(pool, MASTER_KEY)
        keys = await key_ring.ensure([ANN])
        row = await record(pool, key_ring, NOTE, keys[ANN])
        assert b"Ann" not in row.data
        [recorded] = await open_rows([row], KeyRing(pool, MASTER_KEY))
        assert (recorded.event, recorded.metadata) == (NOTE, METADATA)
        assert decode(row, key_ring) == recorded
        assert decode_event(row) == replace(NOTE, personal=None)


async def test_a_customer_has_one_key_per_shop_however_the_email_is_written(
    database: Database,
) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        rings = [KeyRing(pool, MASTER_KEY) for _ in range(4)]
        other_shop = CustomerRef(ShopId("other"), ANN.email)
        shouted = CustomerRef(ANN.shop, ANN.email.upper())
        found = await asyncio.gather(*(ring.ensure([ANN, shouted, other_shop]) for ring in rings))
        assert all(keys == found[0] for keys in found)
        assert found[0][ANN] == found[0][shouted] != found[0][other_shop]


async def test_an_erased_customer_reads_as_nobody_for_ever(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        key_ring = KeyRing(pool, MASTER_KEY)
        keys = await key_ring.ensure([ANN])
        row = await record(pool, key_ring, NOTE, keys[ANN])
        async with await psycopg.AsyncConnection.connect(database.owner_url) as owner:
            await owner.execute(DESTROY)
        key_ring.forget(keys[ANN])
        [recorded] = await open_rows([row], key_ring)
        assert recorded.event == replace(NOTE, personal=None)
        later = await record(pool, key_ring, NOTE, keys[ANN])
        assert b"sealed" not in later.data
        assert (await open_rows([later], key_ring))[0].event == replace(NOTE, personal=None)
        assert (await key_ring.ensure([ANN]))[ANN] != keys[ANN]


async def test_a_sealed_part_cannot_be_moved_to_another_event(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        key_ring = KeyRing(pool, MASTER_KEY)
        keys = await key_ring.ensure([ANN])
        row = await record(pool, key_ring, NOTE, keys[ANN])
        with pytest.raises(InvalidTag):
            decode(row._replace(event_id=uuid4()), key_ring)


async def test_another_master_key_is_refused_at_the_door_and_at_each_key(
    database: Database,
) -> None:
    wrong = MasterKey.parse(generate_master_key())
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        await KeyRing(pool, MASTER_KEY).check_master_key()
        await KeyRing(pool, MASTER_KEY).check_master_key()
        keys = await KeyRing(pool, MASTER_KEY).ensure([ANN])
        with pytest.raises(WrongMasterKey, match="not the one this database was begun with"):
            await KeyRing(pool, wrong).check_master_key()
        with pytest.raises(WrongMasterKey, match="wrapped by another master key"):
            await KeyRing(pool, wrong).load(keys.values())


async def test_keys_are_not_used_before_they_are_loaded(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        keys = await KeyRing(pool, MASTER_KEY).ensure([ANN])
        key_ring = KeyRing(pool, MASTER_KEY)
        with pytest.raises(KeyNotAtHand):
            key_ring.get(keys[ANN])
        await key_ring.load(keys.values())
        assert key_ring.get(keys[ANN]) is not None


async def test_personal_words_without_a_key_are_refused(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        with pytest.raises(ValueError, match="no key to seal it under"):
            encode(NOTE, METADATA, KeyRing(pool, MASTER_KEY), None)


async def test_equal_events_are_stored_as_equal_bytes(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        key_ring = KeyRing(pool, MASTER_KEY)
        rows = [encode(OrderCompleted(at=NOW), METADATA, key_ring, None) for _ in range(2)]
        assert rows[0].data == rows[1].data
        assert rows[0].event_id < rows[1].event_id


async def test_an_event_of_a_later_release_is_an_error_that_names_it(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        row = await record(pool, KeyRing(pool, MASTER_KEY), OrderCompleted(at=NOW), None)
        with pytest.raises(UnknownEvent, match="OrderTeleported at position 1"):
            decode_event(row._replace(name="OrderTeleported"))


@pytest.mark.parametrize("text", ["", "secret", "é" * 44, "c2hvcnQ="])
def test_a_text_that_is_no_master_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(NotAMasterKey) as refused:
        MasterKey.parse(text)
    assert not text or text not in str(refused.value)


def test_a_master_key_derives_another_key_for_each_purpose_and_shows_none() -> None:
    text = generate_master_key()
    key = MasterKey.parse(text)
    assert key.derive("a") == MasterKey.parse(f" {text}\n").derive("a") != key.derive("b")
    assert repr(key) == "MasterKey(…)"
