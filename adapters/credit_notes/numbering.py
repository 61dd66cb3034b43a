"""Gives a refund the next number of its shop's credit notes.

The rule to know: the shop's book and the order take the number in one append, each at the version
that was read. So whoever comes second, in this process or another, conflicts and looks again: then
it finds the number in the order, or takes the one after. No number is lost or given twice.
"""

import asyncio
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from adapters.postgres.codec import encode
from adapters.postgres.database import Pool
from adapters.postgres.errors import StillConflicting
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.order_store import LoadedOrder, OrderStore
from adapters.postgres.query import fetch
from adapters.postgres.rows import Append, AppendStatus
from adapters.shops.settings import ShopSettings, ShopSettingsStore
from domain.credit_notes import book
from domain.credit_notes.book import CreditNoteBook, IssueCreditNote
from domain.credit_notes.events import CreditNoteIssued
from domain.identifiers import (
    OrderId,
    RefundId,
    ShopId,
    StreamName,
    credit_notes_stream,
    order_stream,
)
from domain.message import Metadata
from domain.order.commands.refunds import NumberCreditNote
from domain.order.decide import decide
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order
from domain.order.values import Seller
from projections.query import Query

ROUNDS_MAX = 20
"""In which other processes may be quicker; then the attempt is made again later."""

# A number is its fact's version, so the head of the stream is all there is to fold.
SELECT_LAST_NUMBER = """
SELECT version AS last_number
FROM journal.events
WHERE stream = %(stream)s
ORDER BY version DESC
LIMIT 1
"""


class NumberingParts(Protocol):
    """The adapters that numbers are taken with; `adapters.bootstrap` constructs them."""

    @property
    def pool(self) -> Pool:
        """Connections with the application's rights."""
        ...

    @property
    def journal(self) -> Journal:
        """Where the books stand."""
        ...

    @property
    def order_store(self) -> OrderStore:
        """Orders as they are now."""
        ...

    @property
    def key_ring(self) -> KeyRing:
        """What facts are sealed with."""
        ...

    @property
    def shop_settings(self) -> ShopSettingsStore:
        """How shops call themselves and number."""
        ...


class NumberWanted(Struct, frozen=True, kw_only=True):
    """Which refund is to have a number."""

    shop: ShopId
    order_id: OrderId
    refund_id: RefundId


class CreditNotes:
    """The books of all shops. For tasks of one event loop, which take their numbers in turn."""

    def __init__(self, parts: NumberingParts) -> None:
        self._pool = parts.pool
        self._journal = parts.journal
        self._orders = parts.order_store
        self._key_ring = parts.key_ring
        self._shop_settings = parts.shop_settings
        self._in_turn = asyncio.Lock()

    async def numbered(self, wanted: NumberWanted, metadata: Metadata, now: datetime) -> Order:
        """Give the order as it stands once the refund has its number; raises Rejection.

        Asked again, it finds the number that the refund has. Raises as `Journal.append` does, and
        StillConflicting.
        """
        shop = await self._shop_settings.get(wanted.shop)
        stream = order_stream(wanted.shop, wanted.order_id)
        async with self._in_turn:
            for _ in range(ROUNDS_MAX):
                loaded = (await self._orders.refresh([stream]))[stream]
                issued = await self._issued(wanted, shop, now)
                facts = decide(_wish(issued, shop, now), loaded.order)
                if not facts:
                    return loaded.order
                if await self._append(stream, loaded, facts, issued, metadata):
                    return self._remembered(stream, loaded, facts, now)
        raise StillConflicting(f"the credit notes of {wanted.shop} are in much demand")

    async def _issued(
        self, wanted: NumberWanted, shop: ShopSettings, now: datetime
    ) -> CreditNoteIssued:
        """Draw the shop's next number."""
        values: dict[str, object] = {"stream": credit_notes_stream(wanted.shop)}
        query = Query(sql=SELECT_LAST_NUMBER, parameters=values, result=CreditNoteBook)
        found = await fetch(self._pool, query)
        wish = IssueCreditNote(
            now=now,
            order_id=wanted.order_id,
            refund_id=wanted.refund_id,
            prefix=shop.credit_note_prefix,
        )
        [issued] = book.decide(wish, found[0] if found else book.NEW_BOOK)
        return issued

    async def _append(
        self,
        stream: StreamName,
        loaded: LoadedOrder,
        facts: list[OrderFact],
        issued: CreditNoteIssued,
        metadata: Metadata,
    ) -> bool:
        """Record it in the order and in the shop's book, or in neither."""
        to_order = Append(
            stream=stream,
            expected_version=loaded.version,
            rows=tuple(encode(fact, metadata, self._key_ring, None) for fact in facts),
        )
        to_book = Append(
            stream=credit_notes_stream(loaded.order.shop),
            expected_version=issued.number - 1,
            rows=(encode(issued, metadata, self._key_ring, None),),
        )
        answers = await self._journal.append_together([to_order, to_book])
        return all(answer.status is AppendStatus.APPENDED for answer in answers)

    def _remembered(
        self, stream: StreamName, loaded: LoadedOrder, facts: list[OrderFact], now: datetime
    ) -> Order:
        order = loaded.order
        for fact in facts:
            order = evolve(order, fact, now)
        self._orders.remember(stream, LoadedOrder(loaded.version + len(facts), order))
        return order


def _wish(issued: CreditNoteIssued, shop: ShopSettings, now: datetime) -> NumberCreditNote:
    return NumberCreditNote(
        now=now,
        refund_id=issued.refund_id,
        number=issued.number,
        prefix=issued.prefix,
        seller=Seller(name=shop.display_name, business_id=shop.business_id, address=shop.address),
    )
