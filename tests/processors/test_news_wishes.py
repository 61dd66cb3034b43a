"""What news of a provider asks of an order: whatever comes, in whatever order, is counted once."""

from datetime import datetime
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.identifiers import DisputeId, ExternalRefundId, OrderId, PaymentId, TransferId
from domain.order.commands.payments import CloseDispute, OpenDispute
from domain.order.commands.refunds import FailExternalRefund, ObserveExternalRefund
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
)
from domain.order.decide import OrderWish, decide
from domain.order.events import (
    ExternalRefundObserved,
    OrderFact,
    RefundTransferFailed,
)
from domain.order.values import DisputeOutcome
from processors.news_wishes import wishes_of
from processors.provider_news import DisputeSeen, Fate, RefundsChanged, RefundSeen, Told
from tests.examples import (
    BUMP_BACK,
    NOW,
    ORDER_ID,
    PAYMENT,
    REFUND,
    TRANSFER,
    at,
    euros,
    paid,
    refund_requested,
    refunded,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

IN_FLIGHT = (*paid(), refund_requested(transfer(4_000), lines=(BUMP_BACK,)))
RE_1 = ExternalRefundId("re_1")
OURS = RefundSeen(
    fate=Fate.RETURNED,
    amount=euros(4_000),
    at=at(30),
    refund_id=RE_1,
    transaction_ids=("pi_1", f"transaction-of-{PAYMENT}"),
    order_id=ORDER_ID,
    transfer_id=TRANSFER,
)
THEIRS = RefundSeen(
    fate=Fate.RETURNED,
    amount=euros(4_000),
    at=at(30),
    refund_id=ExternalRefundId("re_dashboard"),
    transaction_ids=("pi_1",),
)
OBSERVED = ExternalRefundObserved(
    at=at(30), external_refund_id=THEIRS.refund_id, payment_id=PAYMENT, amount=euros(4_000)
)
DISPUTED = DisputeSeen(
    dispute_id=DisputeId("dp_1"), amount=euros(14_000), at=at(30), transaction_ids=("pi_1",)
)


def wishes(
    told: Told, *history: OrderFact, payment_id: PaymentId | None = PAYMENT, now: datetime = NOW
) -> list[OrderWish]:
    return wishes_of(told, order_after(*history), payment_id, now)


def facts(told: Told, *history: OrderFact) -> list[OrderFact]:
    """Take news in, as an order does that has such a history."""
    recorded: list[OrderFact] = []
    for wish in wishes(told, *history):
        recorded += decide(wish, order_after(*history, *recorded))
    return recorded


class TestOurOwnRefund:
    def test_in_progress_is_pending_under_the_providers_id(self) -> None:
        assert wishes(replace(OURS, fate=Fate.IN_PROGRESS), *IN_FLIGHT) == [
            ReportTransferPending(
                now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
            )
        ]

    def test_returned_is_done(self) -> None:
        assert wishes(OURS, *IN_FLIGHT) == [
            ReportTransferDone(
                now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
            )
        ]

    @pytest.mark.parametrize(("code", "told"), [("declined", "declined"), ("", "failed")])
    def test_failed_is_failed_with_the_providers_code(self, code: str, told: str) -> None:
        assert wishes(replace(OURS, fate=Fate.FAILED, code=code), *IN_FLIGHT) == [
            ReportTransferFailed(
                now=NOW, at=at(30), refund_id=REFUND, transfer_id=TRANSFER, code=told
            )
        ]

    def test_needs_no_payment_to_be_known(self) -> None:
        assert wishes(OURS, *IN_FLIGHT, payment_id=None)

    def test_is_known_by_its_reference_alone(self) -> None:
        unnamed = replace(OURS, order_id=None, transfer_id=TransferId(""), fate=Fate.FAILED)
        history = (*paid(), *refunded(BUMP_BACK))
        assert facts(unnamed, *history)[0] == RefundTransferFailed(
            at=at(30), refund_id=REFUND, transfer_id=TRANSFER, code="failed"
        )

    def test_may_come_without_an_id_of_the_providers(self) -> None:
        unnamed = replace(OURS, refund_id=ExternalRefundId(""), fate=Fate.FAILED)
        assert facts(unnamed, *IN_FLIGHT)
        assert facts(unnamed, *IN_FLIGHT, transferred())

    def test_on_another_payment_is_none_of_ours(self) -> None:
        elsewhere = replace(OURS, transaction_ids=("pi_2",))
        assert facts(elsewhere, *IN_FLIGHT) == [replace(OBSERVED, external_refund_id=RE_1)]
        assert wishes(elsewhere, *IN_FLIGHT, payment_id=None) == []

    def test_told_again_records_nothing(self) -> None:
        history = (*paid(), *refunded(BUMP_BACK))
        assert facts(OURS, *history) == []
        assert facts(replace(OURS, fate=Fate.IN_PROGRESS), *history) == []

    def test_a_failure_after_it_was_done_is_recorded(self) -> None:
        failed = replace(OURS, fate=Fate.FAILED, code="expired_or_canceled_card")
        recorded = facts(failed, *paid(), *refunded(BUMP_BACK))
        assert isinstance(recorded[0], RefundTransferFailed)

    def test_in_progress_after_it_failed_changes_nothing(self) -> None:
        history = (*paid(), *refunded(BUMP_BACK), transfer_failed())
        assert facts(replace(OURS, fate=Fate.IN_PROGRESS), *history) == []

    def test_returned_in_spite_of_a_failure_is_seen(self) -> None:
        history = (*IN_FLIGHT, transfer_failed())
        recorded = facts(OURS, *history)
        assert isinstance(recorded[0], ExternalRefundObserved)
        assert recorded[0].external_refund_id == RE_1

    def test_a_second_refund_of_one_transfer_is_money_that_left_twice(self) -> None:
        doubled = replace(OURS, refund_id=ExternalRefundId("re_2"))
        recorded = facts(doubled, *IN_FLIGHT, transferred())
        assert isinstance(recorded[0], ExternalRefundObserved)
        assert recorded[0].external_refund_id == "re_2"

    def test_another_amount_than_the_transfers_is_not_it(self) -> None:
        recorded = facts(replace(OURS, amount=euros(3_000)), *IN_FLIGHT)
        assert isinstance(recorded[0], ExternalRefundObserved)

    def test_a_transfer_of_another_order_is_not_it(self) -> None:
        elsewhere = replace(OURS, order_id=OrderId(UUID(int=1)))
        recorded = facts(elsewhere, *IN_FLIGHT)
        assert isinstance(recorded[0], ExternalRefundObserved)


class TestRefundOfTheDashboard:
    @pytest.mark.parametrize("fate", [Fate.RETURNED, Fate.IN_PROGRESS])
    def test_is_observed_once_the_provider_has_taken_it(self, fate: Fate) -> None:
        assert wishes(replace(THEIRS, fate=fate), *paid()) == [
            ObserveExternalRefund(
                now=NOW,
                at=at(30),
                external_refund_id=THEIRS.refund_id,
                payment_id=PAYMENT,
                amount=euros(4_000),
            )
        ]

    def test_told_again_asks_for_nothing(self) -> None:
        assert wishes(THEIRS, *paid(), OBSERVED) == []

    def test_a_failure_takes_it_back(self) -> None:
        assert wishes(replace(THEIRS, fate=Fate.FAILED), *paid(), OBSERVED) == [
            FailExternalRefund(
                now=NOW, at=at(30), external_refund_id=THEIRS.refund_id, code="failed"
            )
        ]

    def test_a_failure_of_what_was_never_seen_asks_for_nothing(self) -> None:
        assert wishes(replace(THEIRS, fate=Fate.FAILED), *paid()) == []

    def test_asks_for_nothing_while_its_payment_is_unknown(self) -> None:
        assert wishes(THEIRS, *paid(), payment_id=None) == []

    def test_asks_for_nothing_where_it_has_no_id(self) -> None:
        assert wishes(replace(THEIRS, refund_id=ExternalRefundId("")), *paid()) == []


class TestDispute:
    opened = OpenDispute(
        now=NOW, at=at(30), dispute_id=DISPUTED.dispute_id, payment_id=PAYMENT, amount=euros(14_000)
    )

    def test_is_opened(self) -> None:
        assert wishes(DISPUTED, *paid()) == [self.opened]

    @pytest.mark.parametrize("outcome", DisputeOutcome)
    def test_an_end_opens_it_first_for_its_beginning_may_come_later(
        self, outcome: DisputeOutcome
    ) -> None:
        closed = CloseDispute(now=NOW, at=at(30), dispute_id=DISPUTED.dispute_id, outcome=outcome)
        assert wishes(replace(DISPUTED, outcome=outcome), *paid()) == [self.opened, closed]

    def test_asks_for_nothing_while_its_payment_is_unknown(self) -> None:
        assert wishes(DISPUTED, *paid(), payment_id=None) == []


class TestNames:
    """By which a repeat is recognised."""

    def test_one_fact_has_one_name_whatever_brought_it(self) -> None:
        assert OURS.news_id == replace(OURS, at=at(99)).news_id == "refund/re_1/returned"
        assert replace(OURS, fate=Fate.FAILED).news_id == "refund/re_1/failed"

    def test_a_refund_without_an_id_is_named_by_our_own(self) -> None:
        unnamed = replace(OURS, refund_id=ExternalRefundId(""))
        assert unnamed.subject == f"{ORDER_ID}/{TRANSFER}"

    def test_a_dispute_and_its_end_are_two_facts(self) -> None:
        lost = replace(DISPUTED, outcome=DisputeOutcome.LOST)
        assert (DISPUTED.news_id, lost.news_id) == ("dispute/dp_1/open", "dispute/dp_1/lost")
        assert DISPUTED.subject == lost.subject == "dp_1"

    def test_each_hint_asks_for_a_look_of_its_own(self) -> None:
        hint = RefundsChanged(transaction_id="pi_1", cause="evt_1")
        assert (hint.news_id, hint.subject) == ("refunds_changed/evt_1", "pi_1")
