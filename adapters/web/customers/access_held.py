"""What a customer has access to now, and why: which grants of which orders give each access.

The rule to know: an access is there as long as one grant of any order holds it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from domain.identifiers import OrderId
from domain.order.state import Order
from projections.grants.queries import GrantListed
from projections.order_view.action_details import action_details


class AccessState(StrEnum):
    """Where an access stands."""

    HELD = "held"
    LEAVING = "leaving"
    """A refund takes it, and nothing else gives it."""
    COMING = "coming"
    """It is about to be given."""


class HeldAccess(Struct, frozen=True, kw_only=True):
    """One access and all that gives it."""

    name: str
    state: AccessState
    grants: tuple[GrantListed, ...]


class SparedAccess(Struct, frozen=True, kw_only=True):
    """A removal that was called off because another purchase still gives the access."""

    order_id: OrderId
    number: str
    action: str
    says: str


def held_access(grants: Iterable[GrantListed]) -> tuple[HeldAccess, ...]:
    """Bring together what gives one access, in the order of the grants."""
    by_target: dict[str, list[GrantListed]] = {}
    for grant in grants:
        by_target.setdefault(grant.target, []).append(grant)
    return tuple(
        HeldAccess(name=found[0].offer or found[0].action, state=_state(found), grants=tuple(found))
        for found in by_target.values()
    )


def _state(grants: Sequence[GrantListed]) -> AccessState:
    if any(grant.is_held and not grant.is_leaving for grant in grants):
        return AccessState.HELD
    if any(grant.is_held for grant in grants):
        return AccessState.LEAVING
    return AccessState.COMING


def spared_access(orders: Iterable[Order]) -> tuple[SparedAccess, ...]:
    """List the removals that other purchases stopped."""
    return tuple(
        SparedAccess(
            order_id=order.order_id,
            number=order.number,
            action=action.name,
            says=action_details(action, {}, {}).called_off,
        )
        for order in orders
        for action in order.actions
        if action.justified_by and order.order_id
    )
