"""What a refund would do to each access that the order gave, before anybody decides.

The rule to know: it asks the decision that will be made, and judges nothing by itself.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from domain.configuration.settings import AccessRemoval
from domain.identifiers import ActionId, LineId
from domain.order.access import OFFER_LEVELS, is_removable, is_removed_by_hand
from domain.order.access_removal import removed_access
from domain.order.events import ActionAdded, ActionCancelled
from domain.order.parts import ActionState, Refund
from domain.order.state import Order
from domain.order.values import Justification
from domain.phrase import say

NOTHING_SPARED: Mapping[ActionId, Justification] = {}


class AccessEffect(StrEnum):
    """What becomes of an access."""

    TAKEN_BACK = "taken_back"
    BY_HAND = "by_hand"
    """Only a person can take it back."""
    CALLED_OFF = "called_off"
    """It was not given yet, and will not be."""
    SPARED = "spared"
    """Another purchase still gives it."""
    KEPT = "kept"
    GONE = "gone"
    """There is nothing to take back: it was never given, or was taken back before."""


class AccessPreview(Struct, frozen=True, kw_only=True):
    """One access that the order gave or is about to give."""

    action_id: str
    name: str
    line_id: str | None
    """None where the offer or the checkout gave it."""
    can_remove: bool
    effect: AccessEffect
    says: str


SAYS_BY_EFFECT = {
    AccessEffect.TAKEN_BACK: say("It is taken back once the refund counts."),
    AccessEffect.BY_HAND: say(
        "It must be removed by hand, as the ledger cannot: once the refund counts, the order asks "
        "for it and says how."
    ),
    AccessEffect.CALLED_OFF: say("It was not given yet, and is called off."),
    AccessEffect.KEPT: say("The customer keeps it."),
    AccessEffect.GONE: say("The customer does not have it."),
}


def access_previews(
    order: Order,
    refund: Refund | None,
    now: datetime,
    *,
    in_full: Collection[LineId],
    spared: Mapping[ActionId, Justification],
) -> tuple[AccessPreview, ...]:
    """Show each grant; `spared` says why an access stays that would otherwise be taken back."""
    facts = removed_access(order, refund, now) if refund else []
    added = [fact.action.settings for fact in facts if isinstance(fact, ActionAdded)]
    taken = {one.granted_by for one in added if isinstance(one, AccessRemoval)}
    called_off = {fact.action_id for fact in facts if isinstance(fact, ActionCancelled)}
    return tuple(
        _preview(grant, _effect(grant, taken, called_off, spared), in_full, spared)
        for grant in order.actions
        if grant.is_grant
    )


def _effect(
    grant: ActionState,
    taken: Collection[str],
    called_off: Collection[str],
    spared: Mapping[ActionId, Justification],
) -> AccessEffect:
    if grant.action_id in taken:
        if grant.action_id in spared:
            return AccessEffect.SPARED
        return AccessEffect.BY_HAND if is_removed_by_hand(grant) else AccessEffect.TAKEN_BACK
    if grant.action_id in called_off:
        return AccessEffect.CALLED_OFF
    return AccessEffect.KEPT if is_removable(grant) else AccessEffect.GONE


def _preview(
    grant: ActionState,
    effect: AccessEffect,
    in_full: Collection[LineId],
    spared: Mapping[ActionId, Justification],
) -> AccessPreview:
    is_of_offer = grant.level in OFFER_LEVELS
    return AccessPreview(
        action_id=grant.action_id,
        name=grant.name,
        line_id=None if is_of_offer else grant.line_id,
        can_remove=is_removable(grant) and (is_of_offer or grant.line_id in in_full),
        effect=effect,
        says=SAYS_BY_EFFECT.get(effect) or _stays(spared[grant.action_id]),
    )


def _stays(why: Justification) -> str:
    return say(
        "It stays: {action} of order {number} gives it too.", action=why.action, number=why.number
    )
