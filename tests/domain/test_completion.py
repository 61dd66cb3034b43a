"""Complete Order: closed by a person, whatever its actions then do."""

from datetime import timedelta

from msgspec.structs import replace

from domain.configuration.settings import Webhook
from domain.identifiers import TransferId
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionReconfigured,
    ActionRequested,
    OrderMarkedCompleted,
    RefundedDataRestored,
)
from domain.order.stages import ActionStage, OrderStatus, PaymentStatus
from domain.order.values import LatestConfiguration, RunCause, TransferMethod
from tests.examples import (
    BUMP_BACK,
    COURSE,
    COURSE_BACK,
    GRACE,
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    HOOK_SETTING,
    NOW,
    OPERATOR,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    SECOND_REFUND,
    TOTAL,
    action_started,
    at,
    complete,
    done,
    failed,
    issued,
    marked_completed,
    paid,
    placed,
    refund_requested,
    refunded,
    removal_of,
    requested,
    started,
    transfer,
    transferred,
)
from tests.spec import given

CLOSED = OrderMarkedCompleted(at=NOW, command_id="complete-1", by=OPERATOR, actions_run=True)
NEW_SETTINGS = Webhook(url="https://hooks.example.com/b")


class TestCompleteOrder:
    def test_closing_runs_every_action_again(self) -> None:
        history = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
        order = (
            given(*history)
            .when(complete())
            .then(
                CLOSED,
                requested(RECEIPT_ACTION, run=2, cause=RunCause.COMPLETE, minute=60),
                requested(HOOK_ACTION, run=1, cause=RunCause.COMPLETE, minute=60),
            )
        )
        assert order.status is OrderStatus.MARKED_AS_COMPLETED

    def test_closing_without_running_fires_nothing(self) -> None:
        history = paid(RECEIPT_ACTION)
        order = (
            given(*history)
            .when(complete(run_actions=False))
            .then(replace(CLOSED, actions_run=False))
        )
        assert order.actions[0].stage is ActionStage.PLANNED

    def test_closing_without_running_calls_off_what_would_still_fire(self) -> None:
        history = (
            *paid(RECEIPT_ACTION, HOOK_ACTION, GRANT_ACTION),
            requested(RECEIPT_ACTION),
            requested(HOOK_ACTION),
            action_started(HOOK),
            failed(HOOK, retry_at=at(90)),
            *done(GRANT_ACTION),
        )
        order = (
            given(*history)
            .when(complete(run_actions=False))
            .then(
                replace(CLOSED, actions_run=False),
                ActionCancelled(at=NOW, action_id=RECEIPT, run=1, reason="completed_by_hand"),
                ActionCancelled(at=NOW, action_id=HOOK, run=1, reason="completed_by_hand"),
            )
        )
        assert order.actions_by_id[GRANT].stage is ActionStage.SUCCEEDED

    def test_a_running_action_is_not_doubled(self) -> None:
        history = (*paid(RECEIPT_ACTION), requested(), action_started())
        given(*history).when(complete()).then(CLOSED)

    def test_access_removals_do_not_run_again(self) -> None:
        history = (
            *paid(GRANT_ACTION),
            *done(GRANT_ACTION),
            *refunded(COURSE_BACK, remove_access=(COURSE,)),
        )
        removal = ActionAdded(at=at(23), action=removal_of(GRANT_ACTION))
        order = (
            given(*history, removal)
            .when(complete())
            .then_kinds(OrderMarkedCompleted, ActionRequested)
        )
        assert [action.cause for action in order.actions] == [RunCause.COMPLETE, None]

    def test_an_order_paid_outside_the_checkout_is_closed_this_way(self) -> None:
        order = given(started(), placed()).when(complete()).then(CLOSED)
        assert order.status is OrderStatus.MARKED_AS_COMPLETED
        assert order.payment_status is PaymentStatus.UNPAID

    def test_a_new_wish_is_a_second_completion(self) -> None:
        given(*paid(), marked_completed()).when(complete()).then(CLOSED)

    def test_an_order_without_a_form_cannot_be_completed(self) -> None:
        given(started()).when(complete()).then_rejected("order_not_placed")

    def test_a_completion_hides_the_refund_until_the_next_one(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK))
        order = given(*history).when(complete()).then(CLOSED)
        assert order.status is OrderStatus.MARKED_AS_COMPLETED
        assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED


class TestUseLatestConfiguration:
    history = (
        *paid(RECEIPT_ACTION, HOOK_ACTION),
        requested(HOOK_ACTION),
        action_started(HOOK),
        failed(HOOK),
    )
    latest = LatestConfiguration(settings=NEW_SETTINGS, revision=2)

    def test_failed_actions_get_the_latest_settings_before_they_run(self) -> None:
        wish = replace(complete(use_latest=True), latest={HOOK_SETTING: self.latest})
        order = (
            given(*self.history)
            .when(wish)
            .then(
                ActionReconfigured(at=NOW, action_id=HOOK, settings=NEW_SETTINGS, revision=2),
                CLOSED,
                requested(RECEIPT_ACTION, run=1, cause=RunCause.COMPLETE, minute=60),
                requested(
                    replace(HOOK_ACTION, settings=NEW_SETTINGS, revision=2),
                    run=2,
                    cause=RunCause.COMPLETE,
                    minute=60,
                ),
            )
        )
        assert order.actions_by_id[HOOK].revision == 2

    def test_a_failed_action_without_newer_settings_keeps_its_own(self) -> None:
        same = replace(self.latest, revision=1)
        for known in ({}, {HOOK_SETTING: same}):
            wish = replace(complete(use_latest=True), latest=known)
            given(*self.history).when(wish).then_kinds(
                OrderMarkedCompleted, ActionRequested, ActionRequested
            )

    def test_a_failed_action_that_is_ahead_of_the_known_settings_keeps_its_own(self) -> None:
        ahead = replace(HOOK_ACTION, revision=3)
        history = (*paid(ahead), requested(ahead), action_started(HOOK), failed(HOOK))
        wish = replace(complete(use_latest=True), latest={HOOK_SETTING: self.latest})
        order = given(*history).when(wish).then_kinds(OrderMarkedCompleted, ActionRequested)
        assert order.actions_by_id[HOOK].revision == 3

    def test_a_failed_action_without_a_setting_keeps_its_own(self) -> None:
        history = (*paid(RECEIPT_ACTION), requested(), action_started(), failed())
        given(*history).when(complete(use_latest=True)).then_kinds(
            OrderMarkedCompleted, ActionRequested
        )

    def test_it_is_offered_only_when_an_action_has_failed(self) -> None:
        given(*paid(HOOK_ACTION)).when(complete(use_latest=True)).then_rejected("no_failed_action")

    def test_it_is_offered_only_when_the_actions_run(self) -> None:
        wish = complete(use_latest=True, run_actions=False)
        given(*self.history).when(wish).then_rejected("latest_needs_run")


class TestRestoreRefundedData:
    def test_restoring_takes_every_refund_in_force_out_of_the_orders_data(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK, BUMP_BACK))
        order = (
            given(*history)
            .when(complete(restore=True))
            .then(
                RefundedDataRestored(at=NOW, refund_ids=(REFUND,), by=OPERATOR),
                replace(CLOSED, restored=True),
            )
        )
        assert order.total == TOTAL
        assert order.status is OrderStatus.MARKED_AS_COMPLETED
        assert order.payment_status is PaymentStatus.PAID

    def test_returned_money_stays_known_and_limits_what_can_be_returned(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK))
        order = (
            given(*history)
            .when(complete(restore=True))
            .then_kinds(RefundedDataRestored, OrderMarkedCompleted)
        )
        assert order.returned_total == 10_000
        assert order.returnable_total == 4_000

    def test_what_was_owed_is_owed_no_longer(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
        assert given(*history).order.refunds[0].owed
        order = (
            given(*history)
            .when(complete(restore=True))
            .then_kinds(RefundedDataRestored, OrderMarkedCompleted)
        )
        assert not order.refunds[0].owed
        assert order.returnable_total == TOTAL

    def test_a_refund_that_is_under_way_counts_when_it_is_issued(self) -> None:
        second = refund_requested(
            transfer(4_000, refund_id=SECOND_REFUND), lines=(BUMP_BACK,), refund_id=SECOND_REFUND
        )
        restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
        history = (*paid(), *refunded(COURSE_BACK), second, restored)
        assert given(*history).order.total == TOTAL
        later = (
            transferred(TransferId(f"{SECOND_REFUND}/1"), refund_id=SECOND_REFUND),
            issued(SECOND_REFUND),
        )
        assert given(*history, *later).order.total == 10_000

    def test_it_is_offered_only_with_refunds_in_force(self) -> None:
        given(*paid()).when(complete(restore=True)).then_rejected("nothing_to_restore")

    def test_nothing_is_restored_twice(self) -> None:
        restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
        given(*paid(), *refunded(COURSE_BACK), restored).when(complete(restore=True)).then_rejected(
            "nothing_to_restore"
        )


def test_what_completing_runs_again_asks_anew_for_attention() -> None:
    history = (*paid(RECEIPT_ACTION), requested(), action_started(), failed())
    closed = given(*history).when(complete()).then_kinds(OrderMarkedCompleted, ActionRequested)
    assert closed.attention_due_at(GRACE) == NOW + timedelta(minutes=5)
    let_be = given(*history).when(complete(run_actions=False)).then_kinds(OrderMarkedCompleted)
    assert let_be.attention_due_at(GRACE) is None
