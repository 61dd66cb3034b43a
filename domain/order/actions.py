"""Decide on wishes about actions: request them at payment, run one again, add, cancel."""

from domain.order.access_removal import given_anew
from domain.order.action_runs import reconfigured, requested_run
from domain.order.commands.actions import AddAction, CancelAction, RequestActions, RerunAction
from domain.order.completing import completed_when_done, fold
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    OrderFact,
)
from domain.order.evolving.lifecycle import as_planned
from domain.order.parts import ActionState
from domain.order.rejections import ActionRunning, known_action, require_placed
from domain.order.stages import ActionStage, RefundStanding
from domain.order.state import Order
from domain.order.values import RunCause
from domain.phrase import say
from domain.rejection import Rejection


class ConfirmationNeeded(Rejection):
    """A succeeded action takes effect again."""

    code = "confirmation_needed"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say(
                "Action {action_id!r} succeeded; to run it again must be confirmed.",
                action_id=action_id,
            )
        )


class ActionChanged(Rejection):
    """What a person decided on is no longer so."""

    code = "action_changed"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say("Action {action_id!r} was asked for or tried again meanwhile.", action_id=action_id)
        )


class ActionNotFailed(Rejection):
    """The latest configuration replaces that of a failed action."""

    code = "action_not_failed"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say(
                "Action {action_id!r} has not failed; its configuration stays.", action_id=action_id
            )
        )


class NoLatestConfiguration(Rejection):
    """The setting is gone, or there never was one."""

    code = "no_latest_configuration"

    def __init__(self, action: ActionState) -> None:
        super().__init__(
            say(
                "The setting of action {action_id!r} is no longer published in the checkout.",
                action_id=action.action_id,
            )
            if action.setting_id
            else say(
                "Action {action_id!r} came with settings of its own; none are published.",
                action_id=action.action_id,
            )
        )


class ActionDiffers(Rejection):
    """An action id stands for one action."""

    code = "action_differs"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say("Action {action_id!r} is already known with another content.", action_id=action_id)
        )


class ActionSettled(Rejection):
    """What has succeeded cannot be called off."""

    code = "action_settled"

    def __init__(self, action_id: str) -> None:
        super().__init__(say("Action {action_id!r} has succeeded already.", action_id=action_id))


def request_actions(command: RequestActions, order: Order) -> list[OrderFact]:
    """Ask for whatever was never asked for, once the order is paid and not all refunded.

    What a person let be by closing the paid order before this was decided is let be.
    """
    if not order.is_paid or order.is_imported:
        return []
    if order.refund_standing is RefundStanding.FULL:
        return []
    return [
        requested_run(order, action, RunCause.PAYMENT, command.now)
        for action in order.actions
        if action.stage is ActionStage.PLANNED and not action.is_acknowledged
    ]


def rerun_action(command: RerunAction, order: Order) -> list[OrderFact]:
    """Begin a new run, in any status of the order and any state of the action."""
    if command.command_id in order.command_ids:
        return []
    action = known_action(command.action_id, order)
    _require_seen(command, action)
    is_running = action.stage is ActionStage.RUNNING
    if is_running and not command.force:
        raise ActionRunning(action, command.now)
    if action.stage is ActionStage.SUCCEEDED and not command.confirmed:
        raise ConfirmationNeeded(command.action_id)
    replaced = _replaced(command, action)
    run = requested_run(
        order,
        known_action(command.action_id, fold(order, replaced, command.now)),
        RunCause.RERUN,
        command.now,
        forced=is_running,
        command_id=command.command_id,
    )
    return [*replaced, run, *given_anew(order, action, command.now)]


def _require_seen(command: RerunAction, action: ActionState) -> None:
    seen = (command.run_seen, command.attempt_seen)
    now = (action.run, action.attempt)
    if any(s not in (None, n) for s, n in zip(seen, now, strict=True)):
        raise ActionChanged(command.action_id)


def _replaced(command: RerunAction, action: ActionState) -> list[OrderFact]:
    if not command.use_latest_configuration:
        return []
    if not action.has_failed:
        raise ActionNotFailed(command.action_id)
    if command.latest is None:
        raise NoLatestConfiguration(action)
    fact = reconfigured(action, command.latest, command.now)
    return [fact] if fact else []


def add_action(command: AddAction, order: Order) -> list[OrderFact]:
    """Take in an action that a refund brings, and ask for it at once."""
    require_placed(order)
    added = as_planned(command.action)
    known = order.actions_by_id.get(command.action.action_id)
    if known is not None:
        if known.settings != added.settings:
            raise ActionDiffers(command.action.action_id)
        return []
    return [
        ActionAdded(at=command.now, action=command.action),
        requested_run(order, added, RunCause.REFUND, command.now),
    ]


def cancel_action(command: CancelAction, order: Order) -> list[OrderFact]:
    """Stop wanting a run; an order whose last open action it was is complete by it."""
    action = known_action(command.action_id, order)
    if _is_late(command, action):
        return []
    if action.run != command.run:
        raise ActionChanged(command.action_id)
    if action.stage is ActionStage.CANCELLED:
        return []
    if action.stage is ActionStage.SUCCEEDED:
        raise ActionSettled(command.action_id)
    cancelled = ActionCancelled(
        at=command.now,
        action_id=command.action_id,
        run=command.run,
        reason=command.reason,
        justified_by=command.justified_by,
    )
    return completed_when_done(order, [cancelled], command.now)


def _is_late(command: CancelAction, action: ActionState) -> bool:
    """Say whether an attempt that is over, or old, found that its run is not wanted."""
    if command.attempt is None:
        return False
    is_current = (command.run, command.attempt) == (action.run, action.attempt)
    return not is_current or action.stage is not ActionStage.RUNNING
