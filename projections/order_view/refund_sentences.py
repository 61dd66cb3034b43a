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
from projections.order_view.credit_note_words import void_says
from projections.order_view.provider_words import provider_name
from projections.order_view.transfer_words import TAKEN_OVER

NEW_REFUND = RefundId("new")
"""How a dry run without a key names the refund that it does not make."""
HOW_BY_METHOD = {
    TransferMethod.PROVIDER: "through {provider}",
    TransferMethod.MANUAL: "by hand at {provider}",
    TransferMethod.NONE: "recorded only",
    TransferMethod.ELSEWHERE: "made elsewhere",
}


def refund_parts(fact: OrderFact, after: Order) -> dict[str, str]:
    """Fill in what a sentence about a refund uses; empty where the fact is about something else."""
    refund_id = getattr(fact, "refund_id", NEW_REFUND)
    is_named = refund_id != NEW_REFUND
    return {
        "refund": f"Refund {refund_id}" if is_named else "Refund",
        "as_refund": f"refund {refund_id}" if is_named else "a new refund",
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
        return f" ({ways[0]})"
    parts = [f"{one.amount} {way}" for one, way in zip(fact.transfers, ways, strict=True)]
    return f" ({', '.join(parts)})"


def _way(transfer: Transfer, after: Order) -> str:
    provider = _provider(transfer.payment_id, after)
    return HOW_BY_METHOD[transfer.method].format(provider=provider)


def _money(fact: OrderFact, after: Order) -> str:
    """Name an amount and the payment that it goes back to."""
    transfer = after.transfer(
        getattr(fact, "refund_id", RefundId("")), getattr(fact, "transfer_id", TransferId(""))
    )
    external_id = getattr(fact, "external_refund_id", ExternalRefundId(""))
    found = transfer or after.external_refunds_by_id.get(external_id)
    if found is None:
        return ""
    return f"{found.amount} of {_provider(found.payment_id, after)} payment {found.payment_id}"


def _provider(payment_id: PaymentId, after: Order) -> str:
    payment = after.payments_by_id.get(payment_id)
    return provider_name(payment.provider if payment else "")


def _returned(fact: OrderFact, after: Order) -> str:
    """Say that a transfer's money is back, or that its provider asks the customer where it goes."""
    if not isinstance(fact, RefundTransferred):
        return ""
    transfer = after.transfer(fact.refund_id, fact.transfer_id)
    if transfer is None or not asks_customer(after, transfer):
        return " is back"
    return f": {_provider(transfer.payment_id, after)} {TAKEN_OVER}"


def _void(fact: OrderFact, after: Order) -> str:
    """Say of a credit note that was issued before its refund failed that it no longer counts."""
    refund = after.refunds_by_id[fact.refund_id] if isinstance(fact, RefundFailed) else None
    if refund is None or refund.credit_note is None:
        return ""
    return f". Credit note {refund.credit_note.shown_number}: {void_says(refund, after)}"


def _seen(fact: OrderFact) -> str:
    by = getattr(fact, "confirmed_by", "")
    return f", as {by} confirmed" if by else ""


def _matched(fact: OrderFact) -> str:
    if not isinstance(fact, ExternalRefundObserved) or fact.matched_refund is None:
        return ""
    return f"; it settles refund {fact.matched_refund}"


def _restored(fact: OrderFact) -> str:
    if not isinstance(fact, RefundedDataRestored):
        return ""
    one_or_more = "refund" if len(fact.refund_ids) == 1 else "refunds"
    return f"{one_or_more} {', '.join(fact.refund_ids)} no longer counted"
