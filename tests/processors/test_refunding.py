"""Refunding: a refund in force, and its customer is told; asked in any order and as often as may be."""

import pytest

from domain.configuration.settings import ActionLevel, RefundConfirmation
from domain.identifiers import ActionId
from domain.order.commands.refunds import LineAmount
from domain.order.completing import fold
from domain.order.decide import decide
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionRequested,
    CustomerDataErased,
    ExternalRefundAllocated,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundIssued,
)
from domain.order.stages import ActionStage, CancelReason
from domain.order.state import Order
from domain.order.values import PlannedAction, RunCause, TransferMethod
from processors.refunding import REFUNDING
from tests.examples import (
    BUMP,
    BUMP_BACK,
    COURSE,
    COURSE_BACK,
    CUSTOMER_KEY,
    EXTERNAL,
    NOW,
    OPERATOR,
    ORDER_ID,
    OTHER_KEY,
    PAYMENT,
    RECEIPT_ACTION,
    REFUND,
    SECOND_REFUND,
    action_started,
    at,
    back,
    euros,
    issued,
    paid,
    placed,
    received,
    record_refund,
    refund_requested,
    refunded,
    request_refund,
    requested,
    started,
    succeeded,
    transfer,
)
from tests.examples import failed as action_failed
from tests.spec import order_after

CONFIRM = ActionId("refund-1/confirm")
CONFIRMATION = PlannedAction(
    action_id=CONFIRM,
    name="Refund confirmation",
    level=ActionLevel.ORDER,
    settings=RefundConfirmation(refund_id=REFUND),
)
FAILED = RefundFailed(at=at(50), refund_id=REFUND)
OBSERVED = ExternalRefundObserved(
    at=at(21), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
)


def allocated(*, tell_customer: bool = True) -> ExternalRefundAllocated:
    return ExternalRefundAllocated(
        at=at(22),
        external_refund_id=EXTERNAL,
        refund_id=REFUND,
        lines=(BUMP_BACK,),
        by=OPERATOR,
        tell_customer=tell_customer,
    )


def reaction(trigger: OrderFact, order: Order) -> list[OrderFact]:
    """React to a trigger, and decide on what that leads to; asked again it leads to nothing."""
    facts = _decided(trigger, order)
    assert _decided(trigger, fold(order, facts, NOW)) == []
    return facts


def _decided(trigger: OrderFact, order: Order) -> list[OrderFact]:
    return [fact for wish in REFUNDING.react(trigger, order, NOW) for fact in decide(wish, order)]


def is_told(*events: OrderFact, trigger: OrderFact = issued()) -> bool:  # noqa: B008 - a value
    return [type(fact) for fact in reaction(trigger, order_after(*events))] == [
        ActionAdded,
        ActionRequested,
    ]


def confirming(*outcome: OrderFact) -> Order:
    """An order whose refund's confirmation is asked for, with what came of it."""
    asked = (ActionAdded(at=at(23), action=CONFIRMATION), requested(CONFIRMATION, minute=24))
    return order_after(*paid(RECEIPT_ACTION), *refunded(COURSE_BACK), *asked, *outcome)


class TestARefundCounts:
    def test_it_wakes_up_when_a_refund_begins_or_ceases_to_count(self) -> None:
        assert REFUNDING.triggers == {
            RefundIssued.__name__,
            ExternalRefundAllocated.__name__,
            RefundFailed.__name__,
        }

    def test_the_confirmation_is_one_more_action_of_the_order_and_asked_for_at_once(self) -> None:
        order = order_after(*paid(), *refunded(COURSE_BACK))

        assert reaction(issued(), order) == [
            ActionAdded(at=NOW, action=CONFIRMATION),
            ActionRequested(
                at=NOW,
                action_id=CONFIRM,
                run=1,
                cause=RunCause.REFUND,
                key=f"{ORDER_ID}/{CONFIRM}/1",
                settings=CONFIRMATION.settings,
                revision=0,
            ),
        ]

    @pytest.mark.parametrize("method", [TransferMethod.MANUAL, TransferMethod.NONE])
    def test_owed_and_recorded_only_are_told_too(self, method: TransferMethod) -> None:
        assert is_told(*paid(), *refunded(BUMP_BACK, method=method))

    def test_money_above_the_total_is_told_of(self) -> None:
        asked = refund_requested(transfer(1_000, TransferMethod.MANUAL), excess=1_000)

        assert is_told(started(), placed(), received(amount=15_000), asked, issued())

    def test_an_external_refund_is_told_of_once_a_person_has_allocated_it(self) -> None:
        assert is_told(*paid(), OBSERVED, allocated(), trigger=allocated())

    def test_two_refunds_have_a_confirmation_each_in_either_order(self) -> None:
        second = (
            refund_requested(
                transfer(4_000, TransferMethod.NONE, refund_id=SECOND_REFUND),
                lines=(BUMP_BACK,),
                refund_id=SECOND_REFUND,
            ),
            issued(SECOND_REFUND),
        )
        order = order_after(*paid(), *refunded(COURSE_BACK), *second)
        triggers = [issued(), issued(SECOND_REFUND)]

        for some in (triggers, triggers[::-1]):
            after = order
            for trigger in some:
                after = fold(after, reaction(trigger, after), NOW)
            assert set(after.actions_by_id) == {CONFIRM, ActionId("refund-2/confirm")}


class TestNobodyIsTold:
    def test_of_imported_history(self) -> None:
        history = (started(), placed(imported=True), received())

        assert not is_told(*history, *refunded(COURSE_BACK))

    def test_when_the_person_who_refunded_said_so(self) -> None:
        asked = refund_requested(
            transfer(4_000, TransferMethod.NONE), lines=(BUMP_BACK,), tell_customer=False
        )

        assert not is_told(*paid(), asked, issued())
        silent = allocated(tell_customer=False)
        assert not is_told(*paid(), OBSERVED, silent, trigger=silent)

    def test_who_was_forgotten(self) -> None:
        erased = CustomerDataErased(at=at(30), customer_key=CUSTOMER_KEY, by=OPERATOR)

        assert not is_told(*paid(), *refunded(COURSE_BACK), erased)

    def test_of_a_refund_that_gives_nothing_back(self) -> None:
        assert not is_told(*paid(), refund_requested(remove_offer_access=True), issued())

    def test_of_a_refund_that_failed_or_was_restored_before_anybody_looked(self) -> None:
        restored = RefundedDataRestored(at=at(40), refund_ids=(REFUND,), by=OPERATOR)

        assert not is_told(*paid(), *refunded(COURSE_BACK), restored)
        assert not is_told(*paid(), *refunded(COURSE_BACK), FAILED)

    def test_but_who_is_another_customer_of_the_order_is(self) -> None:
        erased = CustomerDataErased(at=at(30), customer_key=OTHER_KEY, by=OPERATOR)

        assert is_told(*paid(), *refunded(COURSE_BACK), erased)


class TestARefundFails:
    def test_what_was_not_yet_said_is_called_off(self) -> None:
        called_off = ActionCancelled(
            at=NOW, action_id=CONFIRM, run=1, reason=CancelReason.REFUND_FAILED
        )

        for outcome in ((), (action_started(CONFIRM), action_failed(CONFIRM))):
            assert reaction(FAILED, confirming(*outcome, FAILED)) == [called_off]

    def test_what_was_said_stays_said(self) -> None:
        said = confirming(action_started(CONFIRM), succeeded(CONFIRM), FAILED)

        assert reaction(FAILED, said) == []
        assert said.actions_by_id[CONFIRM].stage is ActionStage.SUCCEEDED

    def test_where_nothing_was_to_be_said_nothing_is_called_off(self) -> None:
        assert reaction(FAILED, order_after(*paid(), *refunded(COURSE_BACK), FAILED)) == []

    def test_the_orders_other_actions_are_left_alone(self) -> None:
        before = confirming(FAILED)
        after = fold(before, reaction(FAILED, before), NOW)

        receipt = RECEIPT_ACTION.action_id
        assert after.actions_by_id[receipt] == before.actions_by_id[receipt]


class TestWhoDecidesWhetherToTell:
    def test_it_is_told_unless_the_person_says_otherwise(self) -> None:
        for said in (True, False):
            wish = request_refund(back(COURSE, 5_000), tell_customer=said)
            order = order_after(*paid())
            [asked, *_] = decide(wish, order)
            assert fold(order, [asked], NOW).refunds_by_id[REFUND].tells_customer is said

    def test_a_refund_made_elsewhere_is_told_of_there(self) -> None:
        order = order_after(*paid())
        facts = decide(record_refund(LineAmount(line_id=BUMP, amount=4_000)), order)

        assert reaction(issued(), fold(order, facts, NOW)) == []

    def test_a_refund_made_elsewhere_whose_money_was_seen_before_is_told_of_there_too(self) -> None:
        order = order_after(*paid(), OBSERVED)
        [trigger, *_] = decide(
            record_refund(LineAmount(line_id=BUMP, amount=4_000), reference=EXTERNAL), order
        )

        assert isinstance(trigger, ExternalRefundAllocated)
        assert reaction(trigger, fold(order, [trigger], NOW)) == []
