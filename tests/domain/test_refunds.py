"""Request a refund: maxima, ways back, VAT shares, and what follows for access."""

import pytest
from msgspec.structs import replace

from domain.identifiers import LineId, RefundId
from domain.order.access import can_remove_offer_access
from domain.order.decide import decide
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionRequested,
    OrderCompleted,
    OrderFact,
    PaymentDisputed,
    RefundFailed,
    RefundIssued,
    RefundRequested,
)
from domain.order.refundable import refundable
from domain.order.stages import ActionStage, OrderStatus, PaymentStatus, RefundStage
from domain.order.values import RefundLine, RunCause, TransferMethod
from tests.examples import (
    BUMP,
    BUMP_BACK,
    BUMP_LINE,
    CLUB,
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    COURSE_LINE,
    DISPUTE,
    GRACE,
    GRANT,
    GRANT_ACTION,
    NOW,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_REFUND,
    TOTAL,
    action_started,
    at,
    back,
    done,
    euros,
    failed,
    issued,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    removal_of,
    request_refund,
    requested,
    started,
    succeeded,
    transfer,
    transfer_failed,
)
from tests.spec import given, order_after

FREE_LINE = replace(BUMP_LINE, list_price=0, gross=0, vat=0)
IN_FLIGHT = refund_requested(transfer(10_000), lines=(COURSE_BACK,))


class TestRequestRefund:
    def test_a_line_goes_back_through_the_provider_that_took_the_money(self) -> None:
        asked = refund_requested(transfer(10_000), lines=(COURSE_BACK,), minute=60)
        order = given(*paid()).when(request_refund(back(COURSE, 10_000))).then(asked)
        assert order.refunds[0].stage is RefundStage.REQUESTED
        assert order.total == TOTAL

    def test_the_reason_is_kept(self) -> None:
        wish = request_refund(back(COURSE, 10_000), reason="Aino is ill")
        order = given(*paid()).when(wish).then_kinds(RefundRequested)
        assert order.refunds[0].reason == "Aino is ill"

    def test_recording_only_counts_at_once_and_owes_nothing(self) -> None:
        wish = request_refund(back(COURSE, 10_000), refund_payments=False)
        order = given(*paid()).when(wish).then_kinds(RefundRequested, RefundIssued)
        assert order.status is OrderStatus.PARTIALLY_REFUNDED
        assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
        assert order.total == 4_000
        assert order.refunds[0].is_recorded_only
        assert not order.refunds[0].owed
        assert order.returnable_total == TOTAL

    def test_a_refund_of_everything_refunds_the_order(self) -> None:
        wish = request_refund(back(COURSE, 10_000), back(BUMP, 4_000), refund_payments=False)
        order = given(*paid()).when(wish).then_kinds(RefundRequested, RefundIssued)
        assert order.status is OrderStatus.REFUNDED
        assert order.payment_status is PaymentStatus.REFUNDED
        assert order.total == 0

    def test_recording_is_not_limited_by_money(self) -> None:
        wish = request_refund(back(COURSE, 10_000), refund_payments=False)
        order = given(started(), placed()).when(wish).then_kinds(RefundRequested, RefundIssued)
        assert order.refunds[0].transfers == ()

    def test_what_no_provider_can_do_is_owed_by_a_person(self) -> None:
        history = paid(provider="invoice")
        order = (
            given(*history)
            .when(request_refund(back(COURSE, 10_000)))
            .then_kinds(RefundRequested, RefundIssued)
        )
        assert [owed.amount for owed in order.refunds[0].owed] == [euros(10_000)]
        assert order.returned_total == 0
        assert order.returnable_total == 4_000

    def test_the_same_wish_again_changes_nothing(self) -> None:
        given(*paid(), IN_FLIGHT).when(request_refund(back(COURSE, 10_000))).then_nothing()

    def test_one_refund_id_stands_for_one_content(self) -> None:
        for other in (
            request_refund(back(COURSE, 9_000)),
            request_refund(back(COURSE, 10_000), excess=1),
            request_refund(back(COURSE, 10_000), refund_payments=False),
        ):
            given(*paid(), IN_FLIGHT).when(other).then_rejected("refund_differs")

    def test_a_refund_gives_something_back(self) -> None:
        given(*paid()).when(request_refund()).then_rejected("nothing_to_refund")

    def test_a_refund_waits_for_the_form(self) -> None:
        given(started()).when(request_refund(back(COURSE, 1))).then_rejected("order_not_placed")


class TestMaximum:
    def test_a_line_cannot_be_refunded_by_more_than_was_paid_for_it(self) -> None:
        for amount in (10_001, 0, -1):
            wish = request_refund(back(COURSE, amount), excess=1 - min(amount, 0))
            given(*paid(), received(SECOND_PAYMENT)).when(wish).then_rejected("amount_out_of_range")

    def test_a_refund_that_is_under_way_counts(self) -> None:
        second = request_refund(back(COURSE, 1), refund_id=SECOND_REFUND)
        given(*paid(), IN_FLIGHT).when(second).then_rejected("amount_out_of_range")

    def test_a_failed_refund_frees_its_amount(self) -> None:
        again = request_refund(back(COURSE, 10_000), refund_id=SECOND_REFUND)
        history = (*paid(), IN_FLIGHT, transfer_failed(), RefundFailed(at=at(24), refund_id=REFUND))
        given(*history).when(again).then_kinds(RefundRequested)

    def test_no_more_money_goes_back_than_came_in(self) -> None:
        partly = (started(), placed(), received(amount=5_000))
        given(*partly).when(request_refund(back(COURSE, 5_001))).then_rejected("over_returnable")
        given(*partly).when(request_refund(back(COURSE, 5_000))).then_kinds(RefundRequested)

    def test_an_unpaid_order_has_nothing_to_return(self) -> None:
        given(started(), placed()).when(request_refund(back(COURSE, 1))).then_rejected(
            "over_returnable"
        )

    def test_disputed_money_is_not_there_to_return(self) -> None:
        dispute = PaymentDisputed(
            at=at(40), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(12_000)
        )
        order = given(*paid(), dispute).order
        assert refundable(order).returnable == 2_000
        assert [line.maximum for line in refundable(order).lines] == [2_000, 2_000]
        assert [line.left for line in refundable(order).lines] == [10_000, 4_000]

    def test_a_wish_is_refused_when_the_maximum_that_was_seen_has_changed(self) -> None:
        part = refund_requested(
            transfer(1_000), lines=(RefundLine(line_id=COURSE, amount=1_000, vat=203),)
        )
        seen = request_refund(back(COURSE, 500, seen=10_000), refund_id=SECOND_REFUND)
        given(*paid()).when(seen).then_kinds(RefundRequested)
        given(*paid(), part).when(seen).then_rejected("refundable_changed")

    def test_another_lines_news_disturbs_nobody(self) -> None:
        part = refund_requested(transfer(4_000), lines=(BUMP_BACK,))
        seen = request_refund(back(COURSE, 500, seen=10_000), refund_id=SECOND_REFUND)
        given(*paid(), part).when(seen).then_kinds(RefundRequested)

    def test_recording_is_held_against_what_is_left_of_the_line(self) -> None:
        partly = (started(), placed(), received(amount=5_000))
        wish = request_refund(back(COURSE, 500, seen=10_000), refund_payments=False)
        given(*partly).when(wish).then_kinds(RefundRequested, RefundIssued)

    def test_a_line_must_be_the_orders_and_named_once(self) -> None:
        given(*paid()).when(request_refund(back(LineId("gone"), 1))).then_rejected("line_unknown")
        given(*paid()).when(request_refund(back(COURSE, 1), back(COURSE, 1))).then_rejected(
            "line_refunded_twice"
        )


class TestExcess:
    twice_paid = (*paid(), received(SECOND_PAYMENT, minute=5))

    def test_money_above_the_total_goes_back_without_touching_lines(self) -> None:
        order = (
            given(*self.twice_paid).when(request_refund(excess=TOTAL)).then_kinds(RefundRequested)
        )
        assert order.payment_status is PaymentStatus.PAID
        assert order.status is OrderStatus.COMPLETED
        assert order.total == TOTAL

    def test_no_more_than_the_excess_goes_back_that_way(self) -> None:
        given(*self.twice_paid).when(request_refund(excess=TOTAL + 1)).then_rejected("over_excess")
        given(*paid()).when(request_refund(excess=1)).then_rejected("over_excess")
        given(*paid()).when(request_refund(excess=-1)).then_rejected("negative_amount")


class TestByHand:
    wish = replace(request_refund(back(COURSE, 10_000)), by_hand=True)

    def test_no_provider_is_asked_and_the_money_is_owed(self) -> None:
        order = given(*paid()).when(self.wish).then_kinds(RefundRequested, RefundIssued)
        (owed,) = order.refunds[0].owed
        assert (owed.method, owed.amount) == (TransferMethod.MANUAL, euros(10_000))

    def test_it_takes_the_place_of_what_a_provider_refused(self) -> None:
        refused = (
            *paid(),
            refund_requested(transfer(10_000), lines=(COURSE_BACK,)),
            transfer_failed(),
            RefundFailed(at=at(23), refund_id=REFUND),
        )
        again = replace(self.wish, refund_id=SECOND_REFUND)
        order = given(*refused).when(again).then_kinds(RefundRequested, RefundIssued)
        assert order.attention_due_at(GRACE) is None

    def test_the_same_refund_is_not_asked_for_in_another_way(self) -> None:
        history = (*paid(), *decide(self.wish, order_after(*paid())))
        given(*history).when(replace(self.wish, by_hand=False)).then_rejected("refund_differs")

    def test_what_is_recorded_only_is_not_paid_back_by_hand(self) -> None:
        neither = replace(self.wish, refund_payments=False)
        given(*paid()).when(neither).then_rejected("nothing_by_hand")


class TestWaysBack:
    def test_a_refund_takes_from_the_payment_that_has_just_this_much(self) -> None:
        history = (
            started(),
            placed(),
            received(amount=10_000),
            received(SECOND_PAYMENT, 4_000),
            OrderCompleted(at=at(4)),
        )
        order = given(*history).when(request_refund(back(BUMP, 4_000))).then_kinds(RefundRequested)
        assert [t.payment_id for t in order.refunds[0].transfers] == [SECOND_PAYMENT]

    def test_a_refund_may_take_from_several_payments(self) -> None:
        history = (
            started(),
            placed(),
            received(amount=10_000),
            received(SECOND_PAYMENT, 4_000),
            OrderCompleted(at=at(4)),
        )
        everything = request_refund(back(COURSE, 10_000), back(BUMP, 4_000))
        order = given(*history).when(everything).then_kinds(RefundRequested)
        assert [(t.payment_id, t.amount.amount) for t in order.refunds[0].transfers] == [
            (PAYMENT, 10_000),
            (SECOND_PAYMENT, 4_000),
        ]
        assert len({t.key for t in order.refunds[0].transfers}) == 2

    def test_a_part_that_the_provider_cannot_return_is_owed_once_the_others_are_done(self) -> None:
        history = (
            started(),
            placed(),
            received(amount=10_000),
            received(SECOND_PAYMENT, 4_000, provider="epassi"),
            OrderCompleted(at=at(4)),
        )
        wish = request_refund(back(COURSE, 10_000), back(BUMP, 1_000))
        order = given(*history).when(wish).then_kinds(RefundRequested)
        assert [t.method for t in order.refunds[0].transfers] == [
            TransferMethod.PROVIDER,
            TransferMethod.MANUAL,
        ]


class TestRemoveAccess:
    granted = (
        *paid(GRANT_ACTION, CLUB_ACTION),
        *done(GRANT_ACTION),
        *done(CLUB_ACTION),
        OrderCompleted(at=at(6)),
    )
    removal = removal_of(GRANT_ACTION)

    def test_access_that_was_given_is_taken_back_by_an_action(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False)
        asked = refund_requested(
            transfer(10_000, TransferMethod.NONE),
            lines=(COURSE_BACK,),
            remove_access=(COURSE,),
            minute=60,
        )
        order = (
            given(*self.granted)
            .when(wish)
            .then(
                asked,
                issued(minute=60),
                ActionAdded(at=NOW, action=self.removal),
                requested(self.removal, cause=RunCause.REFUND, minute=60),
            )
        )
        assert order.actions_by_id[GRANT].stage is ActionStage.SUCCEEDED
        assert order.actions_by_id[CLUB].holds_access

    def test_access_goes_when_the_refund_is_issued_not_before(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        given(*self.granted).when(wish).then_kinds(RefundRequested)

    def test_access_of_the_offer_is_taken_back_by_its_own_wish(self) -> None:
        wish = request_refund(back(COURSE, 1), refund_payments=False, remove_offer_access=True)
        order = (
            given(*self.granted)
            .when(wish)
            .then_kinds(RefundRequested, RefundIssued, ActionAdded, ActionRequested)
        )
        assert order.actions[-1].action_id == "refund-1/remove/club"

    def test_earlier_refunds_count_towards_the_whole_price(self) -> None:
        part = refunded(RefundLine(line_id=COURSE, amount=6_000, vat=1_219))
        rest = request_refund(
            back(COURSE, 4_000, remove_access=True),
            refund_id=SECOND_REFUND,
        )
        given(*self.granted, *part).when(rest).then_kinds(RefundRequested)

    def test_access_stays_while_a_part_of_the_price_is_kept(self) -> None:
        wish = request_refund(back(COURSE, 9_999, remove_access=True))
        given(*self.granted).when(wish).then_rejected("line_not_refunded_in_full")

    def test_a_line_without_a_price_counts_as_full_when_ticked(self) -> None:
        gift = replace(GRANT_ACTION, line_id=BUMP)
        history = (
            started(),
            placed(gift, lines=(COURSE_LINE, FREE_LINE)),
            received(amount=10_000),
            *done(gift),
        )
        wish = request_refund(back(BUMP, 0, remove_access=True))
        order = (
            given(*history)
            .when(wish)
            .then_kinds(RefundRequested, RefundIssued, ActionAdded, ActionRequested)
        )
        assert order.status is OrderStatus.PARTIALLY_REFUNDED

    def test_an_order_without_a_price_is_refunded_once_all_its_lines_are_ticked(self) -> None:
        history = (
            started(),
            placed(lines=(FREE_LINE,)),
            received(amount=0, provider="free"),
            OrderCompleted(at=at(4)),
        )
        wish = request_refund(back(BUMP, 0, remove_access=True))
        order = given(*history).when(wish).then_kinds(RefundRequested, RefundIssued)
        assert order.status is OrderStatus.REFUNDED

    def test_a_grant_that_is_still_to_do_is_called_off(self) -> None:
        history = (*paid(GRANT_ACTION), requested(GRANT_ACTION))
        wish = request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False)
        order = (
            given(*history)
            .when(wish)
            .then_kinds(RefundRequested, RefundIssued, ActionCancelled, OrderCompleted)
        )
        assert order.actions[0].stage is ActionStage.CANCELLED
        assert order.status is OrderStatus.PARTIALLY_REFUNDED

    @pytest.mark.parametrize(
        "news",
        [
            (),
            (failed(GRANT, retry_at=at(90)),),
            (failed(GRANT),),
            (failed(GRANT), requested(GRANT_ACTION, run=2, cause=RunCause.RERUN, minute=8)),
        ],
        ids=["running", "retrying", "failed", "asked for again"],
    )
    def test_a_grant_that_was_tried_is_called_off_and_taken_back(
        self, news: tuple[OrderFact, ...]
    ) -> None:
        begun = (*paid(GRANT_ACTION), requested(GRANT_ACTION), action_started(GRANT))
        history = (*begun, *news)
        wish = request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False)
        given(*history).when(wish).then_kinds(
            RefundRequested, RefundIssued, ActionCancelled, ActionAdded, ActionRequested
        )

    def test_what_is_being_taken_back_already_is_not_taken_back_twice(self) -> None:
        history = (
            *self.granted,
            ActionAdded(at=at(23), action=removal_of(CLUB_ACTION)),
            requested(removal_of(CLUB_ACTION), cause=RunCause.REFUND, minute=23),
        )
        wish = request_refund(
            back(BUMP, 1),
            refund_id=SECOND_REFUND,
            refund_payments=False,
            remove_offer_access=True,
        )
        given(*history).when(wish).then_kinds(RefundRequested, RefundIssued)

    def test_access_that_is_gone_is_not_taken_back_again(self) -> None:
        removal = removal_of(CLUB_ACTION)
        history = (
            *self.granted,
            ActionAdded(at=at(23), action=removal),
            requested(removal, cause=RunCause.REFUND, minute=23),
            action_started(removal.action_id, minute=24),
            succeeded(removal.action_id, minute=25),
        )
        wish = request_refund(
            back(BUMP, 1),
            refund_id=SECOND_REFUND,
            refund_payments=False,
            remove_offer_access=True,
        )
        given(*history).when(wish).then_kinds(RefundRequested, RefundIssued)

    def test_access_that_was_called_off_cannot_be_removed(self) -> None:
        called_off = [
            ActionCancelled(at=at(8), action_id=one.action_id, run=1, reason="refunded")
            for one in (GRANT_ACTION, CLUB_ACTION)
        ]
        asked_for = (requested(GRANT_ACTION), requested(CLUB_ACTION))
        history = (*paid(GRANT_ACTION, CLUB_ACTION), *asked_for)
        gone = order_after(*history, *called_off)
        before = order_after(*history)
        assert [line.has_access for line in refundable(before).lines] == [True, False]
        assert [line.has_access for line in refundable(gone).lines] == [False, False]
        assert (can_remove_offer_access(before), can_remove_offer_access(gone)) == (True, False)

    def test_offer_access_that_is_not_there_cannot_be_removed(self) -> None:
        wish = request_refund(back(COURSE, 1), remove_offer_access=True)
        given(*paid(GRANT_ACTION)).when(wish).then_rejected("no_offer_access")


class TestRefundable:
    def test_the_form_offers_what_can_be_refunded(self) -> None:
        options = refundable(order_after(*TestRemoveAccess.granted, IN_FLIGHT))
        assert [(line.line_id, line.left, line.maximum) for line in options.lines] == [
            (COURSE, 0, 0),
            (BUMP, 4_000, 4_000),
        ]
        assert [line.has_access for line in options.lines] == [True, False]
        assert (options.returnable, options.excess) == (4_000, 0)

    def test_the_parts_of_a_line_refunded_in_full_sum_to_its_vat(self) -> None:
        shares = []
        history = (*paid(),)
        for number in range(3):
            wish = request_refund(
                back(COURSE, 3_333 if number < 2 else 3_334),
                refund_id=RefundId(f"refund-{number}"),
                refund_payments=False,
            )
            facts = given(*history).when(wish).facts()
            history = (*history, *facts)
            shares.append(facts[0].lines[0].vat)  # type: ignore[union-attr] # a RefundRequested
        assert shares == [677, 678, 677]
        assert sum(shares) == COURSE_LINE.vat
