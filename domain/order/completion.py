"""Decide on a person's wish to close the order: done whatever its actions then do.

The facts come in this order: what is restored, what is reconfigured, that the order is closed,
what runs again. So only what runs again can ask for attention anew.
"""

from domain.identifiers import RefundId
from domain.order.action_runs import reconfigured, requested_run
from domain.order.commands.lifecycle import CompleteOrder
from domain.order.completing import fold
from domain.order.events import (
    ActionCancelled,
    OrderFact,
    OrderMarkedCompleted,
    RefundedDataRestored,
)
from domain.order.parts import ActionState
from domain.order.rejections import require_placed
from domain.order.stages import ActionStage, CancelReason
from domain.order.state import Order
from domain.order.values import LatestConfiguration, RunCause
from domain.phrase import say
from domain.rejection import Rejection


class NothingToRestore(Rejection):
    """Only refunds in force can be restored."""

    code = "nothing_to_restore"

    def __init__(self) -> None:
        super().__init__(say("The order has no refunds in force to restore."))


class NoFailedAction(Rejection):
    """The latest configuration replaces that of failed actions."""

    code = "no_failed_action"

    def __init__(self) -> None:
        super().__init__(say("No action has failed, so there is no configuration to replace."))


class LatestNeedsRun(Rejection):
    """Settings are replaced for the sake of a run."""

    code = "latest_needs_run"

    def __init__(self) -> None:
        super().__init__(say("The latest configuration is used when the actions run again."))


def complete_order(command: CompleteOrder, order: Order) -> list[OrderFact]:
    """Close the order; with `run_actions` everything that gives runs again, else nothing does."""
    require_placed(order)
    if command.command_id in order.command_ids:
        return []
    restored = _restored(command, order)
    replaced = _replaced(command, order)
    closed = OrderMarkedCompleted(
        at=command.now,
        command_id=command.command_id,
        by=command.by,
        actions_run=command.run_actions,
        restored=command.restore_refunded_data,
    )
    after = fold(order, replaced, command.now)
    runs = _runs(command, after) if command.run_actions else _cancellations(command, order)
    return [*restored, *replaced, closed, *runs]


def runs_again(action: ActionState) -> bool:
    """Say whether completing runs the action again: what gives, unless it is running."""
    return action.gives and action.stage is not ActionStage.RUNNING


def restorable_refunds(order: Order) -> tuple[RefundId, ...]:
    """Name the refunds that completing can restore: all that are in force."""
    return tuple(refund.refund_id for refund in order.refunds if refund.is_in_force)


def failed_actions(order: Order) -> list[ActionState]:
    """List the actions whose settings completing can replace by the latest."""
    return [action for action in order.actions if action.has_failed]


def _restored(command: CompleteOrder, order: Order) -> list[OrderFact]:
    if not command.restore_refunded_data:
        return []
    in_force = restorable_refunds(order)
    if not in_force:
        raise NothingToRestore
    return [RefundedDataRestored(at=command.now, refund_ids=in_force, by=command.by)]


def _replaced(command: CompleteOrder, order: Order) -> list[OrderFact]:
    if not command.use_latest_configuration:
        return []
    if not command.run_actions:
        raise LatestNeedsRun
    failed = failed_actions(order)
    if not failed:
        raise NoFailedAction
    facts = (reconfigured(action, _latest(command, action), command.now) for action in failed)
    return [fact for fact in facts if fact]


def _latest(command: CompleteOrder, action: ActionState) -> LatestConfiguration | None:
    """Find what is published; an action whose setting is gone keeps what it has."""
    return command.latest.get(action.setting_id) if action.setting_id else None


def _runs(command: CompleteOrder, order: Order) -> list[OrderFact]:
    return [
        requested_run(order, action, RunCause.COMPLETE, command.now)
        for action in order.actions
        if runs_again(action)
    ]


def _cancellations(command: CompleteOrder, order: Order) -> list[OrderFact]:
    """Whatever would still fire by itself does not."""
    return [
        ActionCancelled(
            at=command.now,
            action_id=action.action_id,
            run=action.run,
            reason=CancelReason.COMPLETED_BY_HAND,
        )
        for action in order.actions
        if action.gives and action.stage in (ActionStage.REQUESTED, ActionStage.RETRYING)
    ]
