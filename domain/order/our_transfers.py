"""Whether a refund that a provider tells of is one of ours.

The rule to know: it is ours if it is the one that a transfer has as its reference, or if it names
a transfer that has no other, on the payment of that transfer. A second refund that names the same transfer is money that left
twice, and not that transfer.
"""

from msgspec import Struct

from domain.identifiers import ExternalRefundId, TransferId
from domain.money import Money
from domain.order.parts import Refund, TransferState
from domain.order.state import Order


class Named(Struct, frozen=True):
    """What a refund says of itself: the transfer of this order that asked for it."""

    transfer_id: TransferId
    amount: Money
    transaction_ids: tuple[str, ...] = ()
    """Those of the payment that it is of; none where the provider does not say."""


def our_transfer(
    reference: ExternalRefundId, named: Named | None, order: Order
) -> tuple[Refund, TransferState] | None:
    """Find the transfer that a provider's refund is, with its refund; also one that failed.

    `reference` is the provider's id of it; empty where it gave none.
    """
    every = order.transfers
    by_reference = (one for one in every if reference == one[1].reference != "")
    by_name = (one for one in every if named and _is_named(named, reference, one[1], order))
    return next(by_reference, None) or next(by_name, None)


def _is_named(
    named: Named, reference: ExternalRefundId, transfer: TransferState, order: Order
) -> bool:
    is_of_this = (named.transfer_id, named.amount) == (transfer.transfer_id, transfer.amount)
    is_other = (reference and transfer.reference) or _is_of_another_payment(named, transfer, order)
    return is_of_this and not is_other


def _is_of_another_payment(named: Named, transfer: TransferState, order: Order) -> bool:
    transaction_id = order.payments_by_id[transfer.payment_id].transaction_id
    is_known = transaction_id != "" and named.transaction_ids != ()
    return is_known and transaction_id not in named.transaction_ids
