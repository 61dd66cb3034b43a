"""What still needs the person: once the customer is erased it fails for good, so erasing warns."""

from domain.order.providers import goes_by_email
from domain.order.state import Order


def needs_of_customer(order: Order) -> tuple[str, ...]:
    """Name the unfinished actions, and the refunds by email, that erasing the customer ends."""
    actions = [
        action.name
        for action in order.actions
        if (action.is_in_hand or action.has_failed) and action.settings.needs_customer
    ]
    refunds = [
        refund.refund_id
        for refund, transfer in order.transfers
        if transfer.is_open and goes_by_email(order.payments_by_id[transfer.payment_id])
    ]
    return (*actions, *refunds)
