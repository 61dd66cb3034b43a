"""What to do about a credit note whose refund no longer counts.

The rule to know: a letter that was sent stays sent; running its confirmation again sends the same
document, which then says that it is void.
"""

from domain.order.confirming import confirmation_id
from domain.order.parts import Refund
from domain.order.stages import ActionStage, RefundStage
from domain.order.state import Order
from domain.phrase import say


def void_says(refund: Refund, order: Order) -> str:
    """Say why a credit note does not count, and how its customer is told; "" while it does."""
    if refund.is_restored:
        return say("void, as the refund was restored. {how}", how=_how_to_tell(refund, order))
    if refund.stage is RefundStage.FAILED:
        return say("void, as nothing was returned. {how}", how=_how_to_tell(refund, order))
    return ""


def _how_to_tell(refund: Refund, order: Order) -> str:
    letter = confirmation_id(refund.refund_id)
    action = order.actions_by_id.get(letter)
    was_sent = action is not None and action.stage is ActionStage.SUCCEEDED
    again = f"order-ledger orders rerun {order.number} {letter}{' --confirm' if was_sent else ''}"
    return say("To tell the customer, send it again, and it says so: `{command}`.", command=again)
