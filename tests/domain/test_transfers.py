"""News of transfers: done can turn into failed, failed is the last word but for a person's."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.identifiers import TransferId
from domain.order.attention import NO_GRACE
from domain.order.commands.refunds import FailExternalRefund
from domain.order.commands.transfers import (
    ConfirmManualRefund,
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    ReportTransferUnresolved,
    StartTransfer,
    TransferWish,
)
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionRequested,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderCompleted,
    OrderFact,
    PaymentReceived,
    RefundedDataRestored,
    RefundFailed,
    RefundIssued,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.manual_refunds import NOT_PAID
from domain.order.stages import ActionStage, OrderStatus, RefundStage, TransferStage
from domain.order.values import FreeText, RunCause, TransferMethod
from tests.examples import (
    BUMP_BACK,
    COURSE,
    COURSE_BACK,
    EXTERNAL,
    GRANT_ACTION,
    NOW,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_REFUND,
    SECOND_TRANSFER,
    TOTAL,
    TRANSFER,
    at,
    done,
    euros,
    issued,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    removal_of,
    requested,
    started,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import Given, given, order_after

IN_FLIGHT = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
TWO_PAYMENTS = (
    started(),
    placed(),
    received(amount=10_000),
    received(SECOND_PAYMENT, amount=4_000),
    OrderCompleted(at=at(4)),
)
TWO_TRANSFERS = (
    *TWO_PAYMENTS,
    refund_requested(
        transfer(10_000),
        transfer(4_000, number=2, payment_id=SECOND_PAYMENT),
        lines=(COURSE_BACK, BUMP_BACK),
    ),
)
MIXED = (
    *TWO_PAYMENTS,
    refund_requested(
        transfer(10_000),
        transfer(4_000, TransferMethod.MANUAL, number=2, payment_id=SECOND_PAYMENT),
        lines=(COURSE_BACK, BUMP_BACK),
    ),
)
TAKEN = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="worker-1"
)
PENDING = RefundTransferPending(at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1")
UNRESOLVED = RefundTransferUnresolved(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
UNASKED = replace(UNRESOLVED, code="dns", was_asked=False)
FAILED = RefundFailed(at=at(24), refund_id=REFUND)
IN_PAYTRAIL = tuple(
    replace(fact, provider="paytrail") if isinstance(fact, PaymentReceived) else fact
    for fact in IN_FLIGHT
)

take = StartTransfer(now=NOW, refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="worker-1")
report_pending = ReportTransferPending(
    now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
)
report_done = ReportTransferDone(
    now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
)
report_failed = ReportTransferFailed(
    now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, code="insufficient_funds"
)
report_unresolved = ReportTransferUnresolved(
    now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
confirm = ConfirmManualRefund(now=NOW, refund_id=REFUND, transfer_id=TRANSFER, by=OPERATOR)


class TestStartTransfer:
    def test_a_worker_takes_it_to_the_provider(self) -> None:
        order = given(*IN_FLIGHT).when(take).then(replace(TAKEN, at=NOW))
        assert order.refunds[0].transfers[0].stage is TransferStage.STARTED

    def test_another_try_has_the_same_key(self) -> None:
        order = (
            given(*IN_FLIGHT, TAKEN)
            .when(replace(take, attempt=2))
            .then_kinds(RefundTransferStarted)
        )
        assert order.refunds[0].transfers[0].key == transfer(10_000).key

    def test_a_second_worker_does_not_take_it_too(self) -> None:
        given(*IN_FLIGHT, TAKEN).when(take).then_nothing()
        given(*IN_FLIGHT, TAKEN).when(replace(take, worker="worker-2")).then_rejected(
            "transfer_taken"
        )

    def test_what_may_have_been_asked_is_not_asked_where_that_could_pay_twice(self) -> None:
        a_day_later = replace(take, attempt=2, now=at(21) + timedelta(hours=23))
        for history in ((TAKEN,), (TAKEN, UNRESOLVED)):
            given(*IN_FLIGHT, *history).when(a_day_later).then_rejected("asking_unsafe")
            by_paytrail = given(*IN_PAYTRAIL, *history).when(replace(take, attempt=2))
            by_paytrail.then_rejected("asking_unsafe")

    def test_what_was_surely_not_asked_is_asked_at_any_time(self) -> None:
        later = replace(take, attempt=2, now=at(21) + timedelta(days=9))
        for history in (IN_FLIGHT, IN_PAYTRAIL):
            given(*history, TAKEN, replace(UNRESOLVED, was_asked=False)).when(later).then_kinds(
                RefundTransferStarted
            )

    def test_the_time_of_a_key_counts_from_the_first_attempt_that_was_heard_of(self) -> None:
        again = replace(TAKEN, at=at(31), attempt=2)
        first = order_after(*IN_FLIGHT, TAKEN).refunds[0].transfers[0]
        assert first.first_asked_recorded_at == at(21)
        for unresolved, began in ((UNRESOLVED, at(21)), (UNASKED, at(31))):
            order = order_after(*IN_FLIGHT, TAKEN, unresolved, again)
            assert order.refunds[0].transfers[0].first_asked_recorded_at == began

    def test_an_unresolved_one_may_be_tried_under_its_own_key(self) -> None:
        given(*IN_FLIGHT, TAKEN, UNRESOLVED).when(replace(take, attempt=2)).then_kinds(
            RefundTransferStarted
        )

    @pytest.mark.parametrize(
        "news",
        [
            pytest.param((PENDING,), id="with the provider"),
            pytest.param((transferred(), issued()), id="done"),
            pytest.param((transfer_failed(), FAILED), id="failed"),
        ],
    )
    def test_what_is_not_waiting_is_not_taken(self, news: tuple[OrderFact, ...]) -> None:
        given(*IN_FLIGHT, *news).when(take).then_rejected("transfer_not_open")

    def test_what_a_person_must_pay_back_is_not_taken(self) -> None:
        given(*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL)).when(
            take
        ).then_rejected("transfer_not_open")


@pytest.mark.parametrize(
    "command", [take, report_pending, report_done, report_failed, report_unresolved, confirm]
)
def test_news_of_a_transfer_waits_for_its_refund(command: TransferWish) -> None:
    given(*paid()).when(command).then_rejected("refund_unknown")
    given(*IN_FLIGHT).when(replace(command, transfer_id=SECOND_TRANSFER)).then_rejected(
        "refund_unknown"
    )


class TestReportTransferPending:
    def test_the_provider_has_taken_it(self) -> None:
        order = given(*IN_FLIGHT, TAKEN).when(report_pending).then(replace(PENDING, at=at(30)))
        assert order.refunds[0].stage is RefundStage.REQUESTED
        assert order.refunds[0].transfers[0].reference == "re_1"
        assert order.refunds[0].transfers[0].may_have_been_asked

    def test_late_news_changes_nothing(self) -> None:
        given(*IN_FLIGHT, PENDING).when(report_pending).then_nothing()
        given(*IN_FLIGHT, transferred(), issued()).when(report_pending).then_nothing()


class TestReportTransferDone:
    def test_the_refund_is_issued_with_its_last_transfer(self) -> None:
        order = (
            given(*IN_FLIGHT, PENDING).when(report_done).then_kinds(RefundTransferred, RefundIssued)
        )
        assert order.status is OrderStatus.PARTIALLY_REFUNDED
        assert order.returned_total == 10_000
        assert order.total == 4_000

    def test_the_refund_waits_while_another_transfer_is_open(self) -> None:
        given(*TWO_TRANSFERS).when(report_done).then_kinds(RefundTransferred)

    def test_what_a_person_must_pay_back_stays_owed(self) -> None:
        order = given(*MIXED).when(report_done).then_kinds(RefundTransferred, RefundIssued)
        assert [t.transfer_id for t in order.refunds[0].owed] == [SECOND_TRANSFER]

    def test_a_provider_that_names_no_reference_is_believed_too(self) -> None:
        order = (
            given(*IN_FLIGHT, PENDING)
            .when(replace(report_done, reference=""))
            .then_kinds(RefundTransferred, RefundIssued)
        )
        assert order.refunds[0].transfers[0].reference == "re_1"

    def test_a_yes_after_a_no_is_old_news(self) -> None:
        given(*IN_FLIGHT, transfer_failed(), FAILED).when(report_done).then_nothing()

    def test_access_goes_with_the_issue(self) -> None:
        history = (
            *paid(GRANT_ACTION),
            *done(GRANT_ACTION),
            refund_requested(transfer(10_000), lines=(COURSE_BACK,), remove_access=(COURSE,)),
        )
        given(*history).when(report_done).then_kinds(
            RefundTransferred, RefundIssued, ActionAdded, ActionRequested
        )


class TestReportTransferFailed:
    def test_a_refund_fails_when_nothing_of_it_is_done(self) -> None:
        order = given(*IN_FLIGHT).when(report_failed).then_kinds(RefundTransferFailed, RefundFailed)
        assert order.refunds[0].stage is RefundStage.FAILED
        assert order.returnable_total == 14_000

    def test_what_the_provider_said_is_kept(self) -> None:
        said = replace(report_failed, message="card of Aino is gone")
        facts = given(*IN_FLIGHT).when(said).facts()
        assert facts[0] == RefundTransferFailed(
            at=at(30),
            refund_id=REFUND,
            transfer_id=TRANSFER,
            code="insufficient_funds",
            personal=FreeText(text="card of Aino is gone"),
        )

    def test_the_failed_part_of_a_refund_becomes_owed(self) -> None:
        second_done = transferred(SECOND_TRANSFER)
        order = (
            given(*TWO_TRANSFERS, second_done)
            .when(report_failed)
            .then_kinds(RefundTransferFailed, RefundIssued)
        )
        assert [t.transfer_id for t in order.refunds[0].owed] == [TRANSFER]
        assert order.returnable_total == 0

    def test_a_failure_beside_a_manual_part_leaves_both_owed(self) -> None:
        order = given(*MIXED).when(report_failed).then_kinds(RefundTransferFailed, RefundIssued)
        assert len(order.refunds[0].owed) == 2

    def test_a_no_after_a_yes_takes_the_refund_out_of_force(self) -> None:
        order = (
            given(*paid(), *refunded(COURSE_BACK))
            .when(report_failed)
            .then_kinds(RefundTransferFailed, RefundFailed)
        )
        assert order.status is OrderStatus.COMPLETED
        assert order.total == 14_000
        assert order.returned_total == 0

    def test_an_earlier_refund_stays_in_force(self) -> None:
        first = refunded(BUMP_BACK, method=TransferMethod.NONE)
        second = (
            replace(
                refund_requested(transfer(10_000, refund_id=SECOND_REFUND), lines=(COURSE_BACK,)),
                refund_id=SECOND_REFUND,
            ),
            transferred(TransferId(f"{SECOND_REFUND}/1"), refund_id=SECOND_REFUND),
            issued(SECOND_REFUND),
        )
        no = replace(
            report_failed, refund_id=SECOND_REFUND, transfer_id=TransferId(f"{SECOND_REFUND}/1")
        )
        order = (
            given(*paid(), *first, *second).when(no).then_kinds(RefundTransferFailed, RefundFailed)
        )
        assert order.status is OrderStatus.PARTIALLY_REFUNDED

    def test_a_no_after_a_yes_beside_another_yes_is_owed(self) -> None:
        history = (*TWO_TRANSFERS, transferred(), transferred(SECOND_TRANSFER), issued())
        order = given(*history).when(report_failed).then_kinds(RefundTransferFailed)
        assert order.refunds[0].is_in_force
        assert [t.transfer_id for t in order.refunds[0].owed] == [TRANSFER]

    def test_the_removal_of_access_is_called_off_when_the_refund_fails(self) -> None:
        removal = removal_of(GRANT_ACTION)
        history = (
            *paid(GRANT_ACTION),
            *done(GRANT_ACTION),
            OrderCompleted(at=at(6)),
            *refunded(COURSE_BACK, remove_access=(COURSE,)),
            ActionAdded(at=at(22), action=removal),
            requested(removal, cause=RunCause.REFUND, minute=22),
        )
        order = (
            given(*history)
            .when(report_failed)
            .then_kinds(RefundTransferFailed, RefundFailed, ActionCancelled)
        )
        assert order.actions_by_id[removal.action_id].stage is ActionStage.CANCELLED

    def test_a_restored_refund_can_fail_too(self) -> None:
        restored = RefundedDataRestored(at=at(25), refund_ids=(REFUND,), by=OPERATOR)
        order = (
            given(*paid(), *refunded(COURSE_BACK), restored)
            .when(report_failed)
            .then_kinds(RefundTransferFailed, RefundFailed)
        )
        assert order.returned_total == 0

    def test_a_worker_is_refused_in_the_attempt_under_way(self) -> None:
        refused = replace(report_failed, attempt=1)
        for history in ((TAKEN,), (TAKEN, UNRESOLVED)):
            given(*IN_FLIGHT, *history).when(refused).then_kinds(RefundTransferFailed, RefundFailed)

    def test_a_refusal_of_an_old_attempt_is_overtaken_by_any_news(self) -> None:
        refused = replace(report_failed, attempt=1)
        taken_up_again = replace(TAKEN, attempt=2, worker="worker-2")
        given(*IN_FLIGHT, TAKEN, taken_up_again).when(refused).then_nothing()
        given(*IN_FLIGHT, TAKEN, PENDING).when(refused).then_nothing()
        given(*IN_FLIGHT, TAKEN, transferred(), issued()).when(refused).then_nothing()

    def test_the_same_no_again_changes_nothing(self) -> None:
        given(*IN_FLIGHT, transfer_failed(), FAILED).when(report_failed).then_nothing()

    def test_a_provider_says_nothing_of_what_a_person_paid_back(self) -> None:
        given(*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL)).when(
            report_failed
        ).then_rejected("transfer_not_open")


class TestReportTransferUnresolved:
    def test_an_unknown_end_keeps_the_money_bound(self) -> None:
        order = (
            given(*IN_FLIGHT, TAKEN).when(report_unresolved).then(replace(UNRESOLVED, at=at(30)))
        )
        assert order.returnable_total == 4_000
        assert order.refunds[0].stage is RefundStage.REQUESTED

    def test_late_news_changes_nothing(self) -> None:
        given(*IN_FLIGHT, UNRESOLVED).when(report_unresolved).then_nothing()
        given(*IN_FLIGHT, transferred(), issued()).when(report_unresolved).then_nothing()

    def test_of_an_attempt_that_is_not_under_way_is_old_news(self) -> None:
        lost = replace(report_unresolved, attempt=1)
        given(*IN_FLIGHT, TAKEN).when(lost).then(replace(UNRESOLVED, at=at(30)))
        given(*IN_FLIGHT, TAKEN, UNRESOLVED).when(lost).then_nothing()
        given(*IN_FLIGHT, TAKEN, PENDING).when(lost).then_nothing()
        given(*IN_FLIGHT, TAKEN, replace(TAKEN, attempt=2)).when(lost).then_nothing()

    def test_an_attempt_that_was_not_heard_of_leaves_what_an_earlier_one_did(self) -> None:
        unheard = replace(report_unresolved, attempt=2, was_asked=False)
        again = replace(TAKEN, attempt=2)
        for before, was_asked in ((UNRESOLVED, True), (UNASKED, False)):
            order = (
                given(*IN_FLIGHT, TAKEN, before, again)
                .when(unheard)
                .then(replace(UNRESOLVED, at=at(30), was_asked=was_asked))
            )
            assert order.refunds[0].transfers[0].may_have_been_asked is was_asked

    def test_an_attempt_that_never_ended_may_have_been_heard_of(self) -> None:
        order = order_after(*IN_FLIGHT, TAKEN, replace(TAKEN, attempt=2))
        assert order.refunds[0].transfers[0].was_asked

    def test_a_look_can_find_that_it_was_never_asked_for(self) -> None:
        none_there = replace(report_unresolved, code="not_at_provider", was_asked=False)
        order = (
            given(*IN_FLIGHT, TAKEN, UNRESOLVED)
            .when(none_there)
            .then(replace(UNRESOLVED, at=at(30), code="not_at_provider", was_asked=False))
        )
        assert not order.refunds[0].transfers[0].may_have_been_asked

    def test_a_look_that_is_told_otherwise_than_before_says_so(self) -> None:
        otherwise = replace(report_unresolved, code="credentials_missing")
        given(*IN_FLIGHT, TAKEN, UNRESOLVED).when(otherwise).then_kinds(RefundTransferUnresolved)

    def test_a_look_is_outdated_by_news_that_it_did_not_know(self) -> None:
        look = replace(report_unresolved, code="http_503", news_seen_at=at(21))
        given(*IN_FLIGHT, TAKEN, UNRESOLVED).when(look).then_kinds(RefundTransferUnresolved)
        given(*IN_FLIGHT, UNRESOLVED, replace(PENDING, at=at(22))).when(look).then_nothing()
        given(*IN_FLIGHT, TAKEN, replace(TAKEN, at=at(22), attempt=2)).when(look).then_nothing()

    def test_what_a_provider_took_and_does_not_know_any_more_is_unresolved(self) -> None:
        given(*IN_FLIGHT, PENDING).when(report_unresolved).then_kinds(RefundTransferUnresolved)

    def test_an_unknown_end_can_become_known(self) -> None:
        given(*IN_FLIGHT, UNRESOLVED).when(report_done).then_kinds(RefundTransferred, RefundIssued)
        given(*IN_FLIGHT, UNRESOLVED).when(report_failed).then_kinds(
            RefundTransferFailed, RefundFailed
        )


class TestMoneyThatWasObservedFirst:
    """A provider told of a refund that fitted two; then it is said which one it paid back."""

    observed = ExternalRefundObserved(
        at=at(23), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
    )
    owed = (
        *paid(),
        *refunded(BUMP_BACK, method=TransferMethod.MANUAL),
        observed,
    )
    named = replace(confirm, reference=EXTERNAL)

    def test_is_counted_once_when_a_person_names_it(self) -> None:
        order = given(*self.owed).when(self.named).then_kinds(RefundTransferred)
        assert order.returned_total == 4_000
        assert order.external_refunds[0].refund_id == REFUND
        assert order.attention_reasons(at(90), NO_GRACE) == ()

    def test_is_owed_again_when_the_provider_takes_it_back(self) -> None:
        order = given(*self.owed).when(self.named).then_kinds(RefundTransferred)
        gone = FailExternalRefund(now=NOW, at=NOW, external_refund_id=EXTERNAL, code="failed")
        after = Given(order).when(gone).then_kinds(ExternalRefundFailed)
        assert after.returned_total == 0
        assert [t.confirmed_by for t in after.refunds[0].owed] == [""]

    def test_is_counted_once_when_our_own_answer_names_it(self) -> None:
        history = (*IN_FLIGHT, TAKEN, replace(self.observed, amount=euros(10_000)))
        answer = replace(report_done, reference=EXTERNAL)
        order = given(*history).when(answer).then_kinds(RefundTransferred, RefundIssued)
        assert order.returned_total == 10_000

    def test_is_not_taken_for_another_payment_or_amount(self) -> None:
        history = (*self.owed[:-1], replace(self.observed, amount=euros(3_999)))
        given(*history).when(self.named).then_rejected("reference_differs")

    def test_is_not_taken_for_two_refunds(self) -> None:
        counted = replace(
            self.observed, matched_refund=SECOND_REFUND, matched_transfer=SECOND_TRANSFER
        )
        given(*self.owed[:-1], counted).when(self.named).then_rejected("refund_accounted_for")


class TestConfirmManualRefund:
    owed = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
    confirmed = RefundTransferred(
        at=NOW, refund_id=REFUND, transfer_id=TRANSFER, confirmed_by=OPERATOR
    )

    def test_a_persons_payback_settles_what_is_owed(self) -> None:
        order = given(*self.owed).when(confirm).then(self.confirmed)
        assert not order.refunds[0].owed
        assert order.returned_total == 10_000

    def test_a_failed_part_can_be_paid_back_by_hand(self) -> None:
        history = (*TWO_TRANSFERS, transferred(SECOND_TRANSFER), transfer_failed(), issued())
        order = given(*history).when(confirm).then(self.confirmed)
        assert order.returned_total == 14_000

    def test_a_person_can_say_that_an_unresolved_one_is_done(self) -> None:
        given(*IN_FLIGHT, UNRESOLVED).when(confirm).then_kinds(RefundTransferred, RefundIssued)

    def test_while_its_provider_is_asked_again_a_person_waits_for_the_answer(self) -> None:
        again = (*IN_FLIGHT, TAKEN, UNRESOLVED, replace(TAKEN, at=at(25), attempt=2))
        given(*again).when(confirm).then_rejected("transfer_being_asked")
        ended = replace(UNRESOLVED, at=at(26))
        given(*again, ended).when(confirm).then_kinds(RefundTransferred, RefundIssued)

    def test_the_same_confirmation_again_changes_nothing(self) -> None:
        given(*self.owed, self.confirmed).when(confirm).then_nothing()

    def test_a_provider_cannot_fail_what_a_person_confirmed(self) -> None:
        history = (*TWO_TRANSFERS, transferred(SECOND_TRANSFER), transfer_failed(), issued())
        given(*history, self.confirmed).when(report_failed).then_rejected("transfer_not_open")

    @pytest.mark.parametrize(
        "history",
        [
            pytest.param(IN_FLIGHT, id="a provider has it"),
            pytest.param((*paid(), *refunded(COURSE_BACK)), id="a provider has done it"),
            pytest.param(
                (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE)), id="recorded only"
            ),
            pytest.param((*IN_FLIGHT, transfer_failed(), FAILED), id="the refund has failed"),
            pytest.param(
                (*owed, RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)),
                id="the refund was restored",
            ),
        ],
    )
    def test_only_what_is_owed_is_confirmed(self, history: tuple[OrderFact, ...]) -> None:
        given(*history).when(confirm).then_rejected("nothing_owed")

    def test_another_person_who_paid_too_is_told_that_nothing_is_owed(self) -> None:
        other = replace(confirm, by="mikko")
        given(*self.owed, self.confirmed).when(other).then_rejected("nothing_owed")


class TestConfirmThatNothingWasPaid:
    not_paid = replace(confirm, was_paid=False)
    seen = RefundTransferFailed(
        at=NOW, refund_id=REFUND, transfer_id=TRANSFER, code=NOT_PAID, confirmed_by=OPERATOR
    )

    def test_an_unresolved_refund_that_nobody_paid_fails_and_frees_its_amounts(self) -> None:
        order = (
            given(*IN_FLIGHT, UNRESOLVED)
            .when(self.not_paid)
            .then(self.seen, RefundFailed(at=NOW, refund_id=REFUND))
        )
        assert order.returnable_total == TOTAL
        assert order.refunds[0].transfers[0].code == NOT_PAID

    def test_beside_a_payback_that_was_made_the_rest_becomes_owed(self) -> None:
        lost = replace(UNRESOLVED, transfer_id=TRANSFER)
        history = (*TWO_TRANSFERS, transferred(SECOND_TRANSFER), lost)
        order = given(*history).when(self.not_paid).then_kinds(RefundTransferFailed, RefundIssued)
        assert [t.transfer_id for t in order.refunds[0].owed] == [TRANSFER]

    def test_while_its_provider_is_asked_again_a_person_waits_for_the_answer(self) -> None:
        again = (*IN_FLIGHT, TAKEN, UNRESOLVED, replace(TAKEN, at=at(25), attempt=2))
        given(*again).when(self.not_paid).then_rejected("transfer_being_asked")

    def test_the_same_word_again_changes_nothing(self) -> None:
        given(*IN_FLIGHT, UNRESOLVED, self.seen).when(self.not_paid).then_nothing()

    def test_a_person_contradicts_nothing_that_is_known(self) -> None:
        done_by_provider = (*paid(), *refunded(COURSE_BACK))
        given(*done_by_provider).when(self.not_paid).then_rejected("transfer_not_unresolved")

    @pytest.mark.parametrize(
        "history",
        [
            IN_FLIGHT,
            (*IN_FLIGHT, TAKEN, PENDING),
            TestConfirmManualRefund.owed,
        ],
    )
    def test_what_nobody_has_claimed_cannot_be_denied(self, history: tuple[OrderFact, ...]) -> None:
        given(*history).when(self.not_paid).then_rejected("nothing_to_deny")

    def test_what_failed_at_its_provider_is_owed_and_cannot_be_denied(self) -> None:
        history = (*TWO_TRANSFERS, transferred(SECOND_TRANSFER), transfer_failed(), issued())
        given(*history).when(self.not_paid).then_rejected("nothing_to_deny")
