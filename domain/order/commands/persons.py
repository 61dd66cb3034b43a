"""What a person can wish of an order, by whichever door."""

from typing import TypeAlias

from domain.order.commands.actions import ConfirmManualRemoval, RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.refunds import AllocateExternalRefund, RequestRefund
from domain.order.commands.transfers import ConfirmManualRefund

PersonsWish: TypeAlias = (
    CompleteOrder
    | RerunAction
    | AddNote
    | ConfirmManualRemoval
    | RequestRefund
    | ConfirmManualRefund
    | AllocateExternalRefund
)
"""Each is shown dry first: what it would record, what would fire, and what is easily missed."""
