"""Which access an order's grants claim, and whether they justify it.

The rule to know: several grants, of one order or of many, may claim the same access of a
customer. A grant justifies it while it gives it, or is about to, and is not meant to go; so two
orders that are refunded at the same time do not spare each other's access for ever.
"""

from collections.abc import Iterator

from domain.configuration.access_target import access_target
from domain.configuration.settings import AccessRemoval
from domain.order.access import grants_meant, holds_access
from domain.order.parts import ActionState
from domain.order.state import Order


def claiming_grants(order: Order) -> Iterator[ActionState]:
    """Go through the grants that give access now, or are about to."""
    for action in order.actions:
        if action.is_grant and (holds_access(order, action) or action.is_in_hand):
            yield action


def justifying_grants(order: Order) -> Iterator[ActionState]:
    """Go through the grants that justify the access that they claim."""
    return (grant for grant in claiming_grants(order) if not is_leaving(order, grant))


def claimed_access(grant: ActionState) -> frozenset[str]:
    """Name the access that a claiming grant claims: two after its settings were replaced."""
    coming = {access_target(grant.settings)} if grant.is_in_hand else set()
    held = set() if coming and not grant.holds_access else {removable_access(grant)}
    return frozenset((held | coming) - {""})


def holds_target(order: Order, grant: ActionState, target: str) -> bool:
    """Say whether the customer has this access by the grant, not only soon."""
    return holds_access(order, grant) and target == removable_access(grant)


def removable_access(grant: ActionState) -> str:
    """Name the access that a removal of this grant takes back."""
    return access_target(grant.granted_settings or grant.settings)


def is_leaving(order: Order, grant: ActionState) -> bool:
    """Say whether a refund in force takes the grant's access, and nobody gave it anew since."""
    in_force = (refund for refund in order.refunds if refund.is_in_force)
    meant = {one.action_id for refund in in_force for one in grants_meant(order, refund)}
    return grant.action_id in meant and not _is_given_anew(order, grant)


def _is_given_anew(order: Order, grant: ActionState) -> bool:
    """Say whether the grant was asked for after every removal of it."""
    given_at = grant.requested_recorded_at
    taken_at = (removal.requested_recorded_at for removal in _removals_of(order, grant))
    return given_at is not None and all(at is not None and at < given_at for at in taken_at)


def _removals_of(order: Order, grant: ActionState) -> Iterator[ActionState]:
    for action in order.actions:
        settings = action.settings
        if isinstance(settings, AccessRemoval) and settings.granted_by == grant.action_id:
            yield action
