"""News kept and taken in: whatever goes wrong with one holds up no other, and nothing is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from psycopg import OperationalError

from adapters.postgres.errors import NotStorable
from adapters.postgres.lease import hold_lease
from adapters.postgres.order_store import OrderStore
from adapters.providers.news_store import FIRST_TRY, KeptNews, NewsStore
from adapters.providers.stripe import STRIPE
from adapters.reading.payments import FoundPayment, PaymentIndex
from adapters.running.provider_news import LEASE_NAME, run_provider_news
from domain.identifiers import DisputeId, ExternalRefundId, ShopId, TransferId
from domain.order.values import DisputeOutcome
from processors.provider_news import DisputeSeen, Fate, News, RefundsChanged, RefundSeen
from scripts.receivers.stripe_control import DashboardRefund
from tests.adapters.commands.given import STREAM
from tests.adapters.providers.given_stripe import payment
from tests.adapters.providers.stripe_desk import Desk, one_payment, open_desk
from tests.examples import NOW, ORDER_ID, SHOP, at, euros
from tests.sandbox_program import SandboxProgram
from tests.support import Database

WAIT_SECONDS_MAX = 20
FAR = timedelta(days=400)


def refund(transaction: str, fate: Fate = Fate.RETURNED, refund_id: str = "re_1") -> RefundSeen:
    return RefundSeen(
        fate=fate,
        amount=euros(1_000),
        at=at(10),
        refund_id=ExternalRefundId(refund_id),
        transaction_ids=(transaction,),
    )


def dispute(transaction: str, outcome: DisputeOutcome | None = None) -> DisputeSeen:
    return DisputeSeen(
        dispute_id=DisputeId("dp_1"),
        amount=euros(1_000),
        at=at(10),
        transaction_ids=(transaction,),
        outcome=outcome,
    )


async def keep(desk: Desk, *news: News) -> list[KeptNews]:
    return await desk.applier.keep(SHOP, STRIPE, news)


async def standing(desk: Desk) -> dict[str, Any]:
    """Say what became of all news: what it waits for, what refused it, or nothing."""
    async with desk.parts.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT news_id, waits_for, refusal, done_at IS NOT NULL FROM providers.news"
        )
        return {row[0]: row[1:] async for row in cursor}


class TestKeeping:
    async def test_a_fact_is_kept_once_for_ever(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            seen = refund("pi_1")
            assert [one.news for one in await keep(desk, seen)] == [seen]
            assert await keep(desk, seen) == []
            assert await keep(desk) == []

    async def test_shops_and_providers_are_kept_apart(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            store, seen = NewsStore(desk.parts.pool), refund("pi_1")
            for shop, provider in (
                (SHOP, "stripe"),
                (SHOP, "paytrail"),
                (ShopId("other"), "stripe"),
            ):
                assert await store.keep(shop, provider, [seen], NOW)

    async def test_it_is_read_as_it_was_written(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            told: tuple[News, ...] = (
                refund("pi_1"),
                dispute("pi_1", DisputeOutcome.LOST),
                RefundsChanged(transaction_id="pi_1", cause="evt_1"),
            )
            await keep(desk, *told)
            due = await NewsStore(desk.parts.pool).due(datetime.now(UTC) + FAR, 10)
            assert {one.news for one in due} == set(told)

    async def test_the_loop_leaves_it_for_a_moment_to_who_kept_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            store = NewsStore(desk.parts.pool)
            await store.keep(SHOP, STRIPE, [refund("pi_1")], NOW)
            assert await store.due(NOW, 10) == []
            assert len(await store.due(NOW + FIRST_TRY, 10)) == 1


class TestTakingIn:
    async def test_what_the_order_refuses_ends_and_says_why(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(401)))
            won, lost = (
                dispute(payment(401), outcome)
                for outcome in (DisputeOutcome.WON, DisputeOutcome.LOST)
            )
            await desk.applier.take_in(await keep(desk, won, lost))
            assert await standing(desk) == {
                won.news_id: ("", "", True),
                lost.news_id: ("", "dispute_ended_otherwise", True),
            }

    async def test_our_own_is_recognised_by_a_process_that_saw_the_order_before_its_refund(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(406)))
            applier = desk.applier
            applier._orders = OrderStore(desk.parts.journal, desk.parts.key_ring)
            await applier._orders.load([STREAM])
            refund_id = await desk.request(payment(406), 1_000)
            transfer_id = TransferId(f"{refund_id}/1")
            ours = replace(refund(payment(406)), order_id=ORDER_ID, transfer_id=transfer_id)

            await applier.take_in(await keep(desk, ours))

            order = await desk.order()
            assert order.external_refunds == ()
            assert order.refunds[0].transfers[0].is_done

    async def test_what_waits_is_tried_ever_more_seldom(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            store = NewsStore(desk.parts.pool)
            await keep(desk, refund("pi_nobody"))
            pauses = []
            for _ in range(12):
                (kept,) = await store.due(datetime.now(UTC) + FAR, 10)
                before = datetime.now(UTC)
                await desk.applier.take_in([kept])
                pauses.append(await _retry_at(desk) - before)
            assert timedelta(seconds=9) < pauses[0] < timedelta(seconds=15)
            assert pauses[1] > pauses[0]
            assert timedelta(minutes=59) < pauses[-1] < timedelta(minutes=61)

    async def test_a_mistake_over_one_holds_up_no_other(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(402)))
            applier = desk.applier
            broken, sound = refund("pi_broken"), refund(payment(402), refund_id="re_2")
            applier._payments = _Breaking(applier._payments)
            await applier.take_in(await keep(desk, broken, sound))
            assert await standing(desk) == {
                broken.news_id: ("internal_error", "", False),
                sound.news_id: ("", "", True),
            }

    async def test_a_database_that_is_away_is_told_to_who_asked(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            applier = desk.applier
            applier._payments = _Breaking(applier._payments, OperationalError("away"))
            kept = await keep(desk, refund("pi_broken"))
            with pytest.raises(OperationalError):
                await applier.take_in(kept)

    async def test_a_hint_waits_for_who_can_ask_and_for_an_answer(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            hint = RefundsChanged(transaction_id="pi_of_another_account", cause="evt_1")
            kept = await keep(desk, hint)
            await desk.parts.news_applier.take_in_complete(kept)
            assert await standing(desk) == {hint.news_id: ("", "", False)}
            await desk.parts.news_applier.take_in(kept)
            assert await standing(desk) == {hint.news_id: ("no_list", "", False)}
            await desk.applier.take_in(kept)
            assert await standing(desk) == {hint.news_id: ("resource_missing", "", False)}

    async def test_a_failure_told_while_a_success_is_taken_in_is_not_lost(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(403)))
            applier = desk.applier
            success, failure = (refund(payment(403), fate) for fate in (Fate.RETURNED, Fate.FAILED))

            async def failing_meanwhile() -> None:
                """Tell of the failure, and take it in before the success is recorded."""
                await desk.applier.take_in(await keep(desk, failure))

            applier._payments = _Interrupted(applier._payments, failing_meanwhile)
            await applier.take_in(await keep(desk, success))

            (external,) = (await desk.order()).external_refunds
            assert external.is_failed
            assert (await desk.order()).returned_total == 0


class TestTheLoop:
    async def test_takes_in_what_waits_and_asks_for_what_changed(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(404)))
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(404), amount=700))
            await keep(desk, RefundsChanged(transaction_id=payment(404), cause="evt_1"))
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group, asyncio.timeout(WAIT_SECONDS_MAX):
                group.create_task(_run(desk, stop))
                while not (await desk.order()).external_refunds:  # noqa: ASYNC110 - the loop's doing
                    await asyncio.sleep(0.02)
                stop.set()

    async def test_stands_by_while_another_does_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(405)))
            await keep(desk, refund(payment(405)))
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group, asyncio.timeout(WAIT_SECONDS_MAX):
                async with hold_lease(desk.parts.settings.database_url, LEASE_NAME):
                    group.create_task(_run(desk, stop))
                    await asyncio.sleep(3)
                    assert (await desk.order()).external_refunds == ()
                while not (await desk.order()).external_refunds:  # noqa: ASYNC110 - the loop's doing
                    await asyncio.sleep(0.02)
                stop.set()


async def _run(desk: Desk, stop: asyncio.Event) -> None:
    await run_provider_news(
        pool=desk.parts.pool, applier=desk.applier, reconciler=desk.reconciler, stop=stop
    )


async def _retry_at(desk: Desk) -> datetime:
    async with desk.parts.pool.connection() as connection:
        row = await (await connection.execute("SELECT retry_at FROM providers.news")).fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


class _Breaking(PaymentIndex):
    """An index that breaks over one payment."""

    def __init__(self, index: PaymentIndex, error: Exception | None = None) -> None:
        self._index = index
        self._error = error or ValueError("a mistake of ours")

    async def find(self, shop: ShopId, provider: str, transaction_id: str) -> FoundPayment | None:
        if transaction_id == "pi_broken":
            raise self._error
        return await self._index.find(shop, provider, transaction_id)


class _Interrupted(PaymentIndex):
    """An index during whose first answer something else happens."""

    def __init__(
        self, index: PaymentIndex, meanwhile: Callable[[], Awaitable[None]] | None
    ) -> None:
        self._index = index
        self._meanwhile = meanwhile

    async def find(self, shop: ShopId, provider: str, transaction_id: str) -> FoundPayment | None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            await meanwhile()
        return await self._index.find(shop, provider, transaction_id)


@pytest.mark.parametrize("refund_id", ["re_\0", "re_\ud800"])
async def test_news_that_the_database_cannot_hold_is_refused_whole(
    database: Database, sandbox: SandboxProgram, refund_id: str
) -> None:
    async with open_desk(database, sandbox) as desk:
        with pytest.raises(NotStorable):
            await keep(desk, refund("pi_1"), refund("pi_1", refund_id=refund_id))
        assert await standing(desk) == {}
