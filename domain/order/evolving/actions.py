"""What the facts of actions do to the order. A late outcome is kept, and moves nothing."""

from datetime import datetime
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from domain.configuration.settings import AccessRemoval
from domain.identifiers import ActionId
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionFailed,
    ActionOutcomeLate,
    ActionReconfigured,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
)
from domain.order.evolving.lifecycle import as_planned
from domain.order.parts import ActionState
from domain.order.stages import ActionStage, CancelReason, RefundStanding
from domain.order.state import Order

CLAIM_ENDING_REASONS = frozenset({CancelReason.ACCESS_STILL_JUSTIFIED, CancelReason.DONE_BY_HAND})
"""Of a removal that is called off: the access is another grant's alone now, or a person took it."""

ActionFact: TypeAlias = (
    ActionRequested
    | ActionStarted
    | ActionSucceeded
    | ActionFailed
    | ActionOutcomeLate
    | ActionReconfigured
    | ActionAdded
    | ActionCancelled
)


def evolve_action(  # noqa: C901, PLR0911 - one case per fact
    order: Order, event: ActionFact, recorded_at: datetime
) -> Order:
    """Fold a fact of an action."""
    if isinstance(event, ActionAdded):
        return added(order, event)
    known = order.actions_by_id.get(event.action_id)
    if known is None:
        return order
    match event:
        case ActionRequested():
            return requested(order, known, event, recorded_at)
        case ActionStarted():
            return started(order, known, event, recorded_at)
        case ActionSucceeded():
            return succeeded(order, known, event)
        case ActionFailed():
            return failed(order, known, event)
        case ActionOutcomeLate():
            return outcome_came_late(order, known, event)
        case ActionReconfigured():
            return reconfigured(order, known, event)
        case ActionCancelled():
            return cancelled(order, known, event)
        case _:
            assert_never(event)


def requested(
    order: Order, known: ActionState, event: ActionRequested, recorded_at: datetime
) -> Order:
    """Begin a run."""
    action = replace(
        known,
        stage=ActionStage.REQUESTED,
        run=event.run,
        attempt=0,
        cause=event.cause,
        key=event.key,
        settings=event.settings,
        revision=event.revision,
        worker="",
        code="",
        message="",
        retry_at=None,
        requested_recorded_at=recorded_at,
        started_recorded_at=None,
        is_acknowledged=False,
        called_off="",
        justified_by=None,
        is_wanted_although_refunded=order.refund_standing is RefundStanding.FULL,
    )
    return _granted(_with(order, action), event.command_id)


def started(order: Order, known: ActionState, event: ActionStarted, recorded_at: datetime) -> Order:
    """Begin an attempt."""
    action = replace(
        known,
        stage=ActionStage.RUNNING,
        attempt=event.attempt,
        worker=event.worker,
        retry_at=None,
        started_recorded_at=recorded_at,
    )
    return _with(order, action)


def succeeded(order: Order, known: ActionState, event: ActionSucceeded) -> Order:
    """End the run well; what a removal took back is no longer held."""
    action = replace(
        known,
        stage=ActionStage.SUCCEEDED,
        code="",
        message="",
        answer=event.personal,
        holds_access=known.is_grant,
        granted_settings=known.settings if known.is_grant else None,
        outcomes=known.outcomes | {(event.run, event.attempt, True)},
    )
    return _taken_back(_with(order, action), known)


def _taken_back(order: Order, removal: ActionState) -> Order:
    if not isinstance(removal.settings, AccessRemoval):
        return order
    grant = order.actions_by_id.get(ActionId(removal.settings.granted_by))
    return order if grant is None else _with(order, replace(grant, holds_access=False))


def failed(order: Order, known: ActionState, event: ActionFailed) -> Order:
    """End the attempt, and the run too unless it will be tried again."""
    action = replace(
        known,
        stage=ActionStage.RETRYING if event.retry_at else ActionStage.FAILED,
        code=event.code,
        message=event.personal.text if event.personal else "",
        retry_at=event.retry_at,
        outcomes=known.outcomes | {(event.run, event.attempt, False)},
    )
    return _with(order, action)


def outcome_came_late(order: Order, known: ActionState, event: ActionOutcomeLate) -> Order:
    """Remember the outcome and, of a success, what it gave."""
    action = replace(known, outcomes=known.outcomes | {(event.run, event.attempt, event.succeeded)})
    if not event.succeeded:
        return _with(order, action)
    late = replace(
        action,
        late_answer=event.personal,
        holds_access=known.holds_access or known.is_grant,
        granted_settings=known.granted_settings or (known.settings if known.is_grant else None),
    )
    return _taken_back(_with(order, late), known)


def reconfigured(order: Order, known: ActionState, event: ActionReconfigured) -> Order:
    """Replace the settings for good."""
    return _with(order, replace(known, settings=event.settings, revision=event.revision))


def added(order: Order, event: ActionAdded) -> Order:
    """Take in an action that the order did not start with."""
    return _with(order, as_planned(event.action))


def cancelled(order: Order, known: ActionState, event: ActionCancelled) -> Order:
    """Stop wanting the run; a removal that was spared, or done by hand, ends its grant's claim."""
    action = replace(
        known,
        stage=ActionStage.CANCELLED,
        retry_at=None,
        called_off=event.reason,
        justified_by=event.justified_by,
    )
    after = _granted(_with(order, action), event.command_id)
    return _taken_back(after, known) if event.reason in CLAIM_ENDING_REASONS else after


def _granted(order: Order, command_id: str) -> Order:
    """Remember the wish of a person, if it was one."""
    return replace(order, command_ids=order.command_ids | {command_id}) if command_id else order


def _with(order: Order, action: ActionState) -> Order:
    return replace(order, actions_by_id={**order.actions_by_id, action.action_id: action})
