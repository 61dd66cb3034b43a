"""Facts of an order. Class names and fields are the storage format: add, never edit.

Amounts inside lines are minor units of the order's currency; an amount that crosses the order's
border (a payment, a transfer) is `Money`, so that its currency can be checked.
"""

from typing import TypeAlias

from domain.order.events.actions import (
    ActionAdded,
    ActionCancelled,
    ActionFailed,
    ActionOutcomeLate,
    ActionReconfigured,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
)
from domain.order.events.base import OrderEvent
from domain.order.events.lifecycle import (
    CustomerDataErased,
    NoteAdded,
    OrderCompleted,
    OrderMarkedCompleted,
    OrderPlaced,
    OrderRevised,
    OrderStarted,
    Placed,
)
from domain.order.events.payments import (
    DisputeClosed,
    PaymentDisputed,
    PaymentFailed,
    PaymentReceived,
    PaymentStarted,
)
from domain.order.events.refunds import (
    CreditNoteNumbered,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    RefundedDataRestored,
    RefundFailed,
    RefundIssued,
    RefundRequested,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)

OrderFact: TypeAlias = (
    OrderStarted
    | OrderPlaced
    | OrderRevised
    | PaymentStarted
    | PaymentReceived
    | PaymentFailed
    | ActionRequested
    | ActionStarted
    | ActionSucceeded
    | ActionFailed
    | ActionOutcomeLate
    | ActionReconfigured
    | ActionAdded
    | ActionCancelled
    | OrderCompleted
    | OrderMarkedCompleted
    | RefundRequested
    | RefundTransferStarted
    | RefundTransferPending
    | RefundTransferred
    | RefundTransferFailed
    | RefundTransferUnresolved
    | RefundIssued
    | RefundFailed
    | CreditNoteNumbered
    | ExternalRefundObserved
    | ExternalRefundAllocated
    | ExternalRefundFailed
    | RefundedDataRestored
    | PaymentDisputed
    | DisputeClosed
    | NoteAdded
    | CustomerDataErased
)
"""Everything that can stand in an order's stream, for exhaustive matching."""

__all__ = [
    "ActionAdded",
    "ActionCancelled",
    "ActionFailed",
    "ActionOutcomeLate",
    "ActionReconfigured",
    "ActionRequested",
    "ActionStarted",
    "ActionSucceeded",
    "CreditNoteNumbered",
    "CustomerDataErased",
    "DisputeClosed",
    "ExternalRefundAllocated",
    "ExternalRefundFailed",
    "ExternalRefundObserved",
    "NoteAdded",
    "OrderCompleted",
    "OrderEvent",
    "OrderFact",
    "OrderMarkedCompleted",
    "OrderPlaced",
    "OrderRevised",
    "OrderStarted",
    "PaymentDisputed",
    "PaymentFailed",
    "PaymentReceived",
    "PaymentStarted",
    "Placed",
    "RefundFailed",
    "RefundIssued",
    "RefundRequested",
    "RefundTransferFailed",
    "RefundTransferPending",
    "RefundTransferStarted",
    "RefundTransferUnresolved",
    "RefundTransferred",
    "RefundedDataRestored",
]
