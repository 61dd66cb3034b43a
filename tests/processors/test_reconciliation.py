"""Two ledgers of one payment compared: what is certain on both sides must agree."""

from msgspec.structs import replace

from domain.identifiers import ExternalRefundId, PaymentId
from domain.order.commands.refunds import LineAmount
from domain.order.decide import decide
from domain.order.events import (
    ExternalRefundObserved,
    OrderFact,
    RefundTransferPending,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.values import TransferMethod
from processors.provider_news import Fate, RefundSeen
from processors.reconciliation import Difference, Why, difference_of
from tests.examples import (
    BUMP_BACK,
    COURSE,
    EXTERNAL,
    ORDER_ID,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    TRANSFER,
    at,
    euros,
    observe,
    paid,
    received,
    record_refund,
    refund_requested,
    refunded,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

ASKED = refund_requested(transfer(4_000), lines=(BUMP_BACK,))
STARTED = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="worker-1"
)
PENDING = RefundTransferPending(at=at(21), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1")
UNRESOLVED = RefundTransferUnresolved(
    at=at(22), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
OBSERVED = ExternalRefundObserved(
    at=at(30), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
)


def theirs(*amounts: int, fate: Fate = Fate.RETURNED) -> list[RefundSeen]:
    return [
        RefundSeen(
            fate=fate, amount=euros(amount), at=at(30), refund_id=ExternalRefundId(f"re_{number}")
        )
        for number, amount in enumerate(amounts)
    ]


def difference(
    *history: OrderFact, stated: list[RefundSeen], payment_id: PaymentId = PAYMENT
) -> Difference | None:
    return difference_of(order_after(*paid(), *history), payment_id, stated)


class TestAgreement:
    def test_of_nothing_with_nothing(self) -> None:
        assert difference(stated=[]) is None

    def test_of_what_we_had_returned(self) -> None:
        assert difference(*refunded(BUMP_BACK), stated=theirs(4_000)) is None

    def test_of_what_is_on_its_way(self) -> None:
        pending = theirs(4_000, fate=Fate.IN_PROGRESS)
        assert difference(ASKED, STARTED, PENDING, stated=pending) is None

    def test_of_what_failed_on_both_sides(self) -> None:
        failed = theirs(4_000, fate=Fate.FAILED)
        assert difference(ASKED, STARTED, transfer_failed(), stated=failed) is None

    def test_of_what_the_provider_returned_by_itself(self) -> None:
        assert difference(OBSERVED, stated=theirs(4_000)) is None

    def test_of_what_settled_a_refund_of_ours_counted_once(self) -> None:
        recorded_only = refunded(BUMP_BACK, method=TransferMethod.NONE)
        history = (*paid(), *recorded_only)
        matched = decide(observe(4_000), order_after(*history))
        assert difference(*recorded_only, *matched, stated=theirs(4_000)) is None

    def test_of_a_refund_that_the_checkout_recorded(self) -> None:
        part = LineAmount(line_id=COURSE, amount=4_000)
        recorded = decide(record_refund(part, reference="re_9"), order_after(*paid()))
        assert difference(*recorded, stated=theirs(4_000)) is None

    def test_needs_no_answer_to_what_was_asked_and_not_answered(self) -> None:
        for history in ((ASKED, STARTED), (ASKED, STARTED, UNRESOLVED)):
            assert difference(*history, stated=[]) is None
            assert difference(*history, stated=theirs(4_000)) is None

    def test_leaves_room_for_what_a_person_vouched_for(self) -> None:
        vouched = replace(transferred(reference=""), confirmed_by="laura")
        manual = refund_requested(transfer(4_000, TransferMethod.MANUAL), lines=(BUMP_BACK,))
        for stated in ([], theirs(4_000)):
            assert difference(manual, vouched, stated=stated) is None


class TestDifference:
    def test_is_what_the_provider_returned_and_nobody_told(self) -> None:
        assert difference(*refunded(BUMP_BACK), stated=theirs(4_000, 1_000)) == Difference(
            transaction_id="transaction-of-payment-1",
            order_id=ORDER_ID,
            payment_id=PAYMENT,
            ours=euros(4_000),
            theirs=euros(5_000),
            why=Why.NOT_RECORDED,
        )

    def test_is_what_counts_here_and_the_provider_never_returned(self) -> None:
        found = difference(*refunded(BUMP_BACK), stated=theirs(4_000, fate=Fate.FAILED))
        assert found is not None
        assert (found.ours, found.theirs, found.why) == (
            euros(4_000),
            euros(0),
            Why.NOT_AT_PROVIDER,
        )

    def test_is_more_than_an_unanswered_transfer_explains(self) -> None:
        found = difference(ASKED, STARTED, stated=theirs(4_001))
        assert found is not None
        assert found.why is Why.NOT_RECORDED

    def test_is_of_one_payment_alone(self) -> None:
        other = received(SECOND_PAYMENT, 4_000)
        history = (other, *refunded(BUMP_BACK))
        assert difference(*history, stated=[], payment_id=SECOND_PAYMENT) is None
        assert difference(*history, stated=theirs(4_000), payment_id=SECOND_PAYMENT)

    def test_is_what_was_only_wanted_and_never_asked_for(self) -> None:
        assert difference(ASKED, stated=theirs(4_000))
