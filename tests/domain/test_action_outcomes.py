"""What workers tell of attempts: fenced by run and attempt numbers."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.order.events import (
    ActionCancelled,
    ActionFailed,
    ActionOutcomeLate,
    ActionStarted,
    ActionSucceeded,
    OrderCompleted,
)
from domain.order.stages import ActionStage, OrderStatus
from domain.order.values import Answer, RunCause
from tests.examples import (
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    NOW,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    at,
    done,
    fail,
    failed,
    marked_completed,
    paid,
    requested,
    start_action,
    succeed,
    succeeded,
)
from tests.spec import Given, given

RUNNING = (*paid(RECEIPT_ACTION, GRANT_ACTION), requested(), action_started())
RERUN = (*RUNNING, requested(run=2, cause=RunCause.RERUN, forced=True, minute=10))
"""The first run was given up while its worker may still be alive."""


class TestStartAction:
    asked = (*paid(RECEIPT_ACTION, HOOK_ACTION), requested(), requested(HOOK_ACTION))

    def test_a_worker_takes_the_first_attempt(self) -> None:
        order = given(*self.asked).when(start_action()).then(action_started(minute=60))
        assert order.actions[0].stage is ActionStage.RUNNING

    def test_a_second_worker_does_not_take_it_too(self) -> None:
        history = (*self.asked, action_started())
        given(*history).when(start_action(worker="worker-2")).then_rejected("attempt_stale")
        given(*history).when(start_action()).then_nothing()

    @pytest.mark.parametrize(("run", "attempt"), [(2, 1), (0, 1), (1, 2), (1, 0)])
    def test_only_the_next_attempt_of_the_wanted_run_is_taken(self, run: int, attempt: int) -> None:
        given(*self.asked).when(start_action(run=run, attempt=attempt)).then_rejected(
            "attempt_stale"
        )

    def test_what_is_not_wanted_is_not_taken(self) -> None:
        given(*paid(RECEIPT_ACTION)).when(start_action(run=0)).then_rejected("attempt_stale")
        given(*paid(RECEIPT_ACTION), *done(RECEIPT_ACTION)).when(
            start_action(attempt=2)
        ).then_rejected("attempt_stale")

    def test_a_retry_is_taken_when_it_is_due(self) -> None:
        history = (*self.asked, action_started(), failed(retry_at=NOW))
        given(*history).when(start_action(attempt=2)).then(action_started(attempt=2, minute=60))

    def test_a_retry_is_not_taken_before_it_is_due(self) -> None:
        history = (*self.asked, action_started(), failed(retry_at=NOW + timedelta(seconds=1)))
        given(*history).when(start_action(attempt=2)).then_rejected("retry_not_due")

    def test_a_dead_workers_action_is_taken_up_again_when_its_receiver_knows_the_key(self) -> None:
        history = (*self.asked, action_started(HOOK))
        given(*history).when(start_action(HOOK, attempt=2)).then_kinds(ActionStarted)

    def test_a_dead_workers_email_waits_for_a_person(self) -> None:
        history = (*self.asked, action_started())
        given(*history).when(start_action(attempt=2)).then_rejected("action_running")

    def test_a_dead_workers_action_is_not_taken_up_for_ever(self) -> None:
        attempts = (action_started(HOOK, attempt=attempt) for attempt in range(1, 6))
        given(*self.asked, *attempts).when(start_action(HOOK, attempt=6)).then_rejected(
            "action_running"
        )

    def test_an_action_must_be_the_orders(self) -> None:
        given(*paid()).when(start_action()).then_rejected("action_unknown")


class TestSucceedAction:
    def test_the_running_attempt_succeeds(self) -> None:
        order = (
            given(*RUNNING)
            .when(replace(succeed(), answer=Answer(reference="m-1")))
            .then(
                ActionSucceeded(
                    at=NOW,
                    action_id=RECEIPT,
                    run=1,
                    attempt=1,
                    personal=Answer(reference="m-1"),
                )
            )
        )
        assert order.actions[0].answer == Answer(reference="m-1")
        assert order.status is OrderStatus.PAID

    def test_the_last_success_completes_the_order(self) -> None:
        history = (*RUNNING, *done(GRANT_ACTION))
        order = given(*history).when(succeed()).then_kinds(ActionSucceeded, OrderCompleted)
        assert order.status is OrderStatus.COMPLETED

    def test_the_last_success_does_not_complete_what_a_person_has_completed(self) -> None:
        history = (*RUNNING, *done(GRANT_ACTION), marked_completed(8))
        order = given(*history).when(succeed()).then_kinds(ActionSucceeded)
        assert order.status is OrderStatus.MARKED_AS_COMPLETED

    def test_the_same_success_again_changes_nothing(self) -> None:
        given(*RUNNING, succeeded()).when(succeed()).then_nothing()

    def test_a_success_of_an_old_run_is_late(self) -> None:
        late = ActionOutcomeLate(at=NOW, action_id=RECEIPT, run=1, attempt=1, succeeded=True)
        order = given(*RERUN).when(succeed()).then(late)
        assert order.actions[0].stage is ActionStage.REQUESTED

    def test_a_success_after_the_attempts_failure_is_late(self) -> None:
        history = (*RUNNING, failed(retry_at=at(90)))
        order = given(*history).when(succeed()).then_kinds(ActionOutcomeLate)
        assert order.actions[0].stage is ActionStage.RETRYING

    def test_a_late_grant_is_worth_knowing(self) -> None:
        history = (
            *paid(GRANT_ACTION),
            requested(GRANT_ACTION),
            action_started(GRANT),
            ActionCancelled(at=at(8), action_id=GRANT, run=1, reason="refunded"),
        )
        granted = replace(succeed(GRANT), answer=Answer(removal_target="grant-9"))
        order = given(*history).when(granted).then_kinds(ActionOutcomeLate)
        assert order.actions[0].stage is ActionStage.CANCELLED
        assert order.actions[0].holds_access
        assert order.actions[0].removal_target == "grant-9"

    def test_an_attempt_that_nobody_took_cannot_succeed(self) -> None:
        given(*RUNNING).when(succeed(attempt=2)).then_rejected("attempt_unknown")
        given(*RUNNING).when(succeed(run=2)).then_rejected("attempt_unknown")
        given(*RUNNING).when(succeed(attempt=0)).then_rejected("attempt_unknown")
        given(*paid()).when(succeed()).then_rejected("action_unknown")


def in_attempt(attempt: int) -> Given:
    """The receipt's run in its n-th attempt, the earlier ones having failed."""
    earlier: list[ActionStarted | ActionFailed] = []
    for number in range(1, attempt):
        earlier += [action_started(attempt=number), failed(attempt=number, retry_at=at(8))]
    return given(*paid(RECEIPT_ACTION), requested(), *earlier, action_started(attempt=attempt))


class TestFailAction:
    def test_a_permanent_failure_ends_the_run(self) -> None:
        order = given(*RUNNING).when(fail()).then(failed(minute=60))
        assert order.actions[0].stage is ActionStage.FAILED
        assert order.actions[0].code == "http_500"

    def test_what_the_receiver_said_is_kept(self) -> None:
        said = replace(fail(), message="mailbox of Aino is full")
        order = given(*RUNNING).when(said).then_kinds(ActionFailed)
        assert order.actions[0].message == "mailbox of Aino is full"

    def test_a_retryable_failure_is_tried_again_by_itself(self) -> None:
        order = given(*RUNNING).when(fail(is_retryable=True)).then_kinds(ActionFailed)
        assert order.actions[0].stage is ActionStage.RETRYING
        assert order.actions[0].retry_at == NOW + timedelta(seconds=5)

    @pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 15), (3, 45), (4, 120)])
    def test_the_delay_grows(self, attempt: int, seconds: int) -> None:
        order = (
            in_attempt(attempt)
            .when(fail(attempt=attempt, is_retryable=True))
            .then_kinds(ActionFailed)
        )
        assert order.actions[0].retry_at == NOW + timedelta(seconds=seconds)

    def test_the_fifth_attempt_is_the_last(self) -> None:
        order = in_attempt(5).when(fail(attempt=5, is_retryable=True)).then_kinds(ActionFailed)
        assert order.actions[0].stage is ActionStage.FAILED

    def test_chance_spreads_the_retries_of_many_orders(self) -> None:
        order = given(*RUNNING).when(fail(is_retryable=True, jitter=1.0)).then_kinds(ActionFailed)
        assert order.actions[0].retry_at == NOW + timedelta(seconds=7.5)

    def test_the_receivers_own_delay_is_honoured(self) -> None:
        asked_for = fail(is_retryable=True, retry_after_seconds=60)
        order = given(*RUNNING).when(asked_for).then_kinds(ActionFailed)
        assert order.actions[0].retry_at == NOW + timedelta(seconds=60)

    def test_the_receivers_own_delay_is_honoured_up_to_15_minutes(self) -> None:
        asked_for = fail(is_retryable=True, retry_after_seconds=3_600)
        order = given(*RUNNING).when(asked_for).then_kinds(ActionFailed)
        assert order.actions[0].retry_at == NOW + timedelta(minutes=15)

    def test_the_same_failure_again_changes_nothing(self) -> None:
        given(*RUNNING, failed()).when(fail()).then_nothing()
        retried = (failed(retry_at=at(8)), action_started(attempt=2, minute=9))
        given(*RUNNING, *retried).when(fail()).then_nothing()

    def test_a_failure_of_an_old_run_is_late(self) -> None:
        order = (
            given(*RERUN)
            .when(replace(fail(), message="x"))
            .then(
                ActionOutcomeLate(
                    at=NOW,
                    action_id=RECEIPT,
                    run=1,
                    attempt=1,
                    succeeded=False,
                    code="http_500",
                    personal=Answer(excerpt="x"),
                )
            )
        )
        assert order.actions[0].code == ""
        assert order.actions[0].late_answer is None

    def test_a_late_failure_without_words_is_kept_too(self) -> None:
        given(*RERUN).when(fail()).then_kinds(ActionOutcomeLate)
