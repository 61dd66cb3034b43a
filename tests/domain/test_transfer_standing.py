"""Where the money of each transfer stands: one answer for every stage of it and of its refund."""

import pytest

from domain.order.events import (
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundTransferUnresolved,
)
from domain.order.transfer_standing import TransferStanding, standing_of
from domain.order.values import TransferMethod
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    EXTERNAL,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_TRANSFER,
    TRANSFER,
    at,
    euros,
    issued,
    paid,
    refund_requested,
    refunded,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

IN_FLIGHT = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
UNRESOLVED = RefundTransferUnresolved(
    at=at(23), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
FAILED = RefundFailed(at=at(24), refund_id=REFUND)
RESTORED = RefundedDataRestored(at=at(25), refund_ids=(REFUND,), by=OPERATOR)
BY_HAND = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
TWO_WAYS = (
    *paid(),
    refund_requested(
        transfer(10_000, TransferMethod.MANUAL),
        transfer(4_000, number=2, payment_id=SECOND_PAYMENT),
        lines=(COURSE_BACK, BUMP_BACK),
    ),
)
RETURNED_THERE = ExternalRefundObserved(
    at=at(40),
    external_refund_id=EXTERNAL,
    payment_id=PAYMENT,
    amount=euros(10_000),
    matched_refund=REFUND,
    matched_transfer=TRANSFER,
)
TAKEN_BACK = ExternalRefundFailed(at=at(41), external_refund_id=EXTERNAL, code="failed")


@pytest.mark.parametrize(
    ("history", "standing"),
    [
        (IN_FLIGHT, TransferStanding.IN_FLIGHT),
        ((*IN_FLIGHT, UNRESOLVED), TransferStanding.UNRESOLVED),
        ((*IN_FLIGHT, transferred(), issued()), TransferStanding.RETURNED),
        ((*IN_FLIGHT, transfer_failed(), FAILED), TransferStanding.VOID),
        (BY_HAND, TransferStanding.OWED),
        ((*BY_HAND, RESTORED), TransferStanding.VOID),
        (TWO_WAYS, TransferStanding.WAITING),
        ((*TWO_WAYS, transferred(SECOND_TRANSFER), issued()), TransferStanding.OWED),
        (
            (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE)),
            TransferStanding.RECORDED_ONLY,
        ),
        (
            (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE), RETURNED_THERE),
            TransferStanding.RETURNED,
        ),
        (
            (
                *paid(),
                *refunded(COURSE_BACK, method=TransferMethod.NONE),
                RETURNED_THERE,
                TAKEN_BACK,
            ),
            TransferStanding.RECORDED_ONLY,
        ),
    ],
)
def test_the_money_of_a_transfer_stands_somewhere(
    history: tuple[OrderFact, ...], standing: TransferStanding
) -> None:
    refund = order_after(*history).refunds[0]
    assert standing_of(refund, refund.transfers[0]) is standing
