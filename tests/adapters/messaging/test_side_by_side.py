"""Several writers of the same orders: other processes, and the partitions of this one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from adapters.messaging.stream import connect, ensure_stream
from adapters.postgres.database import Pool
from adapters.postgres.errors import StillConflicting
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, Appended, Move
from tests.adapters.messaging.checkout import Checkout
from tests.adapters.messaging.taken import new_intake, taken
from tests.adapters.messaging.under_way import (
    assert_each_once,
    publish_surely,
    running_ingress,
    until_acknowledged,
)
from tests.support import Database

ORDERS = 40
PARTITIONS = 2
TURNS_OF_OTHERS = 50
FOUR = ["OrderStarted", "OrderPlaced", "PaymentStarted", "PaymentReceived"]


class OvertakenJournal(Journal):
    """Another process is quicker, once before each of the next appends."""

    def __init__(self, pool: Pool, overtake: Sequence[Callable[[], Awaitable[object]]]) -> None:
        super().__init__(pool)
        self._overtake = list(overtake)

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        if self._overtake:
            await self._overtake.pop(0)()
        return await super().append(appends, move)


class WatchedJournal(Journal):
    """Sees how many append at once; gives the others every chance."""

    at_once = 0
    most_at_once = 0

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        for _ in range(TURNS_OF_OTHERS):
            await asyncio.sleep(0)
        try:
            return await super().append(appends, move)
        finally:
            self.at_once -= 1


class TestAnotherProcess:
    async def test_may_be_quicker_with_many_orders_in_one_round(self, database: Database) -> None:
        opened = [Checkout() for _ in range(4)]
        async with taken(database.url) as parts:
            journal = OvertakenJournal(
                parts.pool,
                [
                    lambda: parts.take(*(checkout.started() for checkout in opened)),
                    lambda: parts.take(*(checkout.placed() for checkout in opened)),
                ],
            )
            payments = [checkout.message("payment.started.v1").arrival for checkout in opened]
            first = [checkout.started().arrival for checkout in opened]
            await new_intake(parts.pool, journal).take([*first, *payments])

            for checkout in opened:
                assert await parts.events(checkout.stream) == FOUR[:3]
            assert await parts.held() == []

    async def test_that_is_always_quicker_with_one_order_leaves_its_batch_for_later(
        self, database: Database
    ) -> None:
        checkout = Checkout()

        async def pay_once_more() -> None:
            await parts.take(checkout.message("payment.started.v1", {"payment_id": str(next(ids))}))

        ids = iter(range(10))
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), checkout.placed())
            journal = OvertakenJournal(parts.pool, [pay_once_more] * 4)
            intake = new_intake(parts.pool, journal)
            batch = [checkout.paid().arrival]
            with pytest.raises(StillConflicting):
                await intake.take(batch)
            assert "PaymentReceived" not in await parts.events(checkout.stream)

            await intake.take(batch)
            assert (await parts.events(checkout.stream))[-1] == "PaymentReceived"


class TestPartitionsOfOneProcess:
    async def test_take_turns_also_with_what_waits_for_any_of_them(
        self, database: Database, nats_url: str
    ) -> None:
        opened = [Checkout() for _ in range(ORDERS)]
        async with taken(database.url) as parts, connect(nats_url, name="test") as client:
            await parts.take(*(checkout.paid() for checkout in opened))
            await ensure_stream(client, PARTITIONS)
            await publish_surely(client, [m for one in opened for m in one.all()[:3]])
            journal = WatchedJournal(parts.pool)
            intake = new_intake(parts.pool, journal)
            async with running_ingress(client, database.url, intake, partitions=PARTITIONS):
                for partition in range(PARTITIONS):
                    await until_acknowledged(client, partition)

            await assert_each_once(database.url, opened)
            assert journal.most_at_once == 1
