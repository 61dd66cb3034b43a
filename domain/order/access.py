"""Which access a refund is about, and what became of it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.configuration.settings import AccessRemoval, ActionLevel, KajabiGrant
from domain.identifiers import LineId
from domain.order.parts import ActionState, Refund
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import ActionStage, RefundStanding

if TYPE_CHECKING:
    from domain.order.state import Order

OFFER_LEVELS = (ActionLevel.OFFER, ActionLevel.CHECKOUT)


def is_removable(grant: ActionState) -> bool:
    """Say whether a refund can take the grant's access away, or call it off before it is given."""
    return grant.holds_access or not grant.is_finished


def lines_with_access(order: "Order") -> frozenset[LineId]:
    """Name the lines whose product gave course access that a refund can take away."""
    grants = (a for a in order.actions if a.is_grant and a.level is ActionLevel.PRODUCT)
    return frozenset(a.line_id for a in grants if a.line_id is not None and is_removable(a))


def can_remove_offer_access(order: "Order") -> bool:
    """Say whether a refund can take away course access that no single product gave."""
    return any(is_removable(grant) for grant in grants_of(order, (), with_offer=True))


def has_offer_access(order: "Order") -> bool:
    """Say whether the order gave course access that no single product gave, also if it is gone."""
    return any(grants_of(order, (), with_offer=True))


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


def may_be_given_yet(grant: ActionState, now: datetime) -> bool:
    """Say whether a called-off grant may still take effect: its worker lives, and told nothing."""
    begun_at = grant.started_recorded_at
    if begun_at is None or now > begun_at + ATTEMPT_LEASE:
        return False
    return not any((grant.run, grant.attempt, end) in grant.outcomes for end in (True, False))


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
    """Go through the grants that a failed refund had taken back or called off before it failed.

    What another refund in force takes, or pays back in full, is not lost.
    """
    taken_back = {
        action.settings.granted_by
        for action in order.actions
        if isinstance(action.settings, AccessRemoval)
        and action.settings.refund_id == refund.refund_id
    }
    for grant in grants_meant(order, refund):
        was_taken = grant.action_id in taken_back or grant.stage is ActionStage.CANCELLED
        if was_taken and not grant.holds_access and not _is_paid_back(order, grant):
            yield grant


def _is_paid_back(order: "Order", grant: ActionState) -> bool:
    """Say whether refunds in force take the access, or return all that was paid for it."""
    in_force = [refund for refund in order.refunds if refund.is_in_force]
    if any(meant == grant for refund in in_force for meant in grants_meant(order, refund)):
        return True
    if grant.level in OFFER_LEVELS:
        return order.refund_standing is RefundStanding.FULL
    back = sum(p.amount for refund in in_force for p in refund.lines if p.line_id == grant.line_id)
    price = sum(line.gross for line in order.lines if line.line_id == grant.line_id)
    return 0 < price <= back
