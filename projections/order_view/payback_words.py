"""How money goes back to a payment, in a sentence: by itself, or by what a person must do.

The rule to know: whoever reads it must never believe that money moves when it does not.
"""

from domain.money import Money
from domain.order.parts import Payment
from domain.order.providers import Obstacle, capability_of, goes_by_email, step_of
from domain.order.values import TransferMethod
from domain.phrase import say
from projections.order_view.provider_words import provider_name

RECORDED_ONLY = say("No money is returned: it is recorded in the order's data only.")

WHY_BY_OBSTACLE = {
    Obstacle.NO_INTERFACE: "the ledger has no way to ask {provider}",
    Obstacle.WHOLE_ONLY: "{provider} returns whole payments only",
    Obstacle.ONCE_ONLY: "{provider} returns from this payment only once",
    Obstacle.CURRENCY: "{provider} returns no {currency}",
    Obstacle.STEP: "{provider} pays back {currency} in steps of {step}",
    Obstacle.TOO_OLD: "the payment is too old for {provider}",
    Obstacle.CUSTOMER_UNKNOWN: "{provider} would write to the customer, whose data was erased",
    Obstacle.NOT_CONFIGURED: "the shop has not set {provider}'s credentials",
    Obstacle.BY_HAND: "{provider} is not asked, as you wish",
}


def how_to_pay_back(provider: str) -> str:
    """Say what a person does about money that is owed."""
    if capability_of(provider, "") is None:
        return say("Pay it back the way it was paid, then confirm it.")
    return say(
        "Pay it back in {provider}'s own service, then confirm it.",
        provider=provider_name(provider),
    )


def payback_says(
    method: TransferMethod, payment: Payment, amount: Money, obstacle: Obstacle | None
) -> str:
    """Say how a part of a payment is to go back; `obstacle` is why a person must do it."""
    if method is TransferMethod.PROVIDER:
        return _by_itself(payment)
    if method is TransferMethod.NONE:
        return RECORDED_ONLY
    why = say(
        WHY_BY_OBSTACLE[obstacle or Obstacle.NOT_CONFIGURED],
        provider=provider_name(payment.provider),
        currency=amount.currency,
        step=Money(step_of(payment.provider, payment.sub_method, amount.currency), amount.currency),
    )
    return say(
        "No money moves by itself: {why}. {how}", why=why, how=how_to_pay_back(payment.provider)
    )


def went_back_says(provider: str, reference: str) -> str:
    """Say that a provider had returned by itself what a person now records."""
    return say(
        "▲ Went back already: {provider} returned it by itself as {reference}, and it is counted "
        "once.",
        provider=provider_name(provider),
        reference=reference,
    )


def _by_itself(payment: Payment) -> str:
    name = provider_name(payment.provider)
    if goes_by_email(payment):
        return say(
            "Goes back by itself: {provider} asks the customer by email for an account.",
            provider=name,
        )
    return say("Goes back by itself, through {provider}.", provider=name)
