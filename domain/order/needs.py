"""What still needs the person: once the customer is erased it fails for good, so erasing warns."""

from domain.identifiers import PaymentId
from domain.order.providers import capability_of
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
        if transfer.is_open and _goes_by_email(order, transfer.payment_id)
    ]
    return (*actions, *refunds)


def _goes_by_email(order: Order, payment_id: PaymentId) -> bool:
    payment = order.payments_by_id[payment_id]
    capability = capability_of(payment.provider, payment.sub_method)
    return capability is not None and capability.by_email
