"""The row of an order that has money open: owed, under way, unknown, or not accounted for.

The rule to know: a row goes when nothing of its order is open; what is done stands in the order.
Nothing personal is in here.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.stages import TransferStage
from domain.order.state import Order
from domain.order.transfer_standing import TransferStanding, standing_of
from projections.row_model import ModelRow, RowModel


class OpenKind(StrEnum):
    """Why money is open."""

    OWED = "owed"
    """A person must pay it back by hand."""
    IN_FLIGHT = "in_flight"
    """A provider has it, or is asked next."""
    UNRESOLVED = "unresolved"
    """Nobody knows whether it is back."""
    UNALLOCATED = "unallocated"
    """A provider returned it by itself, and nobody has said what for."""


class OpenItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sum of money that is open."""

    kind: OpenKind
    since: datetime
    payment_id: str
    provider: str
    payment_method: str
    transaction_id: str
    """The provider's own id of the payment, to find it there."""
    amount: int
    refund_id: str = ""
    transfer_id: str = ""
    stage: TransferStage | None = None
    code: str = ""
    external_refund_id: str = ""


class OpenRefundsRow(ModelRow, frozen=True, kw_only=True):
    """One order that has money open."""

    number: str
    currency: str
    since: datetime
    """The oldest of the three below."""
    owed_since: datetime | None
    open_since: datetime | None
    """Of what is in flight or unresolved."""
    unallocated_since: datetime | None
    items: tuple[OpenItem, ...]


TRIGGERS = frozenset(
    {
        "RefundRequested",
        "RefundTransferStarted",
        "RefundTransferPending",
        "RefundTransferred",
        "RefundTransferFailed",
        "RefundTransferUnresolved",
        "RefundIssued",
        "RefundFailed",
        "ExternalRefundObserved",
        "ExternalRefundAllocated",
        "ExternalRefundFailed",
        "RefundedDataRestored",
    }
)
"""All facts of refunds. The payments that they are about were received before, and stay."""
KIND_BY_STANDING = {
    TransferStanding.OWED: OpenKind.OWED,
    TransferStanding.IN_FLIGHT: OpenKind.IN_FLIGHT,
    TransferStanding.UNRESOLVED: OpenKind.UNRESOLVED,
}


def row(order: Order, version: int, position: int) -> OpenRefundsRow | None:
    """List the money of the order that is open; None if nothing is."""
    items = (*_transfers(order), *_external_refunds(order))
    if not items:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return OpenRefundsRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        number=order.number,
        currency=order.currency,
        since=min(item.since for item in items),
        owed_since=_since(items, OpenKind.OWED),
        open_since=_since(items, OpenKind.IN_FLIGHT, OpenKind.UNRESOLVED),
        unallocated_since=_since(items, OpenKind.UNALLOCATED),
        items=items,
    )


def _since(items: tuple[OpenItem, ...], *kinds: OpenKind) -> datetime | None:
    return min((item.since for item in items if item.kind in kinds), default=None)


def _transfers(order: Order) -> Iterator[OpenItem]:
    for refund, transfer in order.transfers:
        kind = KIND_BY_STANDING.get(standing_of(refund, transfer))
        if kind is not None:
            yield _of_transfer(order, refund, transfer, kind)


def _of_transfer(order: Order, refund: Refund, transfer: TransferState, kind: OpenKind) -> OpenItem:
    payment = order.payments_by_id[transfer.payment_id]
    return OpenItem(
        kind=kind,
        since=transfer.changed_recorded_at or refund.at,
        payment_id=transfer.payment_id,
        provider=payment.provider,
        payment_method=payment.method,
        transaction_id=payment.transaction_id,
        amount=transfer.amount.amount,
        refund_id=refund.refund_id,
        transfer_id=transfer.transfer_id,
        stage=transfer.stage,
        code=transfer.code,
    )


def _external_refunds(order: Order) -> Iterator[OpenItem]:
    for external in order.external_refunds:
        if external.is_unallocated:
            yield _of_external(order, external)


def _of_external(order: Order, external: ExternalRefund) -> OpenItem:
    payment = order.payments_by_id[external.payment_id]
    return OpenItem(
        kind=OpenKind.UNALLOCATED,
        since=external.observed_recorded_at,
        payment_id=external.payment_id,
        provider=payment.provider,
        payment_method=payment.method,
        transaction_id=payment.transaction_id,
        amount=external.amount.amount,
        external_refund_id=external.external_refund_id,
    )


OPEN_REFUNDS = RowModel(
    name="open_refunds",
    table="read_models.open_refunds_v1",
    row_type=OpenRefundsRow,
    row=row,
    triggers=TRIGGERS,
)
