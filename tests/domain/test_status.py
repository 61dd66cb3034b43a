"""The truth table of both axes, and what each axis says."""

import pytest

from domain.order.events import OrderCompleted, OrderFact, PaymentDisputed, RefundedDataRestored
from domain.order.stages import OrderStatus, PaymentStatus, RefundStanding
from domain.order.status import lifecycle, shown_status
from domain.order.values import TransferMethod
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    DISPUTE,
    OPERATOR,
    PAYMENT,
    RECEIPT_ACTION,
    REFUND,
    SECOND_PAYMENT,
    SECOND_REFUND,
    at,
    euros,
    issued,
    marked_completed,
    paid,
    payment_failed,
    payment_started,
    placed,
    received,
    refund_requested,
    refunded,
    started,
    transfer,
)
from tests.spec import order_after

LIFECYCLE = {
    OrderStatus.STARTED: (started(),),
    OrderStatus.IN_PROGRESS: (started(), placed()),
    OrderStatus.PROCESSING: (started(), placed(), payment_started()),
    OrderStatus.PAID: paid(RECEIPT_ACTION),
    OrderStatus.COMPLETED: paid(),
    OrderStatus.MARKED_AS_COMPLETED: (*paid(RECEIPT_ACTION), marked_completed(10)),
}
STANDING: dict[RefundStanding, tuple[OrderFact, ...]] = {
    RefundStanding.NONE: (),
    RefundStanding.PARTIAL: refunded(COURSE_BACK, method=TransferMethod.NONE),
    RefundStanding.FULL: refunded(COURSE_BACK, BUMP_BACK, method=TransferMethod.NONE),
}
SHOWN = {
    RefundStanding.PARTIAL: OrderStatus.PARTIALLY_REFUNDED,
    RefundStanding.FULL: OrderStatus.REFUNDED,
}


@pytest.mark.parametrize("word", LIFECYCLE)
@pytest.mark.parametrize("standing", STANDING)
@pytest.mark.parametrize("is_closed", [False, True])
def test_truth_table(word: OrderStatus, standing: RefundStanding, *, is_closed: bool) -> None:
    """The refund standing is shown, unless there is none or a person completed it since."""
    shown = shown_status(word, standing, is_closed=is_closed)
    assert shown is (word if is_closed else SHOWN.get(standing, word))


@pytest.mark.parametrize("word", LIFECYCLE)
@pytest.mark.parametrize("standing", STANDING)
def test_histories_reach_every_row_of_the_table(
    word: OrderStatus, standing: RefundStanding
) -> None:
    if word is OrderStatus.STARTED and standing is not RefundStanding.NONE:
        return
    order = order_after(*LIFECYCLE[word], *STANDING[standing])
    assert lifecycle(order) is word
    assert order.refund_standing is standing
    assert order.status is SHOWN.get(standing, word)


class TestCompletionAndRefund:
    refunded_first = (*paid(RECEIPT_ACTION), *refunded(COURSE_BACK))

    def test_an_automatic_completion_never_hides_a_refund(self) -> None:
        order = order_after(*self.refunded_first, OrderCompleted(at=at(30)))
        assert order.status is OrderStatus.PARTIALLY_REFUNDED

    def test_a_manual_completion_shows_until_the_next_refund(self) -> None:
        closed = (*self.refunded_first, marked_completed(30))
        assert order_after(*closed).status is OrderStatus.MARKED_AS_COMPLETED
        second = (
            refund_requested(
                transfer(4_000, TransferMethod.NONE, refund_id=SECOND_REFUND),
                lines=(BUMP_BACK,),
                refund_id=SECOND_REFUND,
            ),
            issued(SECOND_REFUND),
        )
        assert order_after(*closed, *second).status is OrderStatus.REFUNDED

    def test_a_refund_that_touches_no_line_leaves_a_manual_completion_shown(self) -> None:
        closed = (*self.refunded_first, marked_completed(30))
        excess = (
            refund_requested(
                transfer(4_000, TransferMethod.NONE, refund_id=SECOND_REFUND),
                lines=(),
                refund_id=SECOND_REFUND,
                excess=4_000,
            ),
            issued(SECOND_REFUND),
        )
        assert order_after(*closed, *excess).status is OrderStatus.MARKED_AS_COMPLETED

    def test_restoring_takes_the_refund_standing_away(self) -> None:
        restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
        order = order_after(*self.refunded_first, restored)
        assert order.status is OrderStatus.PAID
        assert order.refund_standing is RefundStanding.NONE


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((started(),), PaymentStatus.UNPAID),
        ((started(), placed()), PaymentStatus.UNPAID),
        ((started(), placed(), payment_started()), PaymentStatus.PENDING),
        ((started(), placed(), payment_failed()), PaymentStatus.FAILED),
        (
            (started(), placed(), payment_failed(), payment_started(SECOND_PAYMENT)),
            PaymentStatus.PENDING,
        ),
        ((started(), placed(), received(amount=1)), PaymentStatus.PARTIALLY_PAID),
        (paid(), PaymentStatus.PAID),
        ((*paid(), received(SECOND_PAYMENT, minute=5)), PaymentStatus.OVERPAID),
        ((*paid(), *STANDING[RefundStanding.PARTIAL]), PaymentStatus.PARTIALLY_REFUNDED),
        ((*paid(), *STANDING[RefundStanding.FULL]), PaymentStatus.REFUNDED),
        (
            (
                *paid(),
                *STANDING[RefundStanding.FULL],
                PaymentDisputed(at=at(40), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(1)),
            ),
            PaymentStatus.DISPUTED,
        ),
    ],
)
def test_payment_status(history: tuple[OrderFact, ...], expected: PaymentStatus) -> None:
    """Disputes first, then refunds in force, then what came in, then what was tried."""
    assert order_after(*history).payment_status is expected
