"""Where the money of a transfer or of an external refund stands, in a sentence for people."""

from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.stages import TransferStage
from domain.order.transfer_standing import TransferStanding, standing_of
from domain.order.values import TransferMethod
from domain.phrase import say
from projections.order_view.payback_words import RECORDED_ONLY, how_to_pay_back
from projections.order_view.provider_words import provider_name
from projections.order_view.waiting_words import waits_for

TO_ALLOCATE = say("Say what it was for: allocate it.")


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
            return say(
                "{failure}Owed. {how}", failure=_failure(transfer), how=how_to_pay_back(provider)
            )
        case TransferStanding.WAITING:
            return say(
                "{failure}It is owed once the rest of the refund is settled.",
                failure=_failure(transfer),
            )
        case TransferStanding.RECORDED_ONLY:
            return RECORDED_ONLY
    if refund.is_restored:
        return say("{failure}Not owed: the refund was restored.", failure=_failure(transfer))
    return say("{failure}Not owed: the refund failed.", failure=_failure(transfer))


def in_flight_says(provider: str, stage: TransferStage) -> str:
    """Say how far a provider is."""
    name = provider_name(provider)
    if stage is TransferStage.PENDING:
        return say("{provider} has taken it and has not finished.", provider=name)
    if stage is TransferStage.STARTED:
        return say("{provider} is being asked.", provider=name)
    return say("{provider} is asked next.", provider=name)


def unresolved_says(provider: str, code: str, stage: TransferStage) -> str:
    """Say what to do about money that nobody can tell of, or that only waits."""
    if stage is TransferStage.STARTED:
        return say(
            "{provider} is being asked again, after {code}.",
            provider=provider_name(provider),
            code=code,
        )
    return waits_for(provider, code) or say(
        "Nobody knows whether the money is back ({code}). Look it up in {provider}'s own service, "
        "then confirm what you saw.",
        code=code,
        provider=provider_name(provider),
    )


def external_says(external: ExternalRefund, provider: str) -> str:
    """Say what became of money that a provider returned by itself."""
    name = provider_name(provider)
    if external.is_failed:
        return say("{provider} returned it by itself and took it back.", provider=name)
    if external.refund_id is None:
        return say("{provider} returned it by itself. {to_do}", provider=name, to_do=TO_ALLOCATE)
    return say(
        "{provider} returned it by itself; it counts as refund {refund}.",
        provider=name,
        refund=external.refund_id,
    )


def _returned(transfer: TransferState, provider: str, *, asks_customer: bool) -> str:
    if transfer.confirmed_by:
        return say("Paid back by hand, as {by} confirmed.", by=transfer.confirmed_by)
    if transfer.method is TransferMethod.ELSEWHERE:
        return say("The money went back elsewhere.")
    if asks_customer:
        return say(
            "{provider} has taken it over and asks the customer by email for an account.",
            provider=provider_name(provider),
        )
    return say("The money is back.")


def _failure(transfer: TransferState) -> str:
    if not transfer.is_failed or not transfer.code:
        return ""
    return say("It did not go back ({code}). ", code=transfer.code)
