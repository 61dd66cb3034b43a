"""The same money told of twice: it is counted once, or the order asks for a look."""

import pytest
from msgspec.structs import replace

from domain.identifiers import TransferId
from domain.order.attention import AttentionKind
from domain.order.commands.refunds import AllocateExternalRefund, FailExternalRefund, LineAmount
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.decide import decide
from domain.order.events import (
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    RefundFailed,
    RefundIssued,
    RefundRequested,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferUnresolved,
)
from domain.order.state import Order
from domain.order.values import RefundLine, TransferMethod
from tests.examples import (
    BUMP,
    COURSE,
    COURSE_BACK,
    EXTERNAL,
    GRACE,
    NOW,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_EXTERNAL,
    SECOND_REFUND,
    TRANSFER,
    at,
    back,
    euros,
    issued,
    marked_completed,
    observe,
    paid,
    record_refund,
    refund_requested,
    refunded,
    request_refund,
    transfer,
    transferred,
)
from tests.spec import given, order_after

LATER = at(10_000)
HALF = RefundLine(line_id=COURSE, amount=5_000, vat=1_016)
SECOND_TRANSFER = TransferId(f"{SECOND_REFUND}/1")
OWED = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
RECORDED_ONLY = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE))
BY_WORD = replace(transferred(reference=""), confirmed_by=OPERATOR)
OBSERVED = ExternalRefundObserved(
    at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(10_000)
)
MATCHED = replace(OBSERVED, matched_refund=REFUND, matched_transfer=TRANSFER)
GONE = ExternalRefundFailed(at=at(55), external_refund_id=EXTERNAL, code="declined")
RECORD = record_refund(LineAmount(line_id=COURSE, amount=5_000))
ALLOCATE = AllocateExternalRefund(
    now=NOW, external_refund_id=EXTERNAL, refund_id=SECOND_REFUND, by=OPERATOR, settles=REFUND
)


def kinds(order: Order) -> list[AttentionKind]:
    return [reason.kind for reason in order.attention_reasons(LATER, GRACE)]


def halves(method: TransferMethod) -> tuple[OrderFact, ...]:
    """Two refunds in force of the same payment and amount."""
    parts = {r: transfer(5_000, method, refund_id=r) for r in (REFUND, SECOND_REFUND)}
    asked = [refund_requested(part, lines=(HALF,), refund_id=r) for r, part in parts.items()]
    return (*paid(), *asked, *map(issued, parts))


class TestPaidBackByWord:
    def test_the_providers_word_on_it_is_the_same_money(self) -> None:
        order = given(*OWED, BY_WORD).when(observe(10_000)).then(MATCHED)
        assert order.returned_total == 10_000
        (known,) = order.refunds[0].transfers
        assert (known.reference, known.confirmed_by) == (EXTERNAL, OPERATOR)
        assert known.returned_recorded_at == at(22)
        assert kinds(order) == []

    def test_another_amount_is_other_money(self) -> None:
        order = given(*OWED, BY_WORD).when(observe(9_999)).then_kinds(ExternalRefundObserved)
        assert order.external_refunds[0].is_unallocated

    def test_what_was_confirmed_with_its_reference_is_other_money(self) -> None:
        named = replace(BY_WORD, reference="P-7")
        order = given(*OWED, named).when(observe(10_000)).then(OBSERVED)
        assert order.returned_total == 20_000

    def test_the_providers_word_before_it_is_the_same_money(self) -> None:
        observed = replace(OBSERVED, amount=euros(5_000))
        wish = ConfirmManualRefund(now=NOW, refund_id=REFUND, transfer_id=TRANSFER, by=OPERATOR)
        history = (*halves(TransferMethod.MANUAL), observed)
        order = given(*history).when(wish).then_kinds(RefundTransferred)
        assert order.returned_total == 5_000
        assert order.external_refunds[0].refund_id == REFUND

    def test_of_two_that_are_equal_a_person_says_which_it_is(self) -> None:
        second = replace(BY_WORD, refund_id=SECOND_REFUND, transfer_id=SECOND_TRANSFER)
        history = (*halves(TransferMethod.MANUAL), BY_WORD, second)
        order = given(*history).when(observe(5_000)).then_kinds(ExternalRefundObserved)
        assert order.external_refunds[0].is_unallocated
        observed = replace(OBSERVED, amount=euros(5_000))
        settled = given(*history, observed).when(ALLOCATE).then_kinds(RefundTransferred)
        assert settled.returned_total == 10_000
        assert kinds(settled) == []

    def test_it_is_owed_again_where_the_provider_takes_it_back(self) -> None:
        order = order_after(*OWED, BY_WORD, MATCHED, GONE)
        assert [t.transfer_id for t in order.refunds[0].owed] == [TRANSFER]
        assert order.returned_total == 0
        assert kinds(order) == [AttentionKind.TRANSFER_FAILED]

    def test_one_reference_confirms_one_payback(self) -> None:
        first = replace(BY_WORD, reference="P-7")
        again = ConfirmManualRefund(
            now=NOW,
            refund_id=SECOND_REFUND,
            transfer_id=SECOND_TRANSFER,
            by=OPERATOR,
            reference="P-7",
        )
        history = (*halves(TransferMethod.MANUAL), first)
        given(*history).when(again).then_rejected("refund_accounted_for")
        given(*history).when(replace(again, reference="P-8")).then_kinds(RefundTransferred)

    def test_the_reference_of_what_a_provider_is_returning_confirms_nothing_else(self) -> None:
        asked = refund_requested(
            transfer(10_000),
            lines=(COURSE_BACK,),
            refund_id=SECOND_REFUND,
        )
        taken = RefundTransferPending(
            at=at(21), refund_id=SECOND_REFUND, transfer_id=TRANSFER, reference="re_1"
        )
        part = transfer(4_000, TransferMethod.MANUAL, number=2)
        owed = refund_requested(part, lines=(RefundLine(line_id=BUMP, amount=4_000, vat=813),))
        confirm = ConfirmManualRefund(
            now=NOW,
            refund_id=REFUND,
            transfer_id=part.transfer_id,
            by=OPERATOR,
            reference="re_1",
        )
        history = (*paid(), asked, taken, owed, issued())
        given(*history).when(confirm).then_rejected("refund_accounted_for")


class TestSettling:
    """A person says which refund's money it is that a provider returned by itself."""

    observed = replace(OBSERVED, amount=euros(5_000))

    @pytest.mark.parametrize("method", [TransferMethod.NONE, TransferMethod.MANUAL])
    def test_it_settles_that_refund_and_makes_no_other(self, method: TransferMethod) -> None:
        known = RefundTransferred(
            at=NOW,
            refund_id=REFUND,
            transfer_id=TRANSFER,
            reference=EXTERNAL,
            confirmed_by=OPERATOR,
        )
        order = given(*halves(method), self.observed).when(ALLOCATE).then(known)
        assert order.returned_total == 5_000
        assert order.total == 4_000
        assert not order.external_refunds[0].is_unallocated
        assert order.refunds[0].transfers[0].returned_recorded_at == at(50)

    def test_it_may_be_what_a_provider_was_asked_for_and_nobody_knew_of(self) -> None:
        lost = RefundTransferUnresolved(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
        )
        asked = refund_requested(transfer(5_000), lines=(HALF,))
        given(*paid(), asked, lost, self.observed).when(ALLOCATE).then_kinds(
            RefundTransferred, RefundIssued
        )

    def test_other_money_does_not_settle_it(self) -> None:
        given(*halves(TransferMethod.NONE), OBSERVED).when(ALLOCATE).then_rejected(
            "nothing_to_settle"
        )

    def test_what_is_back_already_is_not_settled_again(self) -> None:
        history = (*paid(), *refunded(HALF), self.observed)
        given(*history).when(ALLOCATE).then_rejected("nothing_to_settle")

    def test_what_settles_a_refund_is_for_no_lines(self) -> None:
        history = (*halves(TransferMethod.NONE), self.observed)
        wish = replace(ALLOCATE, lines=(back(BUMP, 1),))
        given(*history).when(wish).then_rejected("settles_or_refunds")
        access = replace(ALLOCATE, remove_offer_access=True)
        given(*history).when(access).then_rejected("settles_or_refunds")

    def test_it_waits_for_the_refund(self) -> None:
        given(*paid(), self.observed).when(ALLOCATE).then_rejected("refund_unknown")

    def test_what_settled_another_does_not_settle_this(self) -> None:
        taken = replace(self.observed, matched_refund=REFUND, matched_transfer=TRANSFER)
        other = replace(ALLOCATE, settles=SECOND_REFUND)
        history = (*halves(TransferMethod.NONE), taken)
        given(*history).when(other).then_rejected("already_allocated")
        given(*history).when(ALLOCATE).then_nothing()


class TestTakenBack:
    """The provider's yes turned into a no."""

    @pytest.mark.parametrize("history", [OWED, RECORDED_ONLY])
    def test_what_it_had_settled_asks_for_a_look(self, history: tuple[OrderFact, ...]) -> None:
        taken_back = (*history, MATCHED, GONE)
        (reason,) = order_after(*taken_back).attention_reasons(LATER, GRACE)
        assert reason.kind is AttentionKind.TRANSFER_FAILED
        assert (reason.refund_id, reason.code, reason.since) == (REFUND, "declined", at(55))
        assert kinds(order_after(*taken_back, marked_completed(60))) == []
        again = replace(MATCHED, external_refund_id=SECOND_EXTERNAL, at=at(60))
        assert kinds(order_after(*taken_back, again)) == []

    def test_paying_it_back_by_hand_ends_it(self) -> None:
        assert kinds(order_after(*OWED, MATCHED, GONE, BY_WORD)) == []

    def test_what_the_checkout_told_the_use_of_asks_also_after_the_order_was_closed(self) -> None:
        record = record_refund(LineAmount(line_id=COURSE, amount=10_000), reference=EXTERNAL)
        allocated = decide(record, order_after(*paid(), OBSERVED))
        history = (*paid(), OBSERVED, *allocated, marked_completed(52))
        fail = FailExternalRefund(now=NOW, at=at(55), external_refund_id=EXTERNAL, code="declined")
        order = given(*history).when(fail).then_kinds(ExternalRefundFailed, RefundFailed)
        (reason,) = order.attention_reasons(LATER, GRACE)
        assert (reason.kind, reason.code) == (AttentionKind.TRANSFER_FAILED, "declined")
        assert reason.refund_id == REFUND


class TestRecordedWithoutAReference:
    recorded = (*paid(), *decide(RECORD, order_after(*paid())))

    def test_the_providers_word_on_it_is_the_same_money(self) -> None:
        order = given(*self.recorded).when(observe(5_000)).then_kinds(ExternalRefundObserved)
        assert order.external_refunds[0].refund_id == REFUND
        assert order.returned_total == 5_000

    def test_the_providers_word_before_it_is_the_same_money(self) -> None:
        observed = replace(OBSERVED, amount=euros(5_000))
        order = given(*paid(), observed).when(RECORD).then_kinds(ExternalRefundAllocated)
        assert order.returned_total == 5_000

    def test_of_two_equal_words_before_it_neither_is_taken(self) -> None:
        first = replace(OBSERVED, amount=euros(5_000))
        second = replace(first, external_refund_id=SECOND_EXTERNAL)
        given(*paid(), first, second).when(RECORD).then_kinds(
            RefundRequested, RefundTransferred, RefundIssued
        )

    def test_as_much_as_a_refund_of_ours_returned_asks_whether_it_is_that(self) -> None:
        record = replace(RECORD, refund_id=SECOND_REFUND)
        history = (*paid(), *refunded(HALF))
        order = (
            given(*history)
            .when(record)
            .then_kinds(RefundRequested, RefundTransferred, RefundIssued)
        )
        assert kinds(order) == [AttentionKind.RETURNED_TWICE]
        (reason,) = order.attention_reasons(LATER, GRACE)
        assert (reason.refund_id, reason.since, reason.message) == (
            SECOND_REFUND,
            NOW,
            "50.00 EUR",
        )

    def test_a_person_who_closes_the_order_has_seen_it(self) -> None:
        assert kinds(order_after(*self.doubted(), marked_completed(70))) == []

    def test_a_person_may_say_that_it_is_the_same_money(self) -> None:
        wish = ConfirmManualRefund(
            now=NOW,
            refund_id=SECOND_REFUND,
            transfer_id=SECOND_TRANSFER,
            by=OPERATOR,
            was_paid=False,
        )
        order = given(*self.doubted()).when(wish).then_kinds(RefundTransferFailed, RefundFailed)
        assert (order.returned_total, order.total) == (5_000, 9_000)

    def test_the_providers_word_ends_the_doubt(self) -> None:
        seen = replace(
            OBSERVED,
            amount=euros(5_000),
            matched_refund=SECOND_REFUND,
            matched_transfer=SECOND_TRANSFER,
        )
        assert kinds(order_after(*self.doubted(), seen)) == []

    def test_what_was_refunded_after_it_is_no_doubt(self) -> None:
        part = transfer(5_000, refund_id=SECOND_REFUND)
        later = (
            refund_requested(part, lines=(HALF,), refund_id=SECOND_REFUND, minute=70),
            transferred(SECOND_TRANSFER, SECOND_REFUND),
            issued(SECOND_REFUND),
        )
        assert kinds(order_after(*self.recorded, *later)) == []

    @staticmethod
    def doubted() -> tuple[OrderFact, ...]:
        history = (*paid(), *refunded(HALF))
        record = replace(RECORD, refund_id=SECOND_REFUND)
        return (*history, *decide(record, order_after(*history)))


class TestRecordedOnlyAfterwards:
    """The money went back in the provider's dashboard first, then somebody recorded the refund."""

    wish = request_refund(back(COURSE, 10_000), refund_payments=False)

    def test_it_is_the_money_that_the_provider_told_of(self) -> None:
        known = RefundTransferred(
            at=NOW, refund_id=REFUND, transfer_id=TRANSFER, reference=EXTERNAL
        )
        requested, *rest = given(*paid(), OBSERVED).when(self.wish).facts()
        assert isinstance(requested, RefundRequested)
        assert requested.transfers == (transfer(10_000, TransferMethod.NONE),)
        assert rest == [known, RefundIssued(at=NOW, refund_id=REFUND)]
        order = order_after(*paid(), OBSERVED, requested, *rest)
        assert (order.returned_total, order.total) == (10_000, 4_000)
        assert kinds(order) == []

    def test_it_may_be_all_that_came_in(self) -> None:
        history = (*paid(), replace(OBSERVED, amount=euros(14_000)))
        everything = replace(self.wish, lines=(back(COURSE, 10_000), back(BUMP, 4_000)))
        order = (
            given(*history)
            .when(everything)
            .then_kinds(RefundRequested, RefundTransferred, RefundIssued)
        )
        assert order.returned_total == 14_000

    def test_money_of_another_amount_or_one_of_two_is_left_to_a_person(self) -> None:
        other = replace(OBSERVED, amount=euros(9_999))
        given(*paid(), other).when(self.wish).then_kinds(RefundRequested, RefundIssued)
        half = request_refund(back(COURSE, 5_000), refund_payments=False)
        first = replace(OBSERVED, amount=euros(5_000))
        second = replace(first, external_refund_id=SECOND_EXTERNAL)
        given(*paid(), first, second).when(half).then_kinds(RefundRequested, RefundIssued)
