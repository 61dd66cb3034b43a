"""A shop's numbers: none left out, none given twice, whoever asks and how many at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

import pytest
from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.master_key import generate_master_key
from adapters.postgres.codec import decode_metadata, open_rows
from adapters.postgres.order_store import OrderStore
from adapters.shops.settings import ShopSettings
from domain.credit_notes.events import CreditNoteIssued
from domain.identifiers import OrderId, StreamName, credit_notes_stream, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.credit_notes import RefundNotInForce
from domain.order.events import CreditNoteNumbered, RefundIssued, RefundTransferred
from domain.order.parts import CreditNote
from domain.order.rejections import RefundUnknown
from domain.order.state import Order
from domain.order.values import Seller
from tests.adapters.http_api.served import settings_for
from tests.examples import NOW, REFUND, SECOND_REFUND
from tests.stories import COURSE, SHOP, Story, record, started
from tests.support import Database

METADATA = Metadata(
    actor=Actor(ActorKind.SYSTEM, "worker"),
    correlation_id="run-1",
    causation_id="run-1",
    command_id="run-1/number",
)
ENDS = (RefundTransferred, RefundIssued)
BOOK = credit_notes_stream(SHOP)


def story(number: int) -> Story:
    """The nth order with one refund in force."""
    order_id = OrderId(UUID(int=number))
    return Story(order_id=order_id, facts=(started(order_id), *COURSE.facts[1:]))


def wanted(number: int) -> NumberWanted:
    return NumberWanted(shop=SHOP, order_id=OrderId(UUID(int=number)), refund_id=REFUND)


class Desk:
    """Orders of a shop, and what was numbered of them."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.notes = CreditNotes(parts)

    def other_process(self) -> CreditNotes:
        """Take numbers beside, as another worker process does."""
        orders = OrderStore(self.parts.journal, self.parts.key_ring)
        return CreditNotes(replace(self.parts, order_store=orders))

    async def number(self, order: int, notes: CreditNotes | None = None) -> CreditNote:
        numbered = await (notes or self.notes).numbered(wanted(order), METADATA, NOW)
        return _note(numbered)

    async def book(self) -> list[CreditNoteIssued]:
        rows = await self.parts.journal.read_stream(BOOK)
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        recorded = await open_rows(rows, self.parts.key_ring)
        return [cast(CreditNoteIssued, one.event) for one in recorded]

    async def names(self, stream: StreamName) -> list[str]:
        return [row.name for row in await self.parts.journal.read_stream(stream)]


def _note(order: Order) -> CreditNote:
    note = order.refunds_by_id[REFUND].credit_note
    assert note is not None
    return note


@asynccontextmanager
async def desk(database: Database, orders: Sequence[int] = (1,)) -> AsyncIterator[Desk]:
    settings = settings_for(database, generate_master_key())
    async with open_parts(settings, connections_max=4) as parts:
        await parts.shops.add(SHOP, "Piano school")
        await record(parts.journal, parts.key_ring, [story(number) for number in orders])
        yield Desk(parts)


async def test_the_shops_next_number_stands_in_its_book_and_in_the_order(
    database: Database,
) -> None:
    async with desk(database, (1, 2)) as at:
        notes = [await at.number(1), await at.number(2)]
        book = await at.book()
        [*_, row] = await at.parts.journal.read_stream(order_stream(SHOP, OrderId(UUID(int=2))))
        [*_, fact] = await open_rows([row], at.parts.key_ring)

    assert [note.shown_number for note in notes] == ["1", "2"]
    assert [(one.number, one.order_id.int, one.refund_id) for one in book] == [
        (1, 1, REFUND),
        (2, 2, REFUND),
    ]
    assert isinstance(fact.event, CreditNoteNumbered)
    assert fact.event.number == 2
    assert decode_metadata(row) == METADATA


async def test_a_refund_that_has_its_number_takes_no_other(database: Database) -> None:
    async with desk(database) as at:
        first = await at.number(1)
        again = await at.number(1)
        elsewhere = await at.number(1, at.other_process())

        assert first == again == elsewhere
        assert len(await at.book()) == 1


async def test_two_workers_at_once_on_one_refund_give_it_one_number(database: Database) -> None:
    async with desk(database) as at:
        others = [at.other_process() for _ in range(3)]
        notes = await asyncio.gather(*(at.number(1, other) for other in others))

        assert [note.number for note in notes] == [1, 1, 1]
        assert len(await at.book()) == 1


async def test_many_at_once_in_several_processes_leave_no_gap(database: Database) -> None:
    many = range(1, 25)
    async with desk(database, many) as at:
        processes = [at.other_process() for _ in range(3)]
        notes = await asyncio.gather(*(at.number(number, processes[number % 3]) for number in many))
        book = await at.book()

    assert sorted(note.number for note in notes) == list(many)
    assert [one.number for one in book] == list(many)
    assert {one.order_id.int: one.number for one in book} == {
        number: note.number for number, note in zip(many, notes, strict=True)
    }


async def test_a_refused_number_is_not_lost(database: Database) -> None:
    async with desk(database) as at:
        unknown = replace(wanted(1), refund_id=SECOND_REFUND)
        with pytest.raises(RefundUnknown):
            await at.notes.numbered(unknown, METADATA, NOW)

        assert await at.book() == []
        assert (await at.number(1)).number == 1


async def test_a_refund_that_is_not_in_force_takes_no_number(database: Database) -> None:
    pending = tuple(fact for fact in story(1).facts if not isinstance(fact, ENDS))
    settings = settings_for(database, generate_master_key())
    async with open_parts(settings, connections_max=4) as parts:
        await record(parts.journal, parts.key_ring, [replace(story(1), facts=pending)])
        at = Desk(parts)
        with pytest.raises(RefundNotInForce):
            await at.number(1)

        assert await at.book() == []
        assert "CreditNoteNumbered" not in await at.names(story(1).stream)


async def test_an_order_that_moved_on_elsewhere_is_read_anew(database: Database) -> None:
    async with desk(database, (1, 2)) as at:
        await at.parts.order_store.load([story(1).stream])
        await at.number(1, at.other_process())

        assert (await at.number(1)).number == 1
        assert (await at.number(2)).number == 2


async def test_prefix_and_seller_are_those_of_the_moment_and_stay(database: Database) -> None:
    async with desk(database, (1, 2)) as at:
        settings = at.parts.shop_settings
        school = ShopSettings(
            display_name="Piano school",
            business_id="FI12345678",
            address="Koulukatu 2",
            credit_note_prefix="KL-",
        )
        await settings.put(SHOP, school)
        first = await at.number(1)
        await settings.put(SHOP, replace(school, display_name="Music", credit_note_prefix="M-"))
        second = await at.number(2)

        assert (first.shown_number, second.shown_number) == ("KL-1", "M-2")
        assert first.seller == Seller(
            name="Piano school", business_id="FI12345678", address="Koulukatu 2"
        )
        assert second.seller.name == "Music"
        assert await at.number(1) == first
        assert [one.prefix for one in await at.book()] == ["KL-", "M-"]
