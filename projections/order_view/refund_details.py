"""The refunds of an order and the transfers of their money, as people look at them."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from domain.identifiers import LineId, PaymentId
from domain.money import Money
from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.stages import RefundStage, TransferStage
from domain.order.state import Order
from domain.order.transfer_standing import TransferStanding, asks_customer, standing_of
from domain.order.values import TransferMethod
from projections.order_view.credit_note_words import void_says
from projections.order_view.transfer_words import external_says, transfer_says


class RefundLineDetails(Struct, frozen=True, kw_only=True):
    """What a refund gives back for one line."""

    line_id: str
    product: str
    amount: Money
    vat: Money
    remove_access: bool


class TransferDetails(Struct, frozen=True, kw_only=True):
    """Money on its way back to one payment."""

    transfer_id: str
    payment_id: str
    provider: str
    method: TransferMethod
    amount: Money
    status: TransferStage
    standing: TransferStanding
    says: str
    reference: str
    code: str
    message: str
    confirmed_by: str


class CreditNoteDetails(Struct, frozen=True, kw_only=True):
    """The document that tells the customer of a refund."""

    number: str
    """As the shop writes it, its prefix included."""
    issued_at: datetime
    void: str
    """Why it no longer counts, and how its customer is told; "" while it does."""


class RefundDetails(Struct, frozen=True, kw_only=True):
    """A refund and how far it got."""

    refund_id: str
    status: RefundStage
    is_in_force: bool
    """It counts in the order's data: issued, and neither restored nor failed."""
    is_restored: bool
    amount: Money
    excess: Money
    """Money above the order's total that it gives back besides."""
    returned: Money
    in_flight: Money
    unresolved: Money
    """Nobody knows whether it is back."""
    owed: Money
    """What a person must still pay back by hand."""
    waiting: Money
    """What is owed once the rest of the refund is settled."""
    recorded_only: Money
    """Refunded in the order's data without any money, also where there was none to return."""
    at: datetime
    by: str
    reason: str
    lines: tuple[RefundLineDetails, ...]
    transfers: tuple[TransferDetails, ...]
    remove_offer_access: bool
    tell_customer: bool
    """The ledger confirms it to the customer."""
    credit_note: CreditNoteDetails | None
    """None until its confirmation is first sent."""


class ExternalRefundDetails(Struct, frozen=True, kw_only=True):
    """Money that a provider returned by itself."""

    external_refund_id: str
    payment_id: str
    amount: Money
    observed_at: datetime
    refund_id: str | None
    is_unallocated: bool
    is_failed: bool
    says: str


def refund_details(
    refund: Refund, order: Order, product_by_line: Mapping[LineId, str]
) -> RefundDetails:
    """Show a refund."""
    by_standing = _by_standing(refund)

    def standing(which: TransferStanding) -> Money:
        return Money(by_standing.get(which, 0), order.currency)

    return RefundDetails(
        refund_id=refund.refund_id,
        status=refund.stage,
        is_in_force=refund.is_in_force,
        is_restored=refund.is_restored,
        amount=Money(refund.amount, order.currency),
        excess=Money(refund.excess, order.currency),
        returned=standing(TransferStanding.RETURNED),
        in_flight=standing(TransferStanding.IN_FLIGHT),
        unresolved=standing(TransferStanding.UNRESOLVED),
        owed=standing(TransferStanding.OWED),
        waiting=standing(TransferStanding.WAITING),
        recorded_only=standing(TransferStanding.RECORDED_ONLY),
        at=refund.at,
        by=refund.by,
        reason=refund.reason,
        lines=tuple(
            RefundLineDetails(
                line_id=line.line_id,
                product=product_by_line.get(line.line_id, ""),
                amount=Money(line.amount, order.currency),
                vat=Money(line.vat, order.currency),
                remove_access=line.line_id in refund.remove_access,
            )
            for line in refund.lines
        ),
        transfers=tuple(_transfer(refund, transfer, order) for transfer in refund.transfers),
        remove_offer_access=refund.remove_offer_access,
        tell_customer=refund.tells_customer,
        credit_note=_credit_note(refund, order),
    )


def external_refund_details(external: ExternalRefund, order: Order) -> ExternalRefundDetails:
    """Show a refund that a provider made by itself."""
    return ExternalRefundDetails(
        external_refund_id=external.external_refund_id,
        payment_id=external.payment_id,
        amount=external.amount,
        observed_at=external.observed_recorded_at,
        refund_id=external.refund_id,
        is_unallocated=external.is_unallocated,
        is_failed=external.is_failed,
        says=external_says(external, _provider_of(external.payment_id, order)),
    )


def _credit_note(refund: Refund, order: Order) -> CreditNoteDetails | None:
    note = refund.credit_note
    if note is None:
        return None
    return CreditNoteDetails(
        number=note.shown_number, issued_at=note.issued_at, void=void_says(refund, order)
    )


def _by_standing(refund: Refund) -> dict[TransferStanding, int]:
    amounts: dict[TransferStanding, int] = {}
    for transfer in refund.transfers:
        standing = standing_of(refund, transfer)
        amounts[standing] = amounts.get(standing, 0) + transfer.amount.amount
    if refund.is_in_force:
        uncovered = max(0, refund.amount - sum(amounts.values()))
        recorded_only = amounts.get(TransferStanding.RECORDED_ONLY, 0)
        amounts[TransferStanding.RECORDED_ONLY] = recorded_only + uncovered
    return amounts


def _transfer(refund: Refund, transfer: TransferState, order: Order) -> TransferDetails:
    provider = _provider_of(transfer.payment_id, order)
    return TransferDetails(
        transfer_id=transfer.transfer_id,
        payment_id=transfer.payment_id,
        provider=provider,
        method=transfer.method,
        amount=transfer.amount,
        status=transfer.stage,
        standing=standing_of(refund, transfer),
        says=transfer_says(
            refund, transfer, provider, asks_customer=asks_customer(order, transfer)
        ),
        reference=transfer.reference,
        code=transfer.code,
        message=transfer.message,
        confirmed_by=transfer.confirmed_by,
    )


def _provider_of(payment_id: PaymentId, order: Order) -> str:
    payment = order.payments_by_id.get(payment_id)
    return payment.provider if payment else ""
