"""Webhooks of Stripe, from its doubles to the order: early, late, twice, in any order, or forged."""

import json
import time
from datetime import UTC, datetime, timedelta

from adapters.providers.news_store import NewsStore
from domain.order.attention import AttentionKind
from domain.order.stages import DisputeStage, OrderStatus, RefundStage, TransferStage
from domain.order.state import Order
from scripts.receivers.stripe_account import Manner
from scripts.receivers.stripe_control import DashboardRefund, DisputeAsked, Ending, Instruction
from scripts.receivers.stripe_webhooks import SECRET, signed
from tests.adapters.commands.given import STREAM
from tests.adapters.providers.given_stripe import payment
from tests.adapters.providers.stripe_desk import Desk, one_payment, open_desk
from tests.examples import (
    GRANT_ACTION,
    PAYMENT,
    SECOND_PAYMENT,
    SHOP,
    TOTAL,
    start_action,
    succeed,
)
from tests.sandbox_program import SandboxProgram
from tests.support import Database

BOTH = ("refund.created", "charge.refunded")


def transfer_stage(order: Order) -> TransferStage:
    (refund,) = order.refunds
    (transfer,) = refund.transfers
    return transfer.stage


def stripes_money(desk: Desk, transaction: str) -> int:
    return desk.sandbox.stripe_money().returned.get(transaction, 0)


async def kinds(desk: Desk) -> list[str]:
    """Name the facts of the order, in order."""
    return [row.name for row in await desk.parts.journal.read_stream(STREAM)]


class TestOurOwnRefund:
    async def test_told_before_its_answer_is_done_and_counted_once(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(101)))
            refund_id = await desk.request(payment(101), 5_000)
            await desk.ask(refund_id, is_heard=False)

            await desk.tell(payment(101), "refund.created")

            order = await desk.order()
            assert transfer_stage(order) is TransferStage.DONE
            assert order.returned_total == 5_000 == stripes_money(desk, payment(101))

    async def test_told_after_its_answer_twice_and_in_any_order_changes_nothing(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(102)))
            await desk.ask(await desk.request(payment(102), 5_000))
            before = await kinds(desk)

            await desk.tell(payment(102), times=2, is_reversed=True)
            await desk.applier.take_in_due()
            await _look_as_workers(desk)

            assert await kinds(desk) == before
            assert (await desk.order()).returned_total == 5_000

    async def test_that_is_pending_ends_when_stripe_says_so(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(103)))
            sandbox.instruct_stripe(Instruction(manner=Manner.SHORT, next=1))
            await desk.ask(await desk.request(payment(103), 5_000))
            assert transfer_stage(await desk.order()) is TransferStage.PENDING

            sandbox.end_at_stripe(Ending(payment=payment(103)))
            await desk.tell(payment(103), "refund.updated", "refund.created")

            order = await desk.order()
            assert transfer_stage(order) is TransferStage.DONE
            assert order.refunds[0].is_in_force

    async def test_that_fails_two_days_after_its_success_leaves_force_and_asks_for_a_look(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(104)))
            await desk.ask(await desk.request(payment(104), 5_000))
            assert (await desk.order()).status is OrderStatus.PARTIALLY_REFUNDED

            failed = Ending(
                payment=payment(104), status="failed", failure_reason="expired_or_canceled_card"
            )
            sandbox.end_at_stripe(failed)
            await desk.tell(payment(104), "refund.failed")
            await desk.tell(payment(104), "refund.created", is_reversed=True)

            order = await desk.order()
            assert order.refunds[0].stage is RefundStage.FAILED
            assert order.refunds[0].transfers[0].code == "expired_or_canceled_card"
            assert (order.returned_total, order.external_refunds) == (0, ())
            assert stripes_money(desk, payment(104)) == 0

    async def test_that_fails_after_access_was_removed_says_so(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(108)), grant=GRANT_ACTION)
            refund_id = await desk.request(payment(108), 10_000, remove_access=True)
            await desk.ask(refund_id)
            (removal,) = [a for a in (await desk.order()).actions if a.is_removal]
            for wish in (start_action(removal.action_id), succeed(removal.action_id)):
                assert not (await desk.wish(wish)).rejection

            sandbox.end_at_stripe(Ending(payment=payment(108), status="failed"))
            await desk.tell(payment(108), "refund.failed")

            order = await desk.order()
            assert order.refunds[0].stage is RefundStage.FAILED
            reasons = order.attention_reasons(datetime.now(UTC), timedelta(0))
            assert AttentionKind.ACCESS_LOST in {reason.kind for reason in reasons}

    async def test_whose_failure_is_told_before_its_success_stays_failed(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(105)))
            await desk.ask(await desk.request(payment(105), 5_000), is_heard=False)
            sandbox.end_at_stripe(Ending(payment=payment(105), status="failed"))

            await desk.tell(payment(105), "refund.failed", "refund.created", is_reversed=True)

            order = await desk.order()
            assert transfer_stage(order) is TransferStage.FAILED
            assert order.external_refunds == ()
            assert order.returned_total == 0 == stripes_money(desk, payment(105))

    async def test_goes_to_the_payment_it_was_asked_of_where_there_are_two(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            first = (PAYMENT, payment(106, 4_000), 4_000)
            second = (SECOND_PAYMENT, payment(107, 10_000), 10_000)
            await desk.paid(first, second)
            await desk.ask(await desk.request(payment(107, 10_000), 9_000), is_heard=False)

            await desk.tell(payment(107, 10_000), "refund.created")

            order = await desk.order()
            assert order.refunds[0].transfers[0].payment_id == SECOND_PAYMENT
            assert order.returned_total == 9_000 == stripes_money(desk, payment(107, 10_000))


class TestARefundOfTheDashboard:
    async def test_is_seen_once_whatever_tells_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(110)))
            by_hand = DashboardRefund(payment=payment(110), amount=3_000)
            refund_id = sandbox.refund_in_stripes_dashboard(by_hand)

            await desk.tell(payment(110), *BOTH, times=2)
            await _look_as_workers(desk)

            (external,) = (await desk.order()).external_refunds
            assert external.external_refund_id == refund_id
            assert external.is_unallocated
            assert (await kinds(desk)).count("ExternalRefundObserved") == 1

    async def test_is_found_by_a_look_where_only_the_charge_is_told(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(111)))
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(111), amount=3_000))
            await desk.tell(payment(111), "charge.refunded")
            assert (await desk.order()).external_refunds == ()

            await _look_as_workers(desk)

            assert len((await desk.order()).external_refunds) == 1

    async def test_that_fails_is_taken_back_in_either_order(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(112)))
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(112), amount=3_000))
            sandbox.end_at_stripe(Ending(payment=payment(112), status="failed"))

            await desk.tell(payment(112), "refund.failed")
            await desk.tell(payment(112), "refund.created")
            assert (await desk.order()).external_refunds == ()

            by_hand = DashboardRefund(payment=payment(112), amount=2_000)
            again = sandbox.refund_in_stripes_dashboard(by_hand)
            await desk.tell(payment(112), "refund.created")
            assert (await desk.order()).returned_total == 2_000
            sandbox.end_at_stripe(Ending(payment=payment(112), status="failed"))
            await desk.tell(payment(112), "refund.failed")

            (external,) = (await desk.order()).external_refunds
            assert (external.external_refund_id, external.is_failed) == (again, True)

    async def test_waits_for_its_payment_and_holds_up_no_other(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(113), amount=3_000))
            await desk.tell(payment(113), "refund.created")
            store = NewsStore(desk.parts.pool)
            told_before = datetime.now(UTC) + timedelta(days=1)
            (waiting,) = await store.waiting(SHOP, told_before, 10)
            assert (waiting.waits_for, waiting.tries) == ("payment_unknown", 1)

            await desk.paid(one_payment(payment(113)))
            await desk.applier.take_in([waiting])

            assert len((await desk.order()).external_refunds) == 1
            assert await store.waiting(SHOP, told_before, 10) == []


class TestADispute:
    async def test_binds_money_until_it_is_won(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(120)))
            sandbox.dispute_at_stripe(DisputeAsked(payment=payment(120), amount=TOTAL))
            await desk.tell(payment(120), "charge.dispute.created", times=2)
            assert (await desk.order()).returnable_total == 0

            won = DisputeAsked(payment=payment(120), amount=TOTAL, status="won")
            sandbox.dispute_at_stripe(won)
            await desk.tell(payment(120), "charge.dispute.closed")

            order = await desk.order()
            assert order.returnable_total == TOTAL
            assert [one.stage for one in order.disputes_by_id.values()] == [DisputeStage.WON]

    async def test_that_is_told_lost_first_is_lost(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(121)))
            for status in ("needs_response", "lost"):
                asked = DisputeAsked(payment=payment(121), amount=TOTAL, status=status)
                sandbox.dispute_at_stripe(asked)

            await desk.tell(payment(121), is_reversed=True)

            order = await desk.order()
            assert [one.stage for one in order.disputes_by_id.values()] == [DisputeStage.LOST]
            assert order.returnable_total == 0

    async def test_is_none_while_it_is_an_inquiry(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(122)))
            inquiry = DisputeAsked(
                payment=payment(122), amount=TOTAL, status="warning_needs_response"
            )
            sandbox.dispute_at_stripe(inquiry)
            await desk.tell(payment(122))
            assert (await desk.order()).returnable_total == TOTAL


class TestTheDoor:
    event = json.dumps(
        {"id": "evt_1", "type": "refund.created", "created": 1, "data": {"object": {}}}
    ).encode()
    idle = json.dumps(
        {"id": "evt_1", "type": "customer.created", "created": 1, "data": {"object": {}}}
    ).encode()

    async def test_opens_to_stripes_signature_alone(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            now = int(time.time())
            assert (await desk.post(self.idle, signed(self.idle))).status_code == 200
            for signature in (
                "",
                signed(self.idle, "whsec_another"),
                signed(self.idle + b" "),
                signed(self.idle, SECRET, now - 301),
                signed(self.idle, SECRET, now + 302),
            ):
                refused = await desk.post(self.idle, signature)
                assert (refused.status_code, refused.json()["code"]) == (400, "not_signed")

    async def test_of_a_shop_without_a_secret_is_shut(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            refused = await desk.post(self.idle, signed(self.idle), shop="nobody")
            assert refused.status_code == 400

    async def test_says_so_where_an_event_that_matters_cannot_be_read(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            refused = await desk.post(self.event, signed(self.event))
            assert (refused.status_code, refused.json()["code"]) == (422, "event_not_understood")

    async def test_says_so_of_a_null_that_the_database_cannot_hold(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            content = {"id": "ch_1", "payment_intent": "pi_\0"}
            event = {"id": "e", "type": "charge.refunded", "created": 1}
            body = json.dumps(event | {"data": {"object": content}}).encode()
            refused = await desk.post(body, signed(body))
            assert (refused.status_code, refused.json()["code"]) == (422, "event_not_understood")

    async def test_takes_no_body_without_an_end(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            large = b" " * 262_145
            assert (await desk.post(large, signed(large))).status_code == 413

    async def test_keeps_nothing_of_a_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with open_desk(database, sandbox) as desk:
            await desk.paid(one_payment(payment(130)))
            content = {
                "id": "re_personal",
                "amount": 100,
                "currency": "eur",
                "created": 1,
                "status": "succeeded",
                "payment_intent": payment(130),
                "description": "for Aino",
                "receipt_email": "aino@example.com",
                "metadata": {"note": "Aino Virtanen"},
            }
            event = {"id": "e", "type": "refund.created", "created": 1, "data": {"object": content}}
            body = json.dumps(event).encode()
            assert (await desk.post(body, signed(body))).status_code == 200
            async with desk.parts.pool.connection() as connection:
                rows = await (
                    await connection.execute("SELECT n::text FROM providers.news AS n")
                ).fetchall()
            assert len(rows) == 1
            assert "aino" not in rows[0][0].lower()


async def _look_as_workers(desk: Desk) -> None:
    """Do what the workers' loop does once its time has come."""
    async with desk.parts.pool.connection() as connection:
        await connection.execute("UPDATE providers.news SET retry_at = now() WHERE done_at IS NULL")
    await desk.applier.take_in_due()
