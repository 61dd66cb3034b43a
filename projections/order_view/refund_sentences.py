"""The parts of sentences that facts of refunds need: which money, how it goes, who saw it."""

from domain.identifiers import ExternalRefundId, PaymentId, RefundId, TransferId
from domain.order.events import (
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundRequested,
    RefundTransferred,
)
from domain.order.state import Order
from domain.order.transfer_standing import asks_customer
from domain.order.values import Transfer, TransferMethod
from domain.phrase import joined, say
from projections.order_view.credit_note_words import void_says
from projections.order_view.provider_words import provider_name

NEW_REFUND = RefundId("new")
"""How a dry run without a key names the refund that it does not make."""
WAY_BY_METHOD = {
    TransferMethod.PROVIDER: "through {provider}",
    TransferMethod.MANUAL: "by hand at {provider}",
    TransferMethod.NONE: "recorded only",
    TransferMethod.ELSEWHERE: "made elsewhere",
}


def refund_parts(fact: OrderFact, after: Order) -> dict[str, object]:
    """Fill in what a sentence about a refund uses; empty where the fact is about something else."""
    refund_id = getattr(fact, "refund_id", NEW_REFUND)
    is_named = refund_id != NEW_REFUND
    return {
        "refund": say("Refund {id}", id=refund_id) if is_named else say("Refund"),
        "as_refund": say("refund {id}", id=refund_id) if is_named else say("a new refund"),
        "how": _how(fact, after),
        "money": _money(fact, after),
        "returned": _returned(fact, after),
        "seen": _seen(fact),
        "matched": _matched(fact),
        "void": _void(fact, after),
        "restored": _restored(fact),
    }


def _how(fact: OrderFact, after: Order) -> str:
    if not isinstance(fact, RefundRequested) or not fact.transfers:
        return ""
    ways = [_way(transfer, after) for transfer in fact.transfers]
    if len(ways) == 1:
        return say(" ({ways})", ways=ways[0])
    parts = (
        say("{amount} {way}", amount=one.amount, way=way)
        for one, way in zip(fact.transfers, ways, strict=True)
    )
    return say(" ({ways})", ways=joined(", ", parts))


def _way(transfer: Transfer, after: Order) -> str:
    provider = _provider(transfer.payment_id, after)
    return say(WAY_BY_METHOD[transfer.method], provider=provider)


def _money(fact: OrderFact, after: Order) -> str:
    """Name an amount and the payment that it goes back to."""
    transfer = after.transfer(
        getattr(fact, "refund_id", RefundId("")), getattr(fact, "transfer_id", TransferId(""))
    )
    external_id = getattr(fact, "external_refund_id", ExternalRefundId(""))
    found = transfer or after.external_refunds_by_id.get(external_id)
    if found is None:
        return ""
    return say(
        "{amount} of {provider} payment {payment}",
        amount=found.amount,
        provider=_provider(found.payment_id, after),
        payment=found.payment_id,
    )


def _provider(payment_id: PaymentId, after: Order) -> str:
    payment = after.payments_by_id.get(payment_id)
    return provider_name(payment.provider if payment else "")


def _returned(fact: OrderFact, after: Order) -> str:
    """Say that a transfer's money is back, or that its provider asks the customer where it goes."""
    if not isinstance(fact, RefundTransferred):
        return ""
    transfer = after.transfer(fact.refund_id, fact.transfer_id)
    if transfer is None or not asks_customer(after, transfer):
        return say(" is back")
    return say(
        ": {provider} has taken it over and asks the customer by email for an account",
        provider=_provider(transfer.payment_id, after),
    )


def _void(fact: OrderFact, after: Order) -> str:
    """Say of a credit note that was issued before its refund failed that it no longer counts."""
    refund = after.refunds_by_id[fact.refund_id] if isinstance(fact, RefundFailed) else None
    if refund is None or refund.credit_note is None:
        return ""
    return say(
        ". Credit note {number}: {void}",
        number=refund.credit_note.shown_number,
        void=void_says(refund, after),
    )


def _seen(fact: OrderFact) -> str:
    by = getattr(fact, "confirmed_by", "")
    return say(", as {by} confirmed", by=by) if by else ""


def _matched(fact: OrderFact) -> str:
    if not isinstance(fact, ExternalRefundObserved) or fact.matched_refund is None:
        return ""
    return say("; it settles refund {refund}", refund=fact.matched_refund)


def _restored(fact: OrderFact) -> str:
    if not isinstance(fact, RefundedDataRestored):
        return ""
    if len(fact.refund_ids) == 1:
        return say("refund {id} no longer counted", id=fact.refund_ids[0])
    return say("refunds {ids} no longer counted", ids=", ".join(fact.refund_ids))
