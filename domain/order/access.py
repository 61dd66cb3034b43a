"""Which access a refund is about, and what became of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.configuration.settings import AccessRemoval, ActionLevel
from domain.order.parts import ActionState, Refund
from domain.order.stages import ActionStage

if TYPE_CHECKING:
    from domain.order.state import Order

OFFER_LEVELS = (ActionLevel.OFFER, ActionLevel.CHECKOUT)


def has_offer_access(order: "Order") -> bool:
    """Say whether the order has course access that no single product gave."""
    return any(a.is_grant and a.level in OFFER_LEVELS for a in order.actions)


def grants_meant(order: "Order", refund: Refund) -> Iterator[ActionState]:
    """Go through the grants whose access a refund is to take away."""
    for action in order.actions:
        if action.is_grant and _is_meant(action, refund):
            yield action


def _is_meant(grant: ActionState, refund: Refund) -> bool:
    if grant.level in OFFER_LEVELS:
        return refund.remove_offer_access
    return grant.line_id in refund.remove_access


def open_removals(order: "Order") -> Iterator[tuple[ActionState, AccessRemoval]]:
    """Go through the access removals that are still to do."""
    for action in order.actions:
        if isinstance(action.settings, AccessRemoval) and not action.is_finished:
            yield action, action.settings


def lost_access(order: "Order", refund: Refund) -> Iterator[ActionState]:
    """Go through the grants that a failed refund had taken back or called off before it failed."""
    taken_back = {
        action.settings.granted_by
        for action in order.actions
        if isinstance(action.settings, AccessRemoval)
        and action.settings.refund_id == refund.refund_id
    }
    for grant in grants_meant(order, refund):
        was_taken = grant.action_id in taken_back or grant.stage is ActionStage.CANCELLED
        if was_taken and not grant.holds_access:
            yield grant
