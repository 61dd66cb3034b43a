"""Which access of an order is spared because another grant of the same order justifies it.

What the customer's other orders justify is asked of the read model of grants.
"""

from collections.abc import Collection

from domain.identifiers import ActionId
from domain.order.claims import claimed_access, justifying_grants
from domain.order.state import Order
from domain.order.values import Justification


def justified_within(order: Order, going: Collection[ActionId]) -> dict[str, Justification]:
    """Give, by access, the grant of this order that justifies it; those that are to go do not."""
    assert order.order_id, "an order's first fact is that it was started"
    return {
        target: Justification(
            order_id=order.order_id,
            number=order.number,
            action_id=grant.action_id,
            action=grant.name,
        )
        for grant in justifying_grants(order)
        if grant.action_id not in going
        for target in claimed_access(grant)
    }
