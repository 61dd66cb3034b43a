"""Which access a refund is about, and what became of it."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from domain.configuration.settings import AccessRemoval, ActionLevel, KajabiGrant
from domain.identifiers import LineId
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
    return grants_of(order, refund.remove_access, with_offer=refund.remove_offer_access)


def grants_of(
    order: "Order", lines: Collection[LineId], *, with_offer: bool
) -> Iterator[ActionState]:
    """Go through the grants of some lines and, if asked, those that no single product gave."""
    for action in order.actions:
        is_of_offer = action.level in OFFER_LEVELS
        if action.is_grant and (with_offer if is_of_offer else action.line_id in lines):
            yield action


def holds_access(order: "Order", grant: ActionState) -> bool:
    """Say whether the customer has the access: also by what an imported order stands for."""
    is_of_former_system = order.is_imported and order.is_paid
    return grant.holds_access or (is_of_former_system and grant.stage is ActionStage.PLANNED)


def is_removed_by_hand(grant: ActionState) -> bool:
    """Say whether only a person can take an access back: nothing tells the ledger how."""
    settings = grant.granted_settings or grant.settings
    assert isinstance(settings, KajabiGrant), settings
    if grant.removal_target:
        return False
    return grant.run == 0 or not (settings.is_by_api or settings.deactivation_url)


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
