"""Which refunds the ledger tells the customer of, and by which action.

The rule to know: what a person or another system tells is not told twice, imported history tells
nothing, and nobody hears who was forgotten.
"""

from domain.identifiers import ActionId, RefundId
from domain.order.parts import Refund
from domain.order.state import Order


def tells_of(order: Order, refund: Refund) -> bool:
    """Say whether the customer hears of a refund once it counts."""
    is_forgotten = order.customer_key in order.erased_keys
    gives_back = refund.amount + refund.excess > 0
    is_wanted = refund.tells_customer and gives_back
    return is_wanted and not order.is_imported and not is_forgotten


def confirmation_id(refund_id: RefundId) -> ActionId:
    """Name the confirmation of a refund among its order's actions."""
    return ActionId(f"{refund_id}/confirm")
