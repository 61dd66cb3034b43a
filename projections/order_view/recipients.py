"""Whom an action reaches: an email address, or the host of the system that is told.

The rule to know: an address that is a secret is never shown whole, only where it leads.
"""

from typing import assert_never

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)
from domain.identifiers import ActionId
from domain.order.state import Order
from projections.order_view.masking import host_of

KAJABI = "Kajabi"
SYSTEME = "Systeme.io"


def recipient_of(order: Order, settings: ActionSettings) -> str:
    """Name who is reached; empty where nobody knows, or no longer."""
    match settings:
        case ReceiptEmail() | CustomEmail() | RefundConfirmation():
            return order.customer.email if order.customer else ""
        case Webhook(url=url):
            return host_of(url)
        case KajabiGrant(activation_url=url):
            return host_of(url) or KAJABI
        case SystemeContact():
            return SYSTEME
        case AccessRemoval(granted_by=granted_by):
            return _remover(order, ActionId(granted_by))
        case _:
            assert_never(settings)


def _remover(order: Order, granted_by: ActionId) -> str:
    grant = order.actions_by_id.get(granted_by)
    return "" if grant is None else host_of(grant.removal_target) or KAJABI
