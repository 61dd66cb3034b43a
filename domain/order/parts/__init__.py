"""What an order's state is made of: its payments, actions, refunds, disputes and notes.

Times named `…_recorded_at` are the ledger's clock; the others are the source's. Personal values
are None or empty where their key is gone or was never asked for.
"""

from domain.order.parts.actions import ActionState
from domain.order.parts.credit_notes import CreditNote
from domain.order.parts.external_refunds import ExternalRefund
from domain.order.parts.notes import Note
from domain.order.parts.payments import Dispute, Payment
from domain.order.parts.refunds import Refund, TransferState

__all__ = [
    "ActionState",
    "CreditNote",
    "Dispute",
    "ExternalRefund",
    "Note",
    "Payment",
    "Refund",
    "TransferState",
]
