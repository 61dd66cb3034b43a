"""Which access of an order is left alone because another grant of the same order justifies it.

What the customer's other orders justify is asked of the read model of grants. The rule to know:
only a grant that holds the access spares it for good. One that is about to give it may yet fail or
be called off, and then nobody would take the access that was spared for its sake.
"""

from collections.abc import Collection

from msgspec import Struct

from domain.identifiers import ActionId
from domain.order.claims import claimed_access, holds_target, justifying_grants
from domain.order.parts import ActionState
from domain.order.state import Order
from domain.order.values import Justification


class Spared(Struct, frozen=True, kw_only=True):
    """Why an access is left alone."""

    by: Justification
    is_held: bool
    """Off: the grant is about to give it, so whether it is spared must be asked again."""


def justified_within(order: Order, going: Collection[ActionId]) -> dict[str, Spared]:
    """Give, by access, the grant of this order that justifies it; those that are to go do not."""
    found = [
        (target, _spared(order, grant, target))
        for grant in justifying_grants(order)
        if grant.action_id not in going
        for target in claimed_access(grant)
    ]
    return dict(sorted(found, key=lambda one: one[1].is_held))


def _spared(order: Order, grant: ActionState, target: str) -> Spared:
    assert order.order_id, "an order's first fact is that it was started"
    by = Justification(
        order_id=order.order_id,
        number=order.number,
        action_id=grant.action_id,
        action=grant.name,
    )
    return Spared(by=by, is_held=holds_target(order, grant, target))
