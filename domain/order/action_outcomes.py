"""Decide on what workers tell of attempts. Run and attempt numbers are the fence.

Only the outcome of the attempt that is running counts; any other is kept as late, once.
"""

from domain.order.commands.actions import FailAction, StartAction, SucceedAction
from domain.order.completing import completed_when_done
from domain.order.events import (
    ActionFailed,
    ActionOutcomeLate,
    ActionStarted,
    ActionSucceeded,
    OrderFact,
)
from domain.order.parts import ActionState
from domain.order.rejections import ActionRunning, known_action
from domain.order.retries import ATTEMPTS_MAX, retry_at
from domain.order.stages import ActionStage
from domain.order.state import Order
from domain.order.values import Answer, FreeText
from domain.phrase import say
from domain.rejection import Rejection


class AttemptStale(Rejection):
    """The attempt is not the next one of the run that is wanted."""

    code = "attempt_stale"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say("Action {action_id!r} is not waiting for this attempt.", action_id=action_id)
        )


class RetryNotDue(Rejection):
    """The time of the next attempt has not come."""

    code = "retry_not_due"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say("Action {action_id!r} is not to be tried again yet.", action_id=action_id)
        )


class AttemptUnknown(Rejection):
    """Nobody took that attempt."""

    code = "attempt_unknown"

    def __init__(self, action_id: str) -> None:
        super().__init__(say("Action {action_id!r} has had no such attempt.", action_id=action_id))


def start_action(command: StartAction, order: Order) -> list[OrderFact]:
    """Let one worker take the next attempt."""
    action = known_action(command.action_id, order)
    if _is_in_hand_of(action, command):
        return []
    _require_startable(action, command)
    return [
        ActionStarted(
            at=command.now,
            action_id=command.action_id,
            run=command.run,
            attempt=command.attempt,
            worker=command.worker,
        )
    ]


def _is_in_hand_of(action: ActionState, command: StartAction) -> bool:
    return action.stage is ActionStage.RUNNING and (
        (action.run, action.attempt, action.worker)
        == (command.run, command.attempt, command.worker)
    )


def _require_startable(action: ActionState, command: StartAction) -> None:
    expected = (action.run, action.attempt + 1)
    if not action.is_in_hand or (command.run, command.attempt) != expected:
        raise AttemptStale(command.action_id)
    if action.retry_at is not None and command.now < action.retry_at:
        raise RetryNotDue(command.action_id)
    if action.stage is ActionStage.RUNNING and (
        not action.is_repeatable or command.attempt > ATTEMPTS_MAX
    ):
        raise ActionRunning(action, command.now)


def succeed_action(command: SucceedAction, order: Order) -> list[OrderFact]:
    """End a run well, and the order with it if nothing else is left to do."""
    action = _tried_action(command, order)
    answer = None if command.answer == Answer() else command.answer
    if (command.run, command.attempt, True) in action.outcomes:
        return []
    if not _is_current(action, command):
        return [_late(command, answer)]
    succeeded = ActionSucceeded(
        at=command.now,
        action_id=command.action_id,
        run=command.run,
        attempt=command.attempt,
        personal=answer,
    )
    return completed_when_done(order, [succeeded], command.now)


def fail_action(command: FailAction, order: Order) -> list[OrderFact]:
    """End an attempt, and say when the next one follows by itself, if one does."""
    action = _tried_action(command, order)
    if (command.run, command.attempt, False) in action.outcomes:
        return []
    if not _is_current(action, command):
        return [_late(command, Answer(excerpt=command.message) if command.message else None)]
    return [
        ActionFailed(
            at=command.now,
            action_id=command.action_id,
            run=command.run,
            attempt=command.attempt,
            code=command.code,
            retry_at=retry_at(command),
            personal=FreeText(text=command.message) if command.message else None,
        )
    ]


def _tried_action(command: SucceedAction | FailAction, order: Order) -> ActionState:
    action = known_action(command.action_id, order)
    if (command.run, command.attempt) > (action.run, action.attempt) or command.attempt < 1:
        raise AttemptUnknown(command.action_id)
    return action


def _is_current(action: ActionState, command: SucceedAction | FailAction) -> bool:
    return action.stage is ActionStage.RUNNING and (
        (command.run, command.attempt) == (action.run, action.attempt)
    )


def _late(command: SucceedAction | FailAction, answer: Answer | None) -> ActionOutcomeLate:
    return ActionOutcomeLate(
        at=command.now,
        action_id=command.action_id,
        run=command.run,
        attempt=command.attempt,
        succeeded=isinstance(command, SucceedAction),
        code=command.code if isinstance(command, FailAction) else "",
        personal=answer,
    )
