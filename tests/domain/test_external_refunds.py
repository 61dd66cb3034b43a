"""Refunds that were made elsewhere: recorded by the checkout, or seen at the provider."""

import pytest
from msgspec.structs import replace

from domain.money import AMOUNT_MAX, Money
from domain.order.commands.refunds import (
    AllocateExternalRefund,
    FailExternalRefund,
    LineAmount,
)
from domain.order.commands.transfers import ReportTransferFailed
from domain.order.decide import decide
from domain.order.events import (
    ActionAdded,
    ActionRequested,
    DisputeClosed,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderCompleted,
    OrderFact,
    RefundFailed,
    RefundIssued,
    RefundRequested,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
)
from domain.order.stages import OrderStatus, PaymentStatus
from domain.order.values import DisputeOutcome, FreeText, RefundLine, TransferMethod
from tests.examples import (
    BUMP,
    BUMP_BACK,
    COURSE,
    COURSE_BACK,
    DISPUTE,
    EXTERNAL,
    GRACE,
    GRANT_ACTION,
    NOW,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_REFUND,
    TRANSFER,
    action_started,
    at,
    back,
    done,
    euros,
    issued,
    observe,
    paid,
    payment_started,
    placed,
    received,
    record_refund,
    refund_requested,
    refunded,
    request_refund,
    started,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import given, order_after

COURSE_PART = LineAmount(line_id=COURSE, amount=10_000)
BUMP_PART = LineAmount(line_id=BUMP, amount=4_000)
OBSERVED = ExternalRefundObserved(
    at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(10_000)
)
OTHER = replace(OBSERVED, external_refund_id="re_other")
TWO_PAYMENTS = (
    started(),
    placed(),
    received(amount=10_000),
    received(SECOND_PAYMENT, amount=4_000),
)


class TestRecordRefund:
    def test_one_append_says_it_all(self) -> None:
        asked = replace(
            refund_requested(transfer(10_000, TransferMethod.ELSEWHERE), lines=(COURSE_BACK,)),
            at=at(40),
            by="checkout",
            tell_customer=False,
        )
        back_already = RefundTransferred(
            at=at(40), refund_id=REFUND, transfer_id=TRANSFER, reference="invoice-7"
        )
        order = (
            given(*paid())
            .when(record_refund(COURSE_PART, reference="invoice-7"))
            .then(asked, back_already, RefundIssued(at=at(40), refund_id=REFUND))
        )
        assert order.status is OrderStatus.PARTIALLY_REFUNDED
        assert order.returned_total == 10_000
        assert not order.refunds[0].is_recorded_only

    def test_its_reason_is_kept(self) -> None:
        facts = given(*paid()).when(record_refund(COURSE_PART, reason="Aino is ill")).facts()
        assert isinstance(facts[0], RefundRequested)
        assert facts[0].personal == FreeText(text="Aino is ill")

    def test_a_payment_of_several_must_be_named(self) -> None:
        given(*TWO_PAYMENTS).when(record_refund(COURSE_PART)).then_rejected("payment_not_named")
        named = record_refund(LineAmount(line_id=BUMP, amount=4_000), payment_id=SECOND_PAYMENT)
        given(*TWO_PAYMENTS).when(named).then_kinds(
            RefundRequested, RefundTransferred, RefundIssued
        )

    def test_it_waits_for_its_payment(self) -> None:
        given(started(), placed()).when(record_refund(COURSE_PART)).then_rejected("payment_unknown")
        given(*paid()).when(record_refund(COURSE_PART, payment_id=SECOND_PAYMENT)).then_rejected(
            "payment_unknown"
        )

    def test_it_waits_for_its_order(self) -> None:
        given(started()).when(record_refund(COURSE_PART)).then_rejected("order_not_placed")

    def test_the_currency_is_the_orders(self) -> None:
        given(*paid()).when(record_refund(COURSE_PART, currency="SEK")).then_rejected(
            "wrong_currency"
        )

    def test_a_line_cannot_be_refunded_by_more_than_was_paid_for_it(self) -> None:
        too_much = LineAmount(line_id=COURSE, amount=10_001)
        given(*paid()).when(record_refund(too_much)).then_rejected("amount_out_of_range")

    def test_one_refund_id_stands_for_one_content(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK))
        given(*history).when(record_refund(COURSE_PART)).then_nothing()
        less = LineAmount(line_id=COURSE, amount=1)
        given(*history).when(record_refund(less)).then_rejected("refund_differs")

    def test_what_the_provider_told_first_is_thereby_allocated(self) -> None:
        order = (
            given(*paid(), OBSERVED)
            .when(record_refund(COURSE_PART, reference=EXTERNAL))
            .then(
                ExternalRefundAllocated(
                    at=NOW,
                    external_refund_id=EXTERNAL,
                    refund_id=REFUND,
                    lines=(COURSE_BACK,),
                    by="checkout",
                    tell_customer=False,
                )
            )
        )
        assert order.returned_total == 10_000

    def test_two_refunds_of_one_reference_are_the_same_money(self) -> None:
        first = decide(record_refund(BUMP_PART, reference="re_9"), order_after(*paid()))
        second = replace(record_refund(COURSE_PART, reference="re_9"), refund_id=SECOND_REFUND)
        given(*paid(), *first).when(second).then_rejected("refund_accounted_for")

    def test_what_our_own_refund_returned_is_not_counted_again(self) -> None:
        history = (*paid(), *refunded(BUMP_BACK))
        again = replace(record_refund(COURSE_PART, reference="re_1"), refund_id=SECOND_REFUND)
        given(*history).when(again).then_rejected("refund_accounted_for")

    def test_what_our_own_refund_is_returning_is_not_counted_besides(self) -> None:
        asked = refund_requested(transfer(4_000), lines=(BUMP_BACK,))
        pending = RefundTransferPending(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
        )
        again = replace(record_refund(COURSE_PART, reference="re_1"), refund_id=SECOND_REFUND)
        given(*paid(), asked, pending).when(again).then_rejected("refund_accounted_for")

    def test_what_may_be_our_own_refund_waits_until_its_provider_answers(self) -> None:
        asked = (
            refund_requested(transfer(4_000), lines=(BUMP_BACK,)),
            RefundTransferStarted(
                at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="worker-1"
            ),
        )
        again = replace(record_refund(COURSE_PART, reference="re_1"), refund_id=SECOND_REFUND)
        given(*paid(), *asked).when(again).then_rejected("refund_may_be_ours")
        given(*paid(), *asked, transferred()).when(again).then_rejected("refund_accounted_for")
        order = (
            given(*paid(), *asked, transfer_failed())
            .when(again)
            .then_kinds(RefundRequested, RefundTransferred, RefundIssued)
        )
        assert order.returned_total == 10_000

    def test_what_our_own_refund_was_never_asked_for_cannot_be_it(self) -> None:
        wanted = refund_requested(transfer(4_000), lines=(BUMP_BACK,))
        again = replace(record_refund(COURSE_PART, reference="re_1"), refund_id=SECOND_REFUND)
        given(*paid(), wanted).when(again).then_kinds(
            RefundRequested, RefundTransferred, RefundIssued
        )

    def test_what_its_provider_took_back_counts_no_longer(self) -> None:
        recorded = decide(record_refund(COURSE_PART, reference="re_9"), order_after(*paid()))
        taken_back = ReportTransferFailed(
            now=NOW, at=at(50), refund_id=REFUND, transfer_id=TRANSFER, code="declined"
        )
        order = (
            given(*paid(), *recorded)
            .when(taken_back)
            .then_kinds(RefundTransferFailed, RefundFailed)
        )
        assert (order.returned_total, order.returnable_total) == (0, 14_000)

    def test_what_a_person_has_allocated_is_not_counted_again(self) -> None:
        history = (*paid(), OBSERVED, TestAllocateExternalRefund.allocated)
        again = replace(record_refund(BUMP_PART, reference=EXTERNAL), refund_id=SECOND_REFUND)
        given(*history).when(again).then_rejected("refund_accounted_for")

    def test_what_settled_a_refund_of_ours_is_not_counted_again(self) -> None:
        matched = replace(OBSERVED, matched_refund=REFUND, matched_transfer=TRANSFER)
        history = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE), matched)
        again = replace(record_refund(BUMP_PART, reference=EXTERNAL), refund_id=SECOND_REFUND)
        given(*history).when(again).then_rejected("refund_accounted_for")

    def test_what_a_provider_took_back_may_be_returned_elsewhere(self) -> None:
        history = (*paid(), *refunded(BUMP_BACK), transfer_failed())
        again = replace(record_refund(COURSE_PART, reference="re_1"), refund_id=SECOND_REFUND)
        order = (
            given(*history).when(again).then_kinds(RefundRequested, RefundTransferred, RefundIssued)
        )
        assert order.returned_total == 10_000

    def test_refunds_without_a_reference_are_each_their_own(self) -> None:
        first = decide(record_refund(BUMP_PART), order_after(*paid()))
        second = replace(record_refund(COURSE_PART), refund_id=SECOND_REFUND)
        order = (
            given(*paid(), *first)
            .when(second)
            .then_kinds(RefundRequested, RefundTransferred, RefundIssued)
        )
        assert order.returned_total == 14_000


class TestObserveExternalRefund:
    def test_a_refund_that_nobody_asked_for_is_a_fact(self) -> None:
        order = given(*paid()).when(observe(10_000)).then(OBSERVED)
        assert order.returned_total == 10_000
        assert order.total == 14_000
        assert order.status is OrderStatus.COMPLETED

    def test_it_is_never_refused_for_its_amount(self) -> None:
        order = given(*paid()).when(observe(99_999)).then_kinds(ExternalRefundObserved)
        assert order.returnable_total == 0

    def test_the_same_refund_again_changes_nothing(self) -> None:
        given(*paid(), OBSERVED).when(observe(10_000)).then_nothing()

    def test_it_waits_for_its_payment(self) -> None:
        given(started(), placed()).when(observe(10_000)).then_rejected("payment_unknown")

    def test_the_currency_is_the_orders(self) -> None:
        foreign = replace(observe(1), amount=Money(1, "SEK"))
        given(*paid()).when(foreign).then_rejected("wrong_currency")

    def test_no_order_can_hold_any_amount(self) -> None:
        given(*paid()).when(observe(AMOUNT_MAX)).then_kinds(ExternalRefundObserved)
        given(*paid()).when(observe(AMOUNT_MAX + 1)).then_rejected("amount_too_large")

    def test_nothing_that_went_back_is_nothing_to_record(self) -> None:
        given(*paid()).when(observe(0)).then_nothing()

    @pytest.mark.parametrize("method", [TransferMethod.NONE, TransferMethod.MANUAL])
    def test_it_settles_the_one_refund_that_it_equals(self, method: TransferMethod) -> None:
        history = (*paid(), *refunded(COURSE_BACK, method=method))
        matched = replace(OBSERVED, matched_refund=REFUND, matched_transfer=TRANSFER)
        order = given(*history).when(observe(10_000)).then(matched)
        assert order.returned_total == 10_000
        assert order.refunds[0].transfers[0].is_done
        assert not order.refunds[0].owed

    def test_it_settles_what_a_provider_had_failed_to_return(self) -> None:
        asked = refund_requested(
            transfer(4_000),
            transfer(10_000, TransferMethod.MANUAL, number=2),
            lines=(COURSE_BACK, BUMP_BACK),
        )
        history = (*paid(), asked, transfer_failed(), issued())
        order = given(*history).when(observe(4_000)).then_kinds(ExternalRefundObserved)
        assert [t.transfer_id for t in order.refunds[0].owed] == ["refund-1/2"]

    def test_it_settles_none_when_two_are_equal(self) -> None:
        half = RefundLine(line_id=COURSE, amount=2_000, vat=406)
        second = replace(
            refund_requested(
                transfer(2_000, TransferMethod.NONE, refund_id=SECOND_REFUND),
                lines=(half,),
            ),
            refund_id=SECOND_REFUND,
        )
        history = (
            *paid(),
            *refunded(half, method=TransferMethod.NONE),
            second,
            issued(SECOND_REFUND),
        )
        order = given(*history).when(observe(2_000)).then_kinds(ExternalRefundObserved)
        assert order.external_refunds[0].is_unallocated

    def test_it_settles_none_of_another_amount(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE))
        order = given(*history).when(observe(9_999)).then_kinds(ExternalRefundObserved)
        assert order.external_refunds[0].is_unallocated

    def test_our_own_refund_that_its_provider_took_is_thereby_done(self) -> None:
        flight = refund_requested(transfer(10_000), lines=(COURSE_BACK,))
        taken = RefundTransferPending(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference=EXTERNAL
        )
        order = (
            given(*paid(), flight, taken)
            .when(observe(10_000))
            .then_kinds(RefundTransferred, RefundIssued)
        )
        assert order.external_refunds == ()

    def test_our_own_refund_is_recognised_by_the_providers_id(self) -> None:
        given(*paid(), *refunded(COURSE_BACK), transferred(reference=EXTERNAL)).when(
            observe(10_000)
        ).then_nothing()

    def test_what_was_said_to_have_failed_and_is_back_after_all_is_seen(self) -> None:
        flight = refund_requested(transfer(10_000), lines=(COURSE_BACK,))
        gone = RefundFailed(at=at(24), refund_id=REFUND)
        taken = RefundTransferPending(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference=EXTERNAL
        )
        history = (*paid(), flight, taken, transfer_failed(), gone)
        order = given(*history).when(observe(10_000)).then(OBSERVED)
        assert order.returned_total == 10_000
        assert order.returnable_total == 4_000
        assert order.external_refunds[0].is_unallocated
        assert order.attention_due_at(GRACE) is not None
        again = request_refund(back(COURSE, 10_000), refund_id=SECOND_REFUND)
        given(*history, OBSERVED).when(again).then_rejected("over_returnable")


class TestAllocateExternalRefund:
    allocate = AllocateExternalRefund(
        now=NOW,
        external_refund_id=EXTERNAL,
        refund_id=REFUND,
        by=OPERATOR,
        lines=(back(COURSE, 9_000),),
    )
    allocated = ExternalRefundAllocated(
        at=NOW,
        external_refund_id=EXTERNAL,
        refund_id=REFUND,
        lines=(RefundLine(line_id=COURSE, amount=9_000, vat=1_829),),
        by=OPERATOR,
        unallocated=1_000,
    )

    def test_it_counts_as_issued(self) -> None:
        order = given(*paid(), OBSERVED).when(self.allocate).then(self.allocated)
        assert order.status is OrderStatus.PARTIALLY_REFUNDED
        assert order.total == 5_000
        assert order.returned_total == 10_000
        assert not order.external_refunds[0].is_unallocated

    def test_it_may_refund_the_whole_order(self) -> None:
        history = (*paid(), replace(OBSERVED, amount=euros(14_000)))
        everything = replace(self.allocate, lines=(back(COURSE, 10_000), back(BUMP, 4_000)))
        order = given(*history).when(everything).then_kinds(ExternalRefundAllocated)
        assert order.status is OrderStatus.REFUNDED

    def test_what_stays_unallocated_takes_off_the_money_above_the_total(self) -> None:
        twice_paid = (*paid(), received(SECOND_PAYMENT, amount=1_000, minute=5))
        assert given(*twice_paid).order.payment_status is PaymentStatus.OVERPAID
        nothing = replace(self.allocate, lines=())
        order = (
            given(*twice_paid, replace(OBSERVED, amount=euros(1_000)))
            .when(nothing)
            .then_kinds(ExternalRefundAllocated)
        )
        assert order.payment_status is PaymentStatus.PAID

    def test_access_goes_as_with_any_refund(self) -> None:
        history = (*paid(GRANT_ACTION), *done(GRANT_ACTION), OrderCompleted(at=at(6)), OBSERVED)
        whole = replace(self.allocate, lines=(back(COURSE, 10_000, remove_access=True),))
        given(*history).when(whole).then_kinds(
            ExternalRefundAllocated, ActionAdded, ActionRequested
        )

    def test_offer_access_that_is_not_there_cannot_be_removed(self) -> None:
        wish = replace(self.allocate, remove_offer_access=True)
        given(*paid(), OBSERVED).when(wish).then_rejected("no_offer_access")

    def test_lines_cannot_be_given_more_than_was_returned(self) -> None:
        wish = replace(self.allocate, lines=(back(COURSE, 9_000), back(BUMP, 1_001)))
        given(*paid(), OBSERVED).when(wish).then_rejected("over_external_refund")

    def test_a_line_cannot_be_refunded_by_more_than_was_paid_for_it(self) -> None:
        wish = replace(self.allocate, lines=(back(BUMP, 4_001),))
        given(*paid(), OBSERVED).when(wish).then_rejected("amount_out_of_range")

    def test_it_is_allocated_once(self) -> None:
        history = (*paid(), OBSERVED, self.allocated)
        given(*history).when(self.allocate).then_nothing()
        given(*history).when(replace(self.allocate, refund_id=SECOND_REFUND)).then_rejected(
            "already_allocated"
        )

    def test_what_was_taken_back_is_not_allocated(self) -> None:
        gone = ExternalRefundFailed(at=at(55), external_refund_id=EXTERNAL, code="canceled")
        given(*paid(), OBSERVED, gone).when(self.allocate).then_rejected("already_allocated")

    def test_another_refunds_id_is_taken(self) -> None:
        history = (*paid(), *refunded(BUMP_BACK), OBSERVED)
        given(*history).when(self.allocate).then_rejected("refund_differs")

    def test_it_waits_for_the_external_refund(self) -> None:
        given(*paid()).when(self.allocate).then_rejected("refund_unknown")
        given(*paid(), OTHER).when(self.allocate).then_rejected("refund_unknown")


class TestFailExternalRefund:
    fail = FailExternalRefund(
        now=NOW, at=at(55), external_refund_id=EXTERNAL, code="insufficient_funds"
    )
    failed = ExternalRefundFailed(at=at(55), external_refund_id=EXTERNAL, code="insufficient_funds")

    def test_the_money_is_not_back(self) -> None:
        order = given(*paid(), OBSERVED).when(self.fail).then(self.failed)
        assert order.returned_total == 0
        assert not order.external_refunds[0].is_unallocated

    def test_a_refund_that_was_made_of_it_leaves_force(self) -> None:
        history = (*paid(), OBSERVED, TestAllocateExternalRefund.allocated)
        order = (
            given(*history)
            .when(self.fail)
            .then(self.failed, RefundFailed(at=NOW, refund_id=REFUND))
        )
        assert order.status is OrderStatus.COMPLETED
        assert order.total == 14_000

    @pytest.mark.parametrize(
        ("method", "owed"), [(TransferMethod.NONE, 0), (TransferMethod.MANUAL, 1)]
    )
    def test_a_refund_that_it_settled_stands_as_before(
        self, method: TransferMethod, owed: int
    ) -> None:
        matched = replace(OBSERVED, matched_refund=REFUND, matched_transfer=TRANSFER)
        history = (*paid(), *refunded(COURSE_BACK, method=method), matched)
        order = given(*history).when(self.fail).then(self.failed)
        assert len(order.refunds[0].owed) == owed
        assert order.refunds[0].is_in_force
        assert order.returned_total == 0

    def test_the_same_failure_again_changes_nothing(self) -> None:
        given(*paid(), OBSERVED, self.failed).when(self.fail).then_nothing()

    def test_it_waits_for_the_external_refund(self) -> None:
        given(*paid()).when(self.fail).then_rejected("refund_unknown")


def test_folding_bears_a_history_without_the_beginning() -> None:
    orphans: tuple[OrderFact, ...] = (
        TestAllocateExternalRefund.allocated,
        TestFailExternalRefund.failed,
        transferred(),
        transfer_failed(),
        issued(),
        RefundFailed(at=at(20), refund_id=REFUND),
        replace(OBSERVED, matched_refund=REFUND, matched_transfer=TRANSFER),
        TestFailExternalRefund.failed,
        action_started(),
        DisputeClosed(at=at(20), dispute_id=DISPUTE, outcome=DisputeOutcome.WON),
    )
    order = given(*orphans).order
    assert (order.refunds, order.actions, order.disputes) == ((), (), ())


def test_a_refund_of_a_payment_that_was_not_received_waits_for_it() -> None:
    given(started(), placed(), payment_started()).when(observe(4_000)).then_rejected(
        "payment_unknown"
    )
