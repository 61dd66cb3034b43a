"""What follows when a refund comes into force or leaves it, whoever brings that about."""

from msgspec.structs import replace

from domain.order.commands.refunds import (
    AllocateExternalRefund,
    FailExternalRefund,
)
from domain.order.commands.transfers import (
    ConfirmManualRefund,
    ReportTransferDone,
    ReportTransferFailed,
)
from domain.order.decide import OrderWish
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionRequested,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderCompleted,
    OrderFact,
    RefundFailed,
    RefundIssued,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferUnresolved,
)
from domain.order.values import RunCause, TransferMethod
from tests.examples import (
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    EXTERNAL,
    GRANT_ACTION,
    NOW,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_TRANSFER,
    TRANSFER,
    at,
    back,
    done,
    euros,
    observe,
    paid,
    refund_requested,
    removal_of,
    requested,
    transfer,
    transferred,
)
from tests.spec import given

ASKED = refund_requested(
    transfer(10_000), lines=(COURSE_BACK,), remove_access=(COURSE,), remove_offer_access=True
)
IN_PARTS = replace(
    ASKED, transfers=(transfer(6_000), transfer(4_000, TransferMethod.MANUAL, number=2))
)
UNRESOLVED = RefundTransferUnresolved(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
PENDING = RefundTransferPending(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference=EXTERNAL
)
OBSERVED = ExternalRefundObserved(
    at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(10_000)
)
ALLOCATED = ExternalRefundAllocated(
    at=at(51),
    external_refund_id=EXTERNAL,
    refund_id=REFUND,
    lines=(COURSE_BACK,),
    by=OPERATOR,
    remove_access=(COURSE,),
)

transfer_done = ReportTransferDone(
    now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
)
transfer_failed = ReportTransferFailed(
    now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, code="declined"
)
confirm = ConfirmManualRefund(now=NOW, refund_id=REFUND, transfer_id=TRANSFER, by=OPERATOR)
allocate = AllocateExternalRefund(
    now=NOW,
    external_refund_id=EXTERNAL,
    refund_id=REFUND,
    by=OPERATOR,
    lines=(back(COURSE, 10_000, remove_access=True),),
    remove_offer_access=True,
)
ISSUING: tuple[tuple[OrderWish, tuple[OrderFact, ...], tuple[type[OrderFact], ...]], ...] = (
    (transfer_done, (ASKED,), (RefundTransferred, RefundIssued)),
    (transfer_failed, (IN_PARTS,), (RefundTransferFailed, RefundIssued)),
    (confirm, (ASKED, UNRESOLVED), (RefundTransferred, RefundIssued)),
    (observe(10_000), (ASKED, PENDING), (RefundTransferred, RefundIssued)),
    (allocate, (OBSERVED,), (ExternalRefundAllocated,)),
)
"""Each way to bring a refund into force: the wish, what went before, and its own facts."""


def test_whoever_issues_a_refund_calls_off_what_is_pending_and_takes_back_what_is_held() -> None:
    grants = (*paid(GRANT_ACTION, CLUB_ACTION), requested(GRANT_ACTION), *done(CLUB_ACTION))
    for wish, before, own in ISSUING:
        given(*grants, *before).when(wish).then_kinds(
            *own, ActionCancelled, ActionAdded, ActionRequested
        )


def test_an_order_is_complete_when_that_leaves_nothing_to_do() -> None:
    grants = (*paid(GRANT_ACTION, CLUB_ACTION), requested(GRANT_ACTION), requested(CLUB_ACTION))
    for wish, before, own in ISSUING:
        given(*grants, *before).when(wish).then_kinds(
            *own, ActionCancelled, ActionCancelled, OrderCompleted
        )


class TestRefundThatFailsAfterItWasIssued:
    removal = removal_of(GRANT_ACTION)
    removing = (
        ActionAdded(at=at(52), action=removal),
        requested(removal, cause=RunCause.REFUND, minute=52),
    )
    granted = (*paid(GRANT_ACTION), *done(GRANT_ACTION))

    def test_its_access_removal_is_called_off_which_may_complete_the_order(self) -> None:
        issued = (ASKED, transferred(), RefundIssued(at=at(22), refund_id=REFUND))
        given(*self.granted, *issued, *self.removing).when(transfer_failed).then_kinds(
            RefundTransferFailed, RefundFailed, ActionCancelled, OrderCompleted
        )

    def test_so_it_is_when_a_provider_takes_its_own_refund_back(self) -> None:
        taken_back = FailExternalRefund(
            now=NOW, at=NOW, external_refund_id=EXTERNAL, code="canceled"
        )
        given(*self.granted, OBSERVED, ALLOCATED, *self.removing).when(taken_back).then_kinds(
            ExternalRefundFailed, RefundFailed, ActionCancelled, OrderCompleted
        )


def test_a_manual_part_alone_does_not_issue_while_a_provider_is_asked() -> None:
    given(*paid(), IN_PARTS).when(replace(confirm, transfer_id=SECOND_TRANSFER)).then_rejected(
        "nothing_owed"
    )
