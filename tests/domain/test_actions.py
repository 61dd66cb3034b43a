"""Wishes about actions: at payment, again by a person, added, called off."""

import pytest
from msgspec.structs import replace

from domain.configuration.settings import RefundConfirmation, Webhook
from domain.identifiers import ActionId
from domain.order.commands.actions import AddAction
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionReconfigured,
    ActionRequested,
    OrderCompleted,
)
from domain.order.stages import ActionStage, OrderStatus
from domain.order.values import Justification, LatestConfiguration, RunCause
from tests.examples import (
    BUMP_BACK,
    CLUB,
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    HOOK_SETTINGS,
    NOW,
    ORDER_ID,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    action_started,
    at,
    cancel,
    done,
    failed,
    marked_completed,
    paid,
    placed,
    received,
    refunded,
    removal_of,
    request_actions,
    requested,
    rerun,
    started,
    succeeded,
)
from tests.spec import given

NEW_SETTINGS = Webhook(url="https://hooks.example.com/b")
LATEST = LatestConfiguration(settings=NEW_SETTINGS, revision=2)


class TestRequestActions:
    def test_every_action_is_asked_for_once_the_order_is_paid(self) -> None:
        order = (
            given(*paid(RECEIPT_ACTION, GRANT_ACTION))
            .when(request_actions())
            .then(requested(RECEIPT_ACTION, minute=60), requested(GRANT_ACTION, minute=60))
        )
        assert order.status is OrderStatus.PAID

    def test_nothing_is_asked_for_before_payment(self) -> None:
        given(started(), placed(RECEIPT_ACTION)).when(request_actions()).then_nothing()

    def test_what_was_asked_for_is_not_asked_for_again(self) -> None:
        given(*paid(RECEIPT_ACTION), requested()).when(request_actions()).then_nothing()

    def test_history_fires_nothing(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True), received())
        given(*history).when(request_actions()).then_nothing()

    def test_nothing_is_given_for_what_was_refunded_in_full(self) -> None:
        history = (*paid(RECEIPT_ACTION), *refunded(COURSE_BACK, BUMP_BACK))
        given(*history).when(request_actions()).then_nothing()

    def test_money_after_a_manual_completion_asks_only_for_what_never_was(self) -> None:
        before = (started(), placed(RECEIPT_ACTION, GRANT_ACTION))
        history = (*before, *done(RECEIPT_ACTION, minute=2), marked_completed(3), received())
        given(*history).when(request_actions()).then(requested(GRANT_ACTION, minute=60))

    def test_what_a_person_let_be_by_closing_the_paid_order_is_let_be(self) -> None:
        history = (*paid(RECEIPT_ACTION, GRANT_ACTION), marked_completed(6))
        given(*history).when(request_actions()).then_nothing()


class TestRerunAction:
    history = paid(RECEIPT_ACTION, HOOK_ACTION)

    def test_a_failed_action_runs_again_under_a_new_key(self) -> None:
        order = (
            given(*self.history, requested(), action_started(), failed())
            .when(rerun())
            .then(requested(run=2, cause=RunCause.RERUN, minute=60, command_id="rerun-1"))
        )
        assert order.actions[0].stage is ActionStage.REQUESTED
        assert order.actions[0].code == ""

    def test_a_second_wish_is_a_second_run(self) -> None:
        once = requested(run=2, cause=RunCause.RERUN, command_id="rerun-1")
        given(*self.history, *done(RECEIPT_ACTION), once).when(
            rerun(command_id="rerun-2")
        ).then_kinds(ActionRequested)

    def test_a_succeeded_action_needs_a_confirmation(self) -> None:
        history = (*self.history, *done(RECEIPT_ACTION))
        given(*history).when(rerun()).then_rejected("confirmation_needed")
        given(*history).when(rerun(confirmed=True)).then_kinds(ActionRequested)

    def test_a_running_action_needs_force(self) -> None:
        history = (*self.history, requested(), action_started())
        given(*history).when(rerun()).then_rejected("action_running")
        order = (
            given(*history)
            .when(rerun(force=True))
            .then(
                requested(run=2, cause=RunCause.RERUN, minute=60, forced=True, command_id="rerun-1")
            )
        )
        assert order.actions[0].run == 2

    @pytest.mark.parametrize(
        "outcome",
        [
            pytest.param((), id="never asked for"),
            pytest.param((requested(),), id="waiting"),
            pytest.param(
                (requested(), action_started(), failed(retry_at=at(90))), id="to be retried"
            ),
            pytest.param(
                (requested(), ActionCancelled(at=at(6), action_id=RECEIPT, run=1, reason="x")),
                id="cancelled",
            ),
        ],
    )
    def test_any_other_state_can_be_run_again(self, outcome: tuple[ActionRequested, ...]) -> None:
        given(*self.history, *outcome).when(rerun()).then_kinds(ActionRequested)

    def test_a_refunded_or_completed_order_can_run_actions_again(self) -> None:
        history = (*self.history, *done(RECEIPT_ACTION), *refunded(COURSE_BACK, BUMP_BACK))
        order = given(*history).when(rerun(confirmed=True)).then_kinds(ActionRequested)
        assert order.status is OrderStatus.REFUNDED
        given(*history, marked_completed()).when(rerun(confirmed=True)).then_kinds(ActionRequested)

    def test_the_latest_configuration_replaces_that_of_a_failed_action(self) -> None:
        history = (*self.history, requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        latest = replace(rerun(HOOK), use_latest_configuration=True, latest=LATEST)
        run = requested(
            replace(HOOK_ACTION, settings=NEW_SETTINGS, revision=2),
            run=2,
            cause=RunCause.RERUN,
            minute=60,
            command_id="rerun-1",
        )
        order = (
            given(*history)
            .when(latest)
            .then(
                ActionReconfigured(at=NOW, action_id=HOOK, settings=NEW_SETTINGS, revision=2),
                run,
            )
        )
        assert order.actions_by_id[HOOK].settings == NEW_SETTINGS

    def test_a_configuration_that_is_the_latest_already_stays(self) -> None:
        history = (*self.history, requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        same = LatestConfiguration(settings=HOOK_SETTINGS, revision=1)
        given(*history).when(
            replace(rerun(HOOK), use_latest_configuration=True, latest=same)
        ).then_kinds(ActionRequested)

    def test_a_configuration_that_the_order_has_before_its_news_came_is_not_turned_back(
        self,
    ) -> None:
        ahead = replace(HOOK_ACTION, revision=3)
        history = (*paid(ahead), requested(ahead), action_started(HOOK), failed(HOOK))
        wish = replace(rerun(HOOK), use_latest_configuration=True, latest=LATEST)
        order = given(*history).when(wish).then_kinds(ActionRequested)
        assert order.actions_by_id[HOOK].settings == HOOK_SETTINGS

    def test_an_action_that_names_no_revision_gets_the_latest(self) -> None:
        unnumbered = replace(HOOK_ACTION, revision=0)
        history = (*paid(unnumbered), requested(unnumbered), action_started(HOOK), failed(HOOK))
        wish = replace(rerun(HOOK), use_latest_configuration=True, latest=LATEST)
        given(*history).when(wish).then_kinds(ActionReconfigured, ActionRequested)

    def test_the_configuration_of_an_action_that_has_not_failed_stays(self) -> None:
        latest = replace(rerun(HOOK), use_latest_configuration=True, latest=LATEST)
        given(*self.history).when(latest).then_rejected("action_not_failed")

    def test_a_configuration_that_is_gone_cannot_be_used(self) -> None:
        history = (*self.history, requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        latest = replace(rerun(HOOK), use_latest_configuration=True)
        given(*history).when(latest).then_rejected("no_latest_configuration")

    def test_a_wish_is_refused_when_what_the_person_saw_has_changed(self) -> None:
        history = (*self.history, requested(), action_started(), failed())
        seen = replace(rerun(), run_seen=1, attempt_seen=1)
        given(*history).when(seen).then_kinds(ActionRequested)
        again = (requested(run=2, minute=8), action_started(run=2, minute=9), failed(run=2))
        given(*history, *again).when(seen).then_rejected("action_changed")
        retried = replace(rerun(), attempt_seen=2)
        given(*history).when(retried).then_rejected("action_changed")

    def test_an_action_must_be_the_orders(self) -> None:
        given(*paid()).when(rerun()).then_rejected("action_unknown")


class TestRerunOfAGrantThatARefundTakesBack:
    removal = removal_of(GRANT_ACTION)
    removing = (
        *paid(GRANT_ACTION, CLUB_ACTION),
        *done(GRANT_ACTION),
        *done(CLUB_ACTION),
        *refunded(COURSE_BACK, remove_access=(COURSE,)),
        ActionAdded(at=at(23), action=removal),
        requested(removal, cause=RunCause.REFUND, minute=23),
        action_started(removal.action_id, minute=24),
    )
    anew = rerun(GRANT, confirmed=True)

    def test_calls_the_removal_off_so_that_what_is_given_stays(self) -> None:
        history = (*self.removing, failed(self.removal.action_id, minute=25, retry_at=at(90)))
        order = given(*history).when(self.anew).then_kinds(ActionRequested, ActionCancelled)
        assert order.actions_by_id[self.removal.action_id].called_off == "given_anew"
        assert order.actions_by_id[GRANT].holds_access

    def test_leaves_a_removal_that_is_done_as_it_is(self) -> None:
        history = (*self.removing, succeeded(self.removal.action_id, minute=25))
        given(*history).when(self.anew).then_kinds(ActionRequested)

    def test_leaves_the_removal_of_another_grant_alone(self) -> None:
        given(*self.removing).when(rerun(CLUB, confirmed=True)).then_kinds(ActionRequested)


class TestAddAction:
    confirmation = replace(
        RECEIPT_ACTION,
        action_id=ActionId("refund-1/confirmation"),
        settings=RefundConfirmation(refund_id=REFUND),
    )
    add = AddAction(now=NOW, action=confirmation)
    added = ActionAdded(at=at(9), action=confirmation)

    def test_an_added_action_is_asked_for_at_once(self) -> None:
        order = (
            given(*paid())
            .when(self.add)
            .then(
                ActionAdded(at=NOW, action=self.confirmation),
                requested(self.confirmation, cause=RunCause.REFUND, minute=60),
            )
        )
        assert order.actions[0].kind == "refund_confirmation"

    def test_an_action_id_stands_for_one_action(self) -> None:
        other = replace(self.add, action=replace(self.confirmation, settings=HOOK_SETTINGS))
        given(*paid(), self.added).when(self.add).then_nothing()
        given(*paid(), self.added).when(other).then_rejected("action_differs")

    def test_an_action_needs_an_order(self) -> None:
        given(started()).when(self.add).then_rejected("order_not_placed")


class TestCancelAction:
    def test_a_run_can_be_called_off(self) -> None:
        history = (*paid(RECEIPT_ACTION, CLUB_ACTION), requested(), action_started(), failed())
        order = (
            given(*history)
            .when(cancel())
            .then(
                ActionCancelled(at=NOW, action_id=RECEIPT, run=1, reason="access_still_justified")
            )
        )
        assert order.actions[0].stage is ActionStage.CANCELLED
        assert order.actions[0].called_off == "access_still_justified"
        assert order.status is OrderStatus.PAID

    def test_an_order_is_complete_when_the_last_open_action_is_called_off(self) -> None:
        history = (*paid(RECEIPT_ACTION, GRANT_ACTION), *done(GRANT_ACTION), requested())
        given(*history).when(cancel()).then_kinds(ActionCancelled, OrderCompleted)

    def test_what_is_called_off_already_stays_so(self) -> None:
        called_off = ActionCancelled(at=at(9), action_id=RECEIPT, run=1, reason="x")
        given(*paid(RECEIPT_ACTION), requested(), called_off).when(cancel()).then_nothing()

    def test_what_has_succeeded_cannot_be_called_off(self) -> None:
        given(*paid(RECEIPT_ACTION), *done(RECEIPT_ACTION)).when(cancel()).then_rejected(
            "action_settled"
        )

    def test_an_attempt_can_find_that_its_run_is_not_wanted(self) -> None:
        because = Justification(
            order_id=ORDER_ID, number="1002", action_id=GRANT, action="Course access"
        )
        found = replace(cancel(), attempt=1, justified_by=because)
        given(*paid(RECEIPT_ACTION, CLUB_ACTION), requested(), action_started()).when(found).then(
            ActionCancelled(
                at=NOW,
                action_id=RECEIPT,
                run=1,
                reason="access_still_justified",
                justified_by=because,
            )
        )

    @pytest.mark.parametrize("found", [(1, 1), (1, 2), (2, 2)])
    def test_of_an_attempt_that_is_over_or_old_it_changes_nothing(
        self, found: tuple[int, int]
    ) -> None:
        run, attempt = found
        history = (
            *paid(RECEIPT_ACTION),
            *(requested(), action_started(), failed()),
            requested(run=2, cause=RunCause.RERUN, minute=8),
            action_started(run=2, minute=9),
        )
        given(*history).when(replace(cancel(run=run), attempt=attempt)).then_nothing()
        over = (*history, failed(run=2, minute=10))
        given(*over).when(replace(cancel(run=2), attempt=1)).then_nothing()

    def test_another_run_is_another_wish(self) -> None:
        given(*paid(RECEIPT_ACTION), requested()).when(cancel(run=2)).then_rejected(
            "action_changed"
        )


def test_a_grant_holds_access_from_its_success_on() -> None:
    history = (*paid(GRANT_ACTION), requested(GRANT_ACTION), action_started(GRANT))
    assert not given(*history).order.actions_by_id[GRANT].holds_access
    granted = given(*history, succeeded(GRANT)).order.actions_by_id[GRANT]
    assert granted.holds_access
    assert granted.removal_target == "target-of-grant"
