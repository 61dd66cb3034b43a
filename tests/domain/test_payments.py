"""News of payments, in any order and any number of times."""

from msgspec.structs import replace

from domain.money import Money
from domain.order.commands.payments import CloseDispute, OpenDispute
from domain.order.events import (
    DisputeClosed,
    OrderCompleted,
    PaymentDisputed,
    PaymentFailed,
    PaymentReceived,
)
from domain.order.stages import OrderStatus, PaymentStage, PaymentStatus
from domain.order.values import DisputeOutcome, FreeText
from tests.examples import (
    DISPUTE,
    NOW,
    PAYMENT,
    RECEIPT_ACTION,
    SECOND_PAYMENT,
    TOTAL,
    at,
    euros,
    fail_payment,
    paid,
    payment_failed,
    payment_started,
    placed,
    receive_payment,
    received,
    start_payment,
    started,
)
from tests.spec import given, order_after


class TestStartPayment:
    def test_a_payment_at_a_provider_puts_the_order_in_processing(self) -> None:
        order = given(started(), placed()).when(start_payment()).then(payment_started())
        assert order.status is OrderStatus.PROCESSING
        assert order.payment_status is PaymentStatus.PENDING

    def test_the_same_start_again_changes_nothing(self) -> None:
        given(started(), placed(), payment_started()).when(start_payment()).then_nothing()

    def test_a_late_start_never_takes_paid_back(self) -> None:
        order = given(*paid(RECEIPT_ACTION)).when(start_payment()).then(payment_started())
        assert order.status is OrderStatus.PAID
        assert order.payments[0].status is PaymentStage.RECEIVED
        assert order.payments[0].amount == euros(TOTAL)

    def test_a_late_start_tells_what_a_failed_payment_was_about(self) -> None:
        failed_first = (started(), placed(), payment_failed())
        order = given(*failed_first).when(start_payment()).then(payment_started())
        assert order.payments[0].status is PaymentStage.FAILED
        assert order.payments[0].amount == euros(TOTAL)

    def test_a_payment_waits_for_its_order(self) -> None:
        given(started()).when(start_payment()).then_rejected("order_not_placed")

    def test_a_payment_in_another_currency_is_refused(self) -> None:
        foreign = start_payment(amount=Money(TOTAL, "SEK"))
        given(started(), placed()).when(foreign).then_rejected("wrong_currency")

    def test_a_negative_payment_is_refused(self) -> None:
        given(started(), placed()).when(start_payment(amount=euros(-1))).then_rejected(
            "negative_amount"
        )


class TestReceivePayment:
    def test_the_whole_amount_pays_the_order(self) -> None:
        history = (started(), placed(RECEIPT_ACTION), payment_started())
        order = given(*history).when(receive_payment()).then(received())
        assert order.status is OrderStatus.PAID
        assert order.payments[0].started_at == at(2)

    def test_an_order_without_actions_is_complete_when_paid(self) -> None:
        order = (
            given(started(), placed())
            .when(receive_payment())
            .then(received(), OrderCompleted(at=NOW))
        )
        assert order.status is OrderStatus.COMPLETED

    def test_an_imported_order_is_complete_when_paid_whatever_actions_it_lists(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True))
        given(*history).when(receive_payment()).then_kinds(PaymentReceived, OrderCompleted)

    def test_a_free_order_is_paid_by_nothing(self) -> None:
        free = (started(), replace(placed(RECEIPT_ACTION), total=0))
        order = (
            given(*free)
            .when(receive_payment(amount=0, provider="free"))
            .then_kinds(PaymentReceived)
        )
        assert order.status is OrderStatus.PAID
        assert order.payment_status is PaymentStatus.PAID

    def test_the_same_money_again_changes_nothing(self) -> None:
        given(*paid()).when(receive_payment()).then_nothing()

    def test_one_payment_cannot_have_two_amounts(self) -> None:
        given(*paid()).when(receive_payment(amount=1)).then_rejected("payment_differs")

    def test_a_part_pays_the_order_partly(self) -> None:
        history = (started(), placed(RECEIPT_ACTION))
        order = given(*history).when(receive_payment(amount=4_000)).then_kinds(PaymentReceived)
        assert order.status is OrderStatus.IN_PROGRESS
        assert order.payment_status is PaymentStatus.PARTIALLY_PAID

    def test_an_order_paid_in_part_is_no_longer_in_processing(self) -> None:
        history = (started(), placed(RECEIPT_ACTION), payment_started())
        order = given(*history).when(receive_payment(amount=4_000)).then_kinds(PaymentReceived)
        assert order.status is OrderStatus.IN_PROGRESS

    def test_the_last_part_pays_the_order(self) -> None:
        history = (started(), placed(RECEIPT_ACTION), received(amount=4_000))
        order = (
            given(*history)
            .when(receive_payment(SECOND_PAYMENT, amount=10_000))
            .then_kinds(PaymentReceived)
        )
        assert order.payment_status is PaymentStatus.PAID
        assert order.received_total == TOTAL

    def test_money_above_the_total_shows(self) -> None:
        order = (
            given(*paid(RECEIPT_ACTION))
            .when(receive_payment(SECOND_PAYMENT))
            .then_kinds(PaymentReceived)
        )
        assert order.payment_status is PaymentStatus.OVERPAID

    def test_money_after_a_failure_counts(self) -> None:
        history = (started(), placed(RECEIPT_ACTION), payment_failed())
        order = given(*history).when(receive_payment()).then_kinds(PaymentReceived)
        assert order.payments[0].status is PaymentStage.RECEIVED
        assert order.payments[0].code == "declined"

    def test_money_waits_for_its_order(self) -> None:
        given().when(receive_payment()).then_rejected("order_not_placed")

    def test_money_in_another_currency_is_refused(self) -> None:
        foreign = replace(receive_payment(), amount=Money(TOTAL, "SEK"))
        given(started(), placed()).when(foreign).then_rejected("wrong_currency")


class TestFailPayment:
    def test_a_failure_takes_the_order_out_of_processing(self) -> None:
        history = (started(), placed(), payment_started())
        order = given(*history).when(fail_payment()).then(payment_failed())
        assert order.status is OrderStatus.IN_PROGRESS
        assert order.payment_status is PaymentStatus.FAILED

    def test_the_order_stays_in_processing_while_another_payment_is_open(self) -> None:
        history = (started(), placed(), payment_started(), payment_started(SECOND_PAYMENT))
        order = given(*history).when(fail_payment()).then_kinds(PaymentFailed)
        assert order.status is OrderStatus.PROCESSING

    def test_a_failure_may_come_before_its_start(self) -> None:
        order = given(started(), placed()).when(fail_payment()).then_kinds(PaymentFailed)
        assert order.payments[0].amount == euros(0)

    def test_a_late_failure_never_takes_paid_back(self) -> None:
        order = given(*paid(RECEIPT_ACTION)).when(fail_payment()).then_kinds(PaymentFailed)
        assert order.status is OrderStatus.PAID

    def test_the_same_failure_again_changes_nothing(self) -> None:
        given(started(), placed(), payment_failed()).when(fail_payment()).then_nothing()

    def test_what_the_provider_said_is_kept(self) -> None:
        said = replace(payment_failed(), personal=FreeText(text="No funds, Aino"))
        order = given(started(), placed()).when(fail_payment(message="No funds, Aino")).then(said)
        assert order.payments[0].message == "No funds, Aino"

    def test_a_failure_waits_for_its_order(self) -> None:
        given(started()).when(fail_payment()).then_rejected("order_not_placed")


class TestOpenDispute:
    opened = PaymentDisputed(at=at(45), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(TOTAL))
    dispute = OpenDispute(
        now=NOW, at=at(45), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(TOTAL)
    )

    def test_disputed_money_cannot_be_returned(self) -> None:
        order = given(*paid()).when(self.dispute).then(self.opened)
        assert order.payment_status is PaymentStatus.DISPUTED
        assert order.returnable_total == 0
        assert order.disputes[0].dispute_id == DISPUTE

    def test_the_same_dispute_again_changes_nothing(self) -> None:
        given(*paid(), self.opened).when(self.dispute).then_nothing()

    def test_a_dispute_waits_for_its_payment(self) -> None:
        given(started(), placed()).when(self.dispute).then_rejected("payment_unknown")
        given(started(), placed(), payment_started()).when(self.dispute).then_rejected(
            "payment_unknown"
        )

    def test_a_dispute_in_another_currency_is_refused(self) -> None:
        foreign = replace(self.dispute, amount=Money(TOTAL, "SEK"))
        given(*paid()).when(foreign).then_rejected("wrong_currency")


class TestCloseDispute:
    history = (*paid(), TestOpenDispute.opened)
    won = CloseDispute(now=NOW, at=at(50), dispute_id=DISPUTE, outcome=DisputeOutcome.WON)
    lost = CloseDispute(now=NOW, at=at(50), dispute_id=DISPUTE, outcome=DisputeOutcome.LOST)

    def test_a_dispute_won_frees_the_money(self) -> None:
        order = given(*self.history).when(self.won).then_kinds(DisputeClosed)
        assert order.payment_status is PaymentStatus.PAID
        assert order.returnable_total == TOTAL

    def test_a_dispute_lost_keeps_the_money_away(self) -> None:
        order = given(*self.history).when(self.lost).then_kinds(DisputeClosed)
        assert order.payment_status is PaymentStatus.DISPUTED
        assert order.returnable_total == 0

    def test_the_end_of_a_dispute_waits_for_its_beginning(self) -> None:
        given(*paid()).when(self.won).then_rejected("dispute_unknown")

    def test_a_dispute_does_not_end_twice(self) -> None:
        closed = DisputeClosed(at=at(50), dispute_id=DISPUTE, outcome=DisputeOutcome.WON)
        given(*self.history, closed).when(self.lost).then_rejected("dispute_ended_otherwise")


class TestShownPayment:
    def test_the_payment_that_paid_is_shown(self) -> None:
        order = order_after(
            started(),
            placed(),
            payment_failed(),
            received(SECOND_PAYMENT),
            payment_started(payment_id=PAYMENT),
        )
        assert order.shown_payment is not None
        assert order.shown_payment.payment_id == SECOND_PAYMENT

    def test_else_the_latest_is_shown(self) -> None:
        order = order_after(started(), placed(), payment_failed(), payment_started(SECOND_PAYMENT))
        assert order.shown_payment is not None
        assert order.shown_payment.payment_id == SECOND_PAYMENT

    def test_an_order_without_payments_shows_none(self) -> None:
        assert order_after(started()).shown_payment is None

    def test_a_payment_tells_when_its_latest_news_happened(self) -> None:
        order = order_after(started(), placed(), payment_started(), payment_failed(), received())
        assert order.payments[0].at == at(4)
