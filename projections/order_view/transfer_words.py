"""Where the money of a transfer or of an external refund stands, in a sentence for people."""

from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.stages import TransferStage
from domain.order.transfer_standing import TransferStanding, standing_of
from domain.order.values import TransferMethod
from projections.order_view.payback_words import RECORDED_ONLY, how_to_pay_back
from projections.order_view.provider_words import provider_name
from projections.order_view.waiting_words import waits_for

TO_ALLOCATE = "Say what it was for: allocate it."
TAKEN_OVER = "has taken it over and asks the customer by email for an account"


def transfer_says(  # noqa: PLR0911 - one case per standing
    refund: Refund, transfer: TransferState, provider: str, *, asks_customer: bool = False
) -> str:
    """Say whether the money is back, and if not, what happens or what a person must do."""
    match standing_of(refund, transfer):
        case TransferStanding.RETURNED:
            return _returned(transfer, provider, asks_customer=asks_customer)
        case TransferStanding.IN_FLIGHT:
            return in_flight_says(provider, transfer.stage)
        case TransferStanding.UNRESOLVED:
            return unresolved_says(provider, transfer.code, transfer.stage)
        case TransferStanding.OWED:
            return f"{_failure(transfer)}Owed. {how_to_pay_back(provider)}"
        case TransferStanding.WAITING:
            return f"{_failure(transfer)}It is owed once the rest of the refund is settled."
        case TransferStanding.RECORDED_ONLY:
            return RECORDED_ONLY
    return f"{_failure(transfer)}Not owed: the refund {_end_of(refund)}."


def in_flight_says(provider: str, stage: TransferStage) -> str:
    """Say how far a provider is."""
    if stage is TransferStage.PENDING:
        return f"{provider_name(provider)} has taken it and has not finished."
    if stage is TransferStage.STARTED:
        return f"{provider_name(provider)} is being asked."
    return f"{provider_name(provider)} is asked next."


def unresolved_says(provider: str, code: str, stage: TransferStage) -> str:
    """Say what to do about money that nobody can tell of, or that only waits."""
    if stage is TransferStage.STARTED:
        return f"{provider_name(provider)} is being asked again, after {code}."
    return waits_for(provider, code) or (
        f"Nobody knows whether the money is back ({code}). Look it up in "
        f"{provider_name(provider)}'s own service, then confirm what you saw."
    )


def external_says(external: ExternalRefund, provider: str) -> str:
    """Say what became of money that a provider returned by itself."""
    name = provider_name(provider)
    if external.is_failed:
        return f"{name} returned it by itself and took it back."
    if external.refund_id is None:
        return f"{name} returned it by itself. {TO_ALLOCATE}"
    return f"{name} returned it by itself; it counts as refund {external.refund_id}."


def _returned(transfer: TransferState, provider: str, *, asks_customer: bool) -> str:
    if transfer.confirmed_by:
        return f"Paid back by hand, as {transfer.confirmed_by} confirmed."
    if transfer.method is TransferMethod.ELSEWHERE:
        return "The money went back elsewhere."
    if asks_customer:
        return f"{provider_name(provider)} {TAKEN_OVER}."
    return "The money is back."


def _failure(transfer: TransferState) -> str:
    return f"It did not go back ({transfer.code}). " if transfer.is_failed and transfer.code else ""


def _end_of(refund: Refund) -> str:
    return "was restored" if refund.is_restored else "failed"
