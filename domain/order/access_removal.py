"""What a refund does to access: pending grants are called off, held access is taken back.

A removal is an action like any other, with errors and re-runs; it uses the target that was stored
when access was granted.
"""

from datetime import datetime

from domain.configuration.settings import AccessRemoval, ActionLevel
from domain.identifiers import ActionId
from domain.order.access import grants_meant, holds_access, open_removals
from domain.order.action_runs import requested_run
from domain.order.events import ActionAdded, ActionCancelled, OrderFact
from domain.order.evolving.lifecycle import as_planned
from domain.order.parts import ActionState, Refund
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import PlannedAction, RunCause


def removed_access(order: Order, refund: Refund, now: datetime) -> list[OrderFact]:
    """List what follows for access once a refund counts in the order's data.

    A grant that was tried may have taken effect, or may yet, so it is called off and taken back.
    """
    being_removed = {settings.granted_by for _, settings in open_removals(order)}
    facts: list[OrderFact] = []
    for grant in grants_meant(order, refund):
        if not grant.is_finished:
            facts.append(_cancelled(grant, CancelReason.REFUNDED, now))
        may_hold = holds_access(order, grant) or grant.may_have_taken_effect
        if may_hold and grant.action_id not in being_removed:
            facts += _added_removal(order, refund, grant, now)
    return facts


def kept_access(order: Order, refund: Refund, now: datetime) -> list[OrderFact]:
    """Call off the removals of a refund that failed; what was taken back asks for attention."""
    return [
        _cancelled(removal, CancelReason.REFUND_FAILED, now)
        for removal, settings in open_removals(order)
        if settings.refund_id == refund.refund_id
    ]


def given_anew(order: Order, grant: ActionState, now: datetime) -> list[OrderFact]:
    """Call off the removal of a grant that a person runs again, so that it is not taken back."""
    return [
        _cancelled(removal, CancelReason.GIVEN_ANEW, now)
        for removal, settings in open_removals(order)
        if settings.granted_by == grant.action_id
    ]


def _cancelled(action: ActionState, reason: CancelReason, now: datetime) -> ActionCancelled:
    return ActionCancelled(at=now, action_id=action.action_id, run=action.run, reason=reason)


def _added_removal(
    order: Order, refund: Refund, grant: ActionState, now: datetime
) -> list[OrderFact]:
    planned = PlannedAction(
        action_id=ActionId(f"{refund.refund_id}/remove/{grant.action_id}"),
        name=f"Remove access: {grant.name}",
        level=ActionLevel.ORDER,
        line_id=grant.line_id,
        settings=AccessRemoval(granted_by=grant.action_id, refund_id=refund.refund_id),
    )
    run = requested_run(order, as_planned(planned), RunCause.REFUND, now)
    return [ActionAdded(at=now, action=planned), run]
