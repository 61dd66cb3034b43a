"""When an order needs a look: each reason, when it begins and what ends it."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from domain.identifiers import LineId, RefundId, TransferId
from domain.order.attention import TRANSFER_PATIENCE, AttentionKind
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundRequested,
    RefundTransferPending,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.evolve import evolve
from domain.order.state import Order
from domain.order.values import RefundLine, RunCause, TransferMethod
from tests.examples import (
    BUMP_BACK,
    CLUB,
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    EXTERNAL,
    GRACE,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    PAYMENT,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    SECOND_EXTERNAL,
    SECOND_PAYMENT,
    SECOND_REFUND,
    SECOND_TRANSFER,
    THIRD_PAYMENT,
    THIRD_REFUND,
    TRANSFER,
    action_started,
    at,
    done,
    euros,
    failed,
    issued,
    marked_completed,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    removal_of,
    requested,
    started,
    succeeded,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

LATER = at(10_000)
SECOND = timedelta(seconds=1)


def kinds(order: Order, now: datetime = LATER) -> list[AttentionKind]:
    return [reason.kind for reason in order.attention_reasons(now, GRACE)]


def asks(*history: OrderFact) -> list[AttentionKind]:
    return kinds(order_after(*history))


def refunded_later(*lines: RefundLine) -> list[OrderFact]:
    """Refund lines by a second refund."""
    return [replace(fact, refund_id=SECOND_REFUND) for fact in refunded(*lines)]


def refunded_anew(line: RefundLine, *, refund_id: RefundId, minute: float) -> list[OrderFact]:
    """Refund a line, and all at once, by another refund."""
    part = transfer(line.amount, refund_id=refund_id)
    asked = refund_requested(part, lines=(line,), refund_id=refund_id, minute=minute)
    return [asked, transferred(part.transfer_id, refund_id), issued(refund_id)]


UNFINISHED = [AttentionKind.ACTION_UNFINISHED]
NOT_TAKEN = AttentionKind.TRANSFER_UNFINISHED
FAILED_RECEIPT = (*paid(RECEIPT_ACTION), requested(), action_started(), failed())
REMOVAL = removal_of(GRANT_ACTION)
FAILED_REMOVAL = (
    *paid(GRANT_ACTION),
    *done(GRANT_ACTION),
    *refunded(COURSE_BACK, BUMP_BACK, remove_access=(COURSE,)),
    ActionAdded(at=at(22), action=REMOVAL),
    requested(REMOVAL, cause=RunCause.REFUND, minute=22),
    action_started(REMOVAL.action_id, minute=23),
    failed(REMOVAL.action_id, minute=24),
)


class TestUnfinishedActions:
    def test_a_paid_order_asks_once_its_grace_has_passed(self) -> None:
        order = order_after(*paid(RECEIPT_ACTION))
        assert order.attention_due_at(GRACE) == at(9)
        assert kinds(order, at(9) - timedelta(microseconds=1)) == []
        assert kinds(order, at(9)) == UNFINISHED

    def test_the_grace_begins_with_the_last_request(self) -> None:
        order = order_after(*paid(RECEIPT_ACTION), requested(minute=8))
        assert order.attention_due_at(GRACE) == at(13)

    def test_the_grace_begins_with_the_payment_when_it_came_last(self) -> None:
        history = (started(), placed(RECEIPT_ACTION), requested(minute=2), received())
        assert order_after(*history).attention_due_at(GRACE) == at(9)

    def test_the_ledgers_clock_counts_not_the_senders(self) -> None:
        order = order_after(started(), placed(RECEIPT_ACTION))
        late = evolve(order, received(), at(100))
        assert late.attention_due_at(GRACE) == at(105)

    def test_a_reason_names_the_action_its_error_and_since_when(self) -> None:
        (reason,) = order_after(*FAILED_RECEIPT).attention_reasons(LATER, GRACE)
        assert (reason.action_id, reason.action, reason.code) == (RECEIPT, "Receipt", "http_500")
        assert reason.since == at(5)

    @pytest.mark.parametrize(
        "news",
        [
            pytest.param((requested(),), id="nobody has taken it"),
            pytest.param((requested(), action_started()), id="it is running"),
            pytest.param((requested(), action_started(), failed()), id="it has failed"),
            pytest.param(
                (requested(), action_started(), failed(retry_at=LATER)), id="it will be retried"
            ),
        ],
    )
    def test_whatever_has_not_succeeded_asks(self, news: tuple[OrderFact, ...]) -> None:
        assert asks(*paid(RECEIPT_ACTION), *news) == UNFINISHED

    def test_a_success_ends_it(self) -> None:
        assert (
            asks(*FAILED_RECEIPT, requested(run=2), action_started(run=2), succeeded(run=2)) == []
        )

    def test_what_is_no_longer_wanted_does_not_ask(self) -> None:
        cancelled = ActionCancelled(at=at(9), action_id=RECEIPT, run=1, reason="x")
        assert asks(*FAILED_RECEIPT, cancelled) == []

    def test_an_order_that_is_not_paid_does_not_ask(self) -> None:
        assert asks(started(), placed(RECEIPT_ACTION)) == []
        assert asks(started(), placed(RECEIPT_ACTION), received(amount=1)) == []

    def test_what_was_asked_for_without_payment_asks(self) -> None:
        rerun = requested(cause=RunCause.RERUN, minute=8)
        order = order_after(started(), placed(RECEIPT_ACTION), rerun)
        assert order.attention_due_at(GRACE) == at(13)

    def test_history_does_not_ask(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True), received())
        assert asks(*history) == []

    def test_what_is_run_on_history_asks(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True), received())
        assert asks(*history, requested(cause=RunCause.RERUN, minute=8)) == UNFINISHED

    def test_a_manual_completion_acknowledges_what_is_unfinished(self) -> None:
        assert asks(*FAILED_RECEIPT, marked_completed()) == []

    def test_what_is_run_after_a_manual_completion_asks_anew(self) -> None:
        again = requested(run=2, cause=RunCause.RERUN, minute=40)
        order = order_after(*FAILED_RECEIPT, marked_completed(), again)
        assert order.attention_due_at(GRACE) == at(45)

    def test_money_after_a_manual_completion_asks_for_what_never_was_requested(self) -> None:
        closed = (started(), placed(RECEIPT_ACTION, GRANT_ACTION), requested(), marked_completed(3))
        order = order_after(*closed, received())
        assert [r.action_id for r in order.attention_reasons(LATER, GRACE)] == [GRANT]

    def test_a_full_refund_ends_it_for_what_the_purchase_gives(self) -> None:
        assert asks(*FAILED_RECEIPT, *refunded(COURSE_BACK, BUMP_BACK)) == []
        assert asks(*FAILED_RECEIPT, *refunded(COURSE_BACK)) == UNFINISHED

    def test_what_is_run_after_a_full_refund_asks_anew(self) -> None:
        again = requested(run=2, cause=RunCause.RERUN, minute=40)
        order = order_after(*FAILED_RECEIPT, *refunded(COURSE_BACK, BUMP_BACK), again)
        assert order.attention_due_at(GRACE) == at(45)

    def test_a_refund_that_comes_to_be_full_after_the_request_ends_it(self) -> None:
        again = requested(run=2, cause=RunCause.RERUN, minute=40)
        rest = refunded_later(BUMP_BACK)
        assert asks(*FAILED_RECEIPT, *refunded(COURSE_BACK), again, *rest) == []

    def test_what_was_run_on_a_refund_that_failed_is_let_be_by_a_new_full_one(self) -> None:
        again = requested(run=2, cause=RunCause.RERUN, minute=40)
        taken_back = (
            *FAILED_RECEIPT,
            *refunded(COURSE_BACK, BUMP_BACK),
            again,
            RefundFailed(at=at(41), refund_id=REFUND),
        )
        anew = refunded_later(COURSE_BACK, BUMP_BACK)
        assert AttentionKind.ACTION_UNFINISHED in asks(*taken_back)
        assert AttentionKind.ACTION_UNFINISHED not in asks(*taken_back, *anew)

    def test_a_failed_access_removal_always_asks(self) -> None:
        assert asks(*FAILED_REMOVAL) == UNFINISHED
        assert asks(*FAILED_REMOVAL, marked_completed()) == UNFINISHED

    def test_an_access_removal_that_was_done_does_not_ask(self) -> None:
        again = (
            requested(REMOVAL, run=2, cause=RunCause.RERUN, minute=25),
            action_started(REMOVAL.action_id, run=2, minute=26),
            succeeded(REMOVAL.action_id, run=2, minute=27),
        )
        assert asks(*FAILED_REMOVAL, *again) == []


class TestTroubledTransfers:
    failed = (
        *paid(),
        refund_requested(transfer(10_000), lines=(COURSE_BACK,)),
        transfer_failed(),
        RefundFailed(at=at(23), refund_id=REFUND),
    )

    def test_a_failed_transfer_asks_at_once(self) -> None:
        order = order_after(*self.failed)
        assert order.attention_due_at(GRACE) == at(23)
        (reason,) = order.attention_reasons(at(23), GRACE)
        assert reason.kind is AttentionKind.TRANSFER_FAILED
        assert (reason.refund_id, reason.code) == (REFUND, "insufficient_funds")

    def test_a_manual_completion_ends_it(self) -> None:
        assert asks(*self.failed, marked_completed()) == []

    def test_a_new_refund_of_those_lines_ends_it(self) -> None:
        again = replace(
            refund_requested(transfer(10_000, refund_id=SECOND_REFUND), lines=(COURSE_BACK,)),
            refund_id=SECOND_REFUND,
            at=at(24),
        )
        assert asks(*self.failed, again) == [NOT_TAKEN]

    def test_a_new_refund_of_a_part_does_not_end_it(self) -> None:
        less = RefundLine(line_id=COURSE, amount=9_999, vat=2_031)
        rest = RefundLine(line_id=COURSE, amount=1, vat=1)
        history = (*self.failed, *refunded_anew(less, refund_id=SECOND_REFUND, minute=24))
        assert asks(*history) == [AttentionKind.TRANSFER_FAILED]
        assert asks(*history, *refunded_anew(rest, refund_id=THIRD_REFUND, minute=25)) == []

    def test_a_refund_that_was_asked_for_before_it_failed_does_not_end_it(self) -> None:
        half = RefundLine(line_id=COURSE, amount=5_000, vat=1_016)
        history = (
            *paid(),
            refund_requested(transfer(5_000), lines=(half,)),
            *refunded_anew(half, refund_id=SECOND_REFUND, minute=21),
            transfer_failed(),
            RefundFailed(at=at(23), refund_id=REFUND),
        )
        assert asks(*history) == [AttentionKind.TRANSFER_FAILED]

    def test_one_refund_takes_up_no_more_than_its_own_amount_of_several_that_failed(self) -> None:
        half = RefundLine(line_id=COURSE, amount=5_000, vat=1_016)
        second = refund_requested(
            transfer(5_000, refund_id=SECOND_REFUND), lines=(half,), refund_id=SECOND_REFUND
        )
        history = (
            *paid(),
            refund_requested(transfer(5_000), lines=(half,)),
            second,
            transfer_failed(),
            RefundFailed(at=at(23), refund_id=REFUND),
            transfer_failed(TransferId(f"{SECOND_REFUND}/1"), SECOND_REFUND),
            RefundFailed(at=at(23), refund_id=SECOND_REFUND),
        )
        order = order_after(*history, *refunded_anew(half, refund_id=THIRD_REFUND, minute=24))
        assert [r.refund_id for r in order.attention_reasons(LATER, GRACE)] == [SECOND_REFUND]

    def test_a_new_refund_that_fails_too_asks_in_its_place(self) -> None:
        again = refund_requested(
            transfer(10_000, refund_id=SECOND_REFUND),
            lines=(COURSE_BACK,),
            refund_id=SECOND_REFUND,
            minute=24,
        )
        no = replace(transfer_failed(TransferId(f"{SECOND_REFUND}/1"), SECOND_REFUND), at=at(25))
        history = (*self.failed, again, no, RefundFailed(at=at(25), refund_id=SECOND_REFUND))
        order = order_after(*history)
        assert [r.refund_id for r in order.attention_reasons(LATER, GRACE)] == [SECOND_REFUND]
        assert asks(*history, *refunded_anew(COURSE_BACK, refund_id=THIRD_REFUND, minute=26)) == []

    def test_a_new_refund_of_other_lines_does_not_end_it(self) -> None:
        other = replace(
            refund_requested(transfer(4_000, refund_id=SECOND_REFUND), lines=(BUMP_BACK,)),
            refund_id=SECOND_REFUND,
        )
        assert asks(*self.failed, other) == [AttentionKind.TRANSFER_FAILED, NOT_TAKEN]

    def test_an_excess_that_failed_asks_until_an_excess_is_refunded(self) -> None:
        twice_paid = (*paid(), received(SECOND_PAYMENT, minute=5), marked_completed(6))
        history = (
            *twice_paid,
            refund_requested(transfer(14_000), excess=14_000),
            transfer_failed(),
            RefundFailed(at=at(23), refund_id=REFUND),
        )
        assert asks(*history) == [AttentionKind.TRANSFER_FAILED]
        again = refund_requested(
            transfer(14_000, refund_id=SECOND_REFUND),
            excess=14_000,
            refund_id=SECOND_REFUND,
            minute=24,
        )
        assert asks(*history, again) == [NOT_TAKEN]

    def test_a_part_that_is_owed_asks_until_a_person_has_paid_it_back(self) -> None:
        history = (
            *paid(),
            refund_requested(
                transfer(10_000), transfer(4_000, number=2), lines=(COURSE_BACK, BUMP_BACK)
            ),
            transferred(SECOND_TRANSFER),
            transfer_failed(),
            issued(),
        )
        assert asks(*history) == [AttentionKind.TRANSFER_FAILED]
        assert asks(*history, transferred()) == []

    def test_an_unresolved_transfer_asks_until_it_is_resolved(self) -> None:
        unresolved = RefundTransferUnresolved(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
        )
        history = (*self.failed[:-2], unresolved)
        assert asks(*history) == [AttentionKind.TRANSFER_UNRESOLVED]
        assert asks(*history, marked_completed()) == [AttentionKind.TRANSFER_UNRESOLVED]
        assert asks(*history, transferred(), issued()) == []

    def test_an_unresolved_transfer_asks_on_while_it_is_tried_again(self) -> None:
        taken = RefundTransferStarted(
            at=at(20), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="payer-1"
        )
        unresolved = RefundTransferUnresolved(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
        )
        again = replace(taken, at=at(40), attempt=2)
        history = (*self.failed[:-2], taken, unresolved, again)
        for more in ((), (replace(unresolved, at=at(41), code="http_503"),)):
            (reason,) = order_after(*history, *more).attention_reasons(at(21), GRACE)
            assert reason.kind is AttentionKind.TRANSFER_UNRESOLVED
            assert reason.since == at(21)
        order = order_after(*history)
        assert order.refunds[0].transfers[0].code == "timeout"
        assert asks(*history, transferred(), issued()) == []


class TestTransfersThatStandStill:
    history = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
    taken = RefundTransferStarted(
        at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="payer-1"
    )
    pending = RefundTransferPending(
        at=at(22), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
    )

    def test_one_that_no_provider_takes_asks_after_the_grace(self) -> None:
        for history in (self.history, (*self.history, self.taken)):
            order = order_after(*history)
            assert order.attention_reasons(at(20) + GRACE - SECOND, GRACE) == ()
            (reason,) = order.attention_reasons(at(20) + GRACE, GRACE)
            assert reason.kind is NOT_TAKEN
            assert (reason.since, reason.refund_id) == (at(20), REFUND)

    def test_completing_the_order_does_not_hide_it(self) -> None:
        history = (*self.history, marked_completed(25))
        assert asks(*history) == [NOT_TAKEN]

    def test_a_provider_that_took_it_has_a_week(self) -> None:
        order = order_after(*self.history, self.taken, self.pending)
        ends = at(22) + TRANSFER_PATIENCE + GRACE
        assert order.attention_reasons(ends - SECOND, GRACE) == ()
        (reason,) = order.attention_reasons(ends, GRACE)
        assert reason.kind is NOT_TAKEN

    def test_one_that_was_lost_and_found_asks_no_more(self) -> None:
        unresolved = RefundTransferUnresolved(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
        )
        order = order_after(*self.history, self.taken, unresolved, self.pending)
        assert order.attention_reasons(at(60), GRACE) == ()
        assert order.refunds[0].transfers[0].code == ""


class TestMoney:
    twice_paid = (*paid(), received(SECOND_PAYMENT, minute=5))
    observed = ExternalRefundObserved(
        at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(1_000)
    )

    def test_money_above_the_total_asks(self) -> None:
        order = order_after(*self.twice_paid)
        assert kinds(order) == [AttentionKind.MONEY_ABOVE_TOTAL]
        assert order.attention_due_at(GRACE) == at(5)

    def test_money_above_the_total_tells_the_figures(self) -> None:
        [reason] = order_after(*self.twice_paid).attention_reasons(at(6), GRACE)
        assert reason.message == "280.00 EUR received, 140.00 EUR due, 140.00 EUR to give back"

    def test_returning_the_excess_ends_it(self) -> None:
        returned = (
            refund_requested(transfer(14_000), excess=14_000),
            transferred(),
            issued(),
        )
        assert asks(*self.twice_paid, *returned) == []

    def test_a_manual_completion_ends_it_until_more_money_comes(self) -> None:
        closed = (*self.twice_paid, marked_completed())
        assert asks(*closed) == []
        third = received(THIRD_PAYMENT, minute=40)
        assert asks(*closed, third) == [AttentionKind.MONEY_ABOVE_TOTAL]

    def test_history_does_not_ask_for_its_excess(self) -> None:
        history = (started(), placed(imported=True), received(), received(SECOND_PAYMENT))
        assert asks(*history) == []

    def test_an_external_refund_asks_until_it_is_allocated(self) -> None:
        assert asks(*paid(), self.observed) == [AttentionKind.EXTERNAL_REFUND_UNALLOCATED]
        allocated = ExternalRefundAllocated(
            at=at(51), external_refund_id=EXTERNAL, refund_id=REFUND, lines=(), by=OPERATOR
        )
        assert asks(*paid(), self.observed, allocated) == []
        gone = ExternalRefundFailed(at=at(51), external_refund_id=EXTERNAL, code="canceled")
        assert asks(*paid(), self.observed, gone) == []

    def test_an_allocated_external_refund_that_is_taken_back_asks(self) -> None:
        allocated = ExternalRefundAllocated(
            at=at(51),
            external_refund_id=EXTERNAL,
            refund_id=REFUND,
            lines=(),
            by=OPERATOR,
            unallocated=1_000,
        )
        gone = ExternalRefundFailed(at=at(70), external_refund_id=EXTERNAL, code="canceled")
        end = RefundFailed(at=at(70), refund_id=REFUND)
        order = order_after(*paid(), self.observed, allocated, gone, end)
        (reason,) = order.attention_reasons(LATER, GRACE)
        assert reason.kind is AttentionKind.TRANSFER_FAILED
        assert (reason.since, reason.code) == (at(70), "canceled")
        assert order.refunds[0].transfers[0].returned_recorded_at is None

    def test_money_that_settled_a_failed_part_and_is_taken_back_asks_again(self) -> None:
        asked = refund_requested(
            transfer(10_000), transfer(4_000, number=2), lines=(COURSE_BACK, BUMP_BACK)
        )
        matched = replace(
            self.observed, matched_refund=REFUND, matched_transfer=TRANSFER, amount=euros(10_000)
        )
        history = (*paid(), asked, transferred(SECOND_TRANSFER), transfer_failed(), issued())
        settled = (*history, marked_completed(30), matched)
        gone = ExternalRefundFailed(at=at(70), external_refund_id=EXTERNAL, code="canceled")
        assert asks(*settled) == []
        (reason,) = order_after(*settled, gone).attention_reasons(LATER, GRACE)
        assert (reason.kind, reason.since) == (AttentionKind.TRANSFER_FAILED, at(70))

    def test_more_returned_than_came_in_asks(self) -> None:
        matched = replace(
            self.observed, matched_refund=REFUND, matched_transfer=TRANSFER, amount=euros(10_000)
        )
        second = replace(self.observed, external_refund_id=SECOND_EXTERNAL, amount=euros(5_000))
        settled = ExternalRefundAllocated(
            at=at(51),
            external_refund_id=SECOND_EXTERNAL,
            refund_id=SECOND_REFUND,
            lines=(),
            by=OPERATOR,
        )
        recorded = refunded(COURSE_BACK, method=TransferMethod.NONE)
        history = (*paid(), *recorded, matched, second, settled)
        assert asks(*history) == [AttentionKind.RETURNED_ABOVE_RECEIVED]
        assert asks(*history, marked_completed(52)) == []


BOTH = [AttentionKind.TRANSFER_FAILED, AttentionKind.ACCESS_LOST]


class TestLostAccess:
    history = (
        *paid(GRANT_ACTION),
        *done(GRANT_ACTION),
        *refunded(COURSE_BACK, remove_access=(COURSE,)),
        ActionAdded(at=at(22), action=REMOVAL),
        requested(REMOVAL, cause=RunCause.REFUND, minute=22),
        action_started(REMOVAL.action_id, minute=23),
        succeeded(REMOVAL.action_id, minute=24),
        transfer_failed(),
        RefundFailed(at=at(30), refund_id=REFUND),
    )

    def test_access_that_went_for_a_refund_that_failed_asks(self) -> None:
        order = order_after(*self.history)
        assert kinds(order) == BOTH
        assert order.attention_reasons(LATER, GRACE)[1].since == at(30)
        assert order.attention_reasons(LATER, GRACE)[1].action_id == GRANT

    def test_giving_it_again_ends_it(self) -> None:
        again = (
            requested(GRANT_ACTION, run=2, cause=RunCause.RERUN, minute=31),
            action_started(GRANT, run=2, minute=32),
            succeeded(GRANT, run=2, minute=33),
        )
        assert asks(*self.history, *again) == [AttentionKind.TRANSFER_FAILED]

    def test_a_manual_completion_ends_it(self) -> None:
        assert asks(*self.history, marked_completed(31)) == []

    @pytest.mark.parametrize("remove_access", [(COURSE,), ()])
    def test_a_later_refund_of_what_it_was_for_ends_it(
        self, remove_access: tuple[LineId, ...]
    ) -> None:
        (asked, *rest) = refunded_anew(COURSE_BACK, refund_id=SECOND_REFUND, minute=31)
        assert isinstance(asked, RefundRequested)
        again = (replace(asked, remove_access=remove_access), *rest)
        assert asks(*self.history, *again[:-1]) == [AttentionKind.ACCESS_LOST]
        assert asks(*self.history, *again) == []

    def test_a_later_refund_of_less_does_not_end_it(self) -> None:
        less = RefundLine(line_id=COURSE, amount=9_999, vat=2_031)
        again = refunded_anew(less, refund_id=SECOND_REFUND, minute=31)
        assert asks(*self.history, *again) == BOTH

    def test_access_of_the_offer_is_lost_until_all_is_refunded(self) -> None:
        history = (
            *paid(CLUB_ACTION),
            requested(CLUB_ACTION),
            *refunded(COURSE_BACK, remove_offer_access=True),
            ActionCancelled(at=at(22), action_id=CLUB, run=1, reason="refunded"),
            transfer_failed(),
            RefundFailed(at=at(30), refund_id=REFUND),
        )
        course = refunded_anew(COURSE_BACK, refund_id=SECOND_REFUND, minute=31)
        bump = refunded_anew(BUMP_BACK, refund_id=THIRD_REFUND, minute=32)
        assert asks(*history, *course) == [AttentionKind.ACCESS_LOST]
        assert asks(*history, *course, *bump) == []

    def test_a_grant_that_was_called_off_for_it_asks_too(self) -> None:
        history = (
            *paid(GRANT_ACTION),
            requested(GRANT_ACTION),
            *refunded(COURSE_BACK, remove_access=(COURSE,)),
            ActionCancelled(at=at(22), action_id=GRANT, run=1, reason="refunded"),
            transfer_failed(),
            RefundFailed(at=at(30), refund_id=REFUND),
        )
        assert asks(*history) == BOTH

    def test_a_refund_that_never_was_issued_took_nothing(self) -> None:
        history = (
            *paid(GRANT_ACTION),
            *done(GRANT_ACTION),
            refund_requested(transfer(10_000), lines=(COURSE_BACK,), remove_access=(COURSE,)),
            transfer_failed(),
            RefundFailed(at=at(30), refund_id=REFUND),
        )
        assert asks(*history) == [AttentionKind.TRANSFER_FAILED]


def test_restored_data_does_not_ask() -> None:
    restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
    assert asks(*paid(), *refunded(COURSE_BACK), restored) == []
