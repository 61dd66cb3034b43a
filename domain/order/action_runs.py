"""A run is one wish that an action happen, under its own idempotency key towards the outside."""

from datetime import datetime

from domain.identifiers import ActionId
from domain.order.events import ActionReconfigured, ActionRequested
from domain.order.parts import ActionState
from domain.order.state import Order
from domain.order.values import LatestConfiguration, RunCause


def requested_run(
    order: Order,
    action: ActionState,
    cause: RunCause,
    now: datetime,
    *,
    forced: bool = False,
    command_id: str = "",
) -> ActionRequested:
    """Ask for the next run of an action, with the settings that the action has."""
    run = action.run + 1
    return ActionRequested(
        at=now,
        action_id=action.action_id,
        run=run,
        cause=cause,
        key=run_key(order, action.action_id, run),
        settings=action.settings,
        revision=action.revision,
        forced=forced,
        command_id=command_id,
    )


def reconfigured(
    action: ActionState, latest: LatestConfiguration | None, now: datetime
) -> ActionReconfigured | None:
    """Replace an action's settings by the latest; None where there are no newer ones."""
    if latest is None or not latest.is_newer_than(action.revision):
        return None
    return ActionReconfigured(
        at=now,
        action_id=action.action_id,
        settings=latest.settings,
        revision=latest.revision,
    )


def run_key(order: Order, action_id: ActionId, run: int) -> str:
    """Derive the key from what the run is, so that every attempt has the same."""
    return f"{order.order_id}/{action_id}/{run}"
