"""Money compared with Stripe's: what no webhook told is taken in, what differs is said."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.providers.compared import Compared, NotCompared
from adapters.providers.differences import Differences
from adapters.providers.hearing import reconciler_of
from adapters.providers.reconciling import EVERY, UNANSWERED_MAX, Reconciler
from adapters.running.provider_news import run_provider_news
from domain.identifiers import ExternalRefundId, PaymentId, ShopId, TransferId
from domain.order.commands.transfers import ReportTransferDone, ReportTransferFailed
from processors.provider_news import Fate, RefundSeen
from processors.reconciliation import Why
from processors.refund_provider import NotKnown
from processors.refund_source import RefundPage
from scripts.receivers.places import Receiver
from scripts.receivers.stripe_control import DashboardRefund, Ending
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.providers.given_stripe import payment
from tests.adapters.providers.stripe_desk import Desk, one_payment, open_desk
from tests.examples import ORDER_ID, PAYMENT, SECOND_PAYMENT, SHOP, TOTAL, euros
from tests.sandbox_program import SandboxProgram
from tests.support import Database

LATELY = timedelta(minutes=10)
WAIT_SECONDS_MAX = 20


async def reconcile(desk: Desk) -> Compared:
    (compared,) = await desk.reconciler.reconcile(SHOP, datetime.now(UTC) - LATELY)
    return compared


async def differences(desk: Desk) -> list[tuple[int, int, Why]]:
    found = await Differences(desk.parts.pool).all(SHOP)
    assert {(one.order_id, one.payment_id) for one in found} <= {(ORDER_ID, PAYMENT)}
    return [(one.ours, one.theirs, one.why) for one in found]


class TestComparing:
    async def test_takes_in_what_no_webhook_told_and_then_agrees(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(201)))
            await desk.ask(await desk.request(payment(201), 5_000), is_heard=False)
            by_hand = DashboardRefund(payment=payment(201), amount=1_000)
            sandbox.refund_in_stripes_dashboard(by_hand)

            compared = await reconcile(desk)

            assert (compared.failure, compared.payments) == ("", 1)
            assert (await desk.order()).returned_total == 6_000
            assert await differences(desk) == []

    async def test_sees_a_failure_that_no_webhook_told(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(202)))
            await desk.ask(await desk.request(payment(202), 5_000))
            sandbox.end_at_stripe(Ending(payment=payment(202), status="failed"))

            await reconcile(desk)

            assert (await desk.order()).returned_total == 0
            assert await differences(desk) == []

    async def test_says_what_counts_here_and_not_there_and_mends_nothing(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(203)))
            refund_id = await desk.request(payment(203), 5_000)
            now = datetime.now(UTC)
            believed = ReportTransferDone(
                now=now,
                at=now,
                refund_id=refund_id,
                transfer_id=TransferId(f"{refund_id}/1"),
                reference="re_never",
            )
            await desk.wish(believed)

            await reconcile(desk)
            await reconcile(desk)

            assert await differences(desk) == [(5_000, 0, Why.NOT_AT_PROVIDER)]
            (seen,) = await Differences(desk.parts.pool).all(SHOP)
            assert seen.first_seen_at < seen.last_seen_at
            assert (await desk.order()).returned_total == 5_000

    async def test_forgets_a_difference_once_both_agree(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(204)))
            now = datetime.now(UTC)
            refund_id = await desk.request(payment(204), 5_000)
            transfer_id = TransferId(f"{refund_id}/1")
            believed = ReportTransferDone(
                now=now, at=now, refund_id=refund_id, transfer_id=transfer_id, reference="re_never"
            )
            await desk.wish(believed)
            await reconcile(desk)
            assert len(await differences(desk)) == 1

            failed = ReportTransferFailed(
                now=now, at=now, refund_id=refund_id, transfer_id=transfer_id, code="declined"
            )
            await desk.wish(failed)
            await reconcile(desk)

            assert await differences(desk) == []

    async def test_says_why_it_could_not_and_takes_no_part_for_the_whole(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(205)))
            trouble = Trouble(target=Receiver.STRIPE, kind=Kind.ERROR, next=1)
            sandbox.trouble(trouble)

            assert (await reconcile(desk)).failure == "http_500"

            look = await Differences(desk.parts.pool).last_look(SHOP, "stripe")
            assert look is not None
            assert (look.failure, look.done_at) == ("http_500", None)

    async def test_of_a_charge_of_another_system_names_it_and_goes_on(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(206)))
            for mark in (206, 207):
                by_hand = DashboardRefund(payment=payment(mark), amount=1_000)
                sandbox.refund_in_stripes_dashboard(by_hand)

            await reconcile(desk)

            assert (await desk.order()).returned_total == 1_000

    async def test_takes_in_what_can_be_read_of_a_list_and_says_that_it_was_not_all(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(210)))
            stated = Stated({payment(210): 1_000}, is_whole=False)

            (compared,) = await reconciler_of(desk.parts, {"stripe": stated}).reconcile(
                SHOP, datetime.now(UTC) - LATELY
            )

            assert (await desk.order()).returned_total == 1_000
            assert (compared.payments, compared.failure) == (1, "answer_unreadable")

    async def test_ends_for_no_other_payment_with_a_mistake_about_one(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            absurd = payment(212)
            await desk.paid((SECOND_PAYMENT, absurd, 1_000), (PAYMENT, payment(211), TOTAL))
            stated = Stated({absurd: 2**63, payment(211): 1_000})

            (compared,) = await reconciler_of(desk.parts, {"stripe": stated}).reconcile(
                SHOP, datetime.now(UTC) - LATELY
            )

            mistaken = NotCompared(transaction_id=absurd, code="internal_error")
            assert (compared.payments, compared.not_compared) == (1, (mistaken,))
            look = await Differences(desk.parts.pool).last_look(SHOP, "stripe")
            assert look is not None
            assert look.failure == "internal_error"

    async def test_gives_up_where_the_provider_answers_for_no_payment(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            paid = [(PaymentId(f"p-{n}"), payment(220 + n), 1) for n in range(UNANSWERED_MAX + 1)]
            await desk.paid(*paid)
            stated = Stated({transaction: 0 for _, transaction, _ in paid}, code="timeout")

            (compared,) = await reconciler_of(desk.parts, {"stripe": stated}).reconcile(
                SHOP, datetime.now(UTC) - LATELY
            )

            assert compared.failure == "timeout"
            assert len(compared.not_compared) == UNANSWERED_MAX


class Stated:
    """A provider that states one returned refund of each payment, or answers for none."""

    def __init__(
        self, amounts: Mapping[str, int], *, code: str = "", is_whole: bool = True
    ) -> None:
        self._amounts = amounts
        self._is_whole = is_whole
        self._code = code

    async def refunds_of(
        self, shop: ShopId, transaction_id: str
    ) -> Sequence[RefundSeen] | NotKnown:
        assert shop == SHOP
        return NotKnown(code=self._code) if self._code else [self._refund(transaction_id)]

    async def refunds_since(self, shop: ShopId, since: datetime, after: str = "") -> RefundPage:
        assert shop == SHOP
        assert since < datetime.now(UTC)
        assert not after
        seen = [self._refund(one) for one in self._amounts]
        kept = [one for one in seen if one.amount.amount < 2**63]
        return RefundPage(refunds=kept, is_whole=self._is_whole)

    def _refund(self, transaction_id: str) -> RefundSeen:
        return RefundSeen(
            fate=Fate.FAILED if self._code else Fate.RETURNED,
            amount=euros(self._amounts[transaction_id]),
            at=datetime.now(UTC),
            refund_id=ExternalRefundId(f"re_{transaction_id}"),
            transaction_ids=(transaction_id,),
        )


class TestTheLoop:
    async def test_compares_at_once_and_then_every_quarter_of_an_hour(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            clock = _Clock()
            reconciler = _with_clock(desk, clock)
            assert len(await reconciler.reconcile_due(SHOP)) == 1
            assert await reconciler.reconcile_due(SHOP) == []
            clock.now += EVERY
            assert len(await reconciler.reconcile_due(SHOP)) == 1

    async def test_tries_again_later_after_a_failure_from_where_it_was(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(208)))
            clock = _Clock()
            reconciler = _with_clock(desk, clock)
            await reconciler.reconcile_due(SHOP)
            by_hand = DashboardRefund(payment=payment(208), amount=1_000)
            sandbox.refund_in_stripes_dashboard(by_hand)
            clock.now += EVERY
            sandbox.trouble(Trouble(target=Receiver.STRIPE, kind=Kind.ERROR, next=1))
            assert [one.failure for one in await reconciler.reconcile_due(SHOP)] == ["http_500"]
            clock.now += EVERY
            await reconciler.reconcile_due(SHOP)
            assert (await desk.order()).returned_total == 1_000

    async def test_leaves_a_shop_without_a_key_alone(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            assert await desk.reconciler.reconcile_due(ShopId("other")) == []

    async def test_goes_on_to_the_next_shop_where_one_breaks(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.parts.shops.add(ShopId("a-broken-one"), "Broken")
            reconciler = _Breaking(desk.reconciler)
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group, asyncio.timeout(WAIT_SECONDS_MAX):
                running = run_provider_news(
                    pool=desk.parts.pool, applier=desk.applier, reconciler=reconciler, stop=stop
                )
                group.create_task(running)
                while SHOP not in reconciler.compared:  # noqa: ASYNC110 - the loop's doing
                    await asyncio.sleep(0.02)
                stop.set()
            assert reconciler.broken == 1


class _Breaking(Reconciler):
    """One that breaks over one shop."""

    def __init__(self, reconciler: Reconciler) -> None:
        self._reconciler = reconciler
        self.compared: list[ShopId] = []
        self.broken = 0

    async def reconcile_due(self, shop: ShopId) -> list[Compared]:
        if shop == "a-broken-one":
            self.broken += 1
            raise ValueError("a mistake of ours")
        self.compared.append(shop)
        return await self._reconciler.reconcile_due(shop)


class _Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def _with_clock(desk: Desk, clock: _Clock) -> Reconciler:
    reconciler = desk.reconciler
    reconciler._clock = clock
    return reconciler
