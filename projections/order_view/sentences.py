"""What each fact says, in one English sentence. A test holds the table against the catalogue.

A sentence may use `fact` (the fact itself), `action` (the name of the one that it is about),
`total` and `refunded` (amounts), `words` (a person's or a receiver's, if still readable), `next`
(what follows a failure), `imported` (from the former system), `late` (an outcome that no longer
counts), `lost` (an attempt before this one that told nothing), `why` (a run was called off) and
what `refund_sentences` adds. Times are told as lengths: a sentence knows no zone.
"""

from collections.abc import Mapping

from domain.catalogue import name_of
from domain.durations import spoken
from domain.identifiers import ActionId, RefundId
from domain.money import Money
from domain.order.events import (
    ActionCancelled,
    ActionFailed,
    ActionOutcomeLate,
    ActionStarted,
    OrderFact,
    OrderPlaced,
)
from domain.order.parts import ActionState
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import FreeText, Justification
from projections.order_view.refund_sentences import refund_parts

SENTENCE_BY_NAME = {
    "OrderStarted": "Checkout opened: {fact.offer.name}",
    "OrderPlaced": "Order {fact.number} placed for {total}{imported}",
    "OrderRevised": "Order {fact.number} changed before payment, now {total}",
    "OrderCompleted": "Order completed",
    "OrderMarkedCompleted": "Marked as completed by {fact.by}",
    "NoteAdded": "Note by {fact.by}{words}",
    "CustomerDataErased": "Customer's data erased by {fact.by}",
    "PaymentStarted": "Payment of {fact.amount} started ({fact.provider} {fact.method})",
    "PaymentReceived": "Payment of {fact.amount} received ({fact.provider} {fact.method})",
    "PaymentFailed": "Payment failed ({fact.provider} {fact.method}): {fact.code}{words}",
    "PaymentDisputed": "Chargeback of {fact.amount} opened",
    "DisputeClosed": "Chargeback {fact.outcome}",
    "ActionRequested": "{action}: run {fact.run} requested ({fact.cause})",
    "ActionStarted": "{action}: run {fact.run}, attempt {fact.attempt} started{lost}",
    "ActionSucceeded": "{action}: succeeded",
    "ActionFailed": "{action}: failed, {fact.code}{words} ({next})",
    "ActionOutcomeLate": "{action}: outcome of run {fact.run}, attempt {fact.attempt} came late: {late}",
    "ActionReconfigured": "{action}: settings replaced by revision {fact.revision}",
    "ActionAdded": "{fact.action.name}: added to the order",
    "ActionCancelled": "{action}: run {fact.run} called off, {why}",
    "RefundRequested": "{refund} of {refunded} requested by {fact.by}{how}{words}",
    "RefundTransferStarted": "{refund}: {money} asked for, attempt {fact.attempt}",
    "RefundTransferPending": "{refund}: {money} taken up, not finished",
    "RefundTransferred": "{refund}: {money}{returned}{seen}",
    "RefundTransferFailed": "{refund}: {money} is not back, {fact.code}{seen}{words}",
    "RefundTransferUnresolved": "{refund}: {money} not known to be back, {fact.code}",
    "RefundIssued": "{refund} counts in the order's data",
    "RefundFailed": "{refund} failed: nothing was returned{void}",
    "CreditNoteNumbered": "{refund}: credit note {fact.prefix}{fact.number} issued",
    "ExternalRefundObserved": "{money} was returned there by itself{matched}",
    "ExternalRefundAllocated": "{money}: allocated by {fact.by} as {as_refund}",
    "ExternalRefundFailed": "{money}, returned by itself, was taken back: {fact.code}",
    "RefundedDataRestored": "Refunded data restored by {fact.by}: {restored}",
}

WHY_BY_REASON: Mapping[str, str] = {
    CancelReason.COMPLETED_BY_HAND: "as the order was completed by hand",
    CancelReason.REFUNDED: "as what it gives access to is refunded",
    CancelReason.REFUND_FAILED: "as the refund failed",
    CancelReason.ACCESS_STILL_JUSTIFIED: "as another purchase still gives this access",
    CancelReason.DONE_BY_HAND: "as it was done by hand",
    CancelReason.GIVEN_ANEW: "as the access is given anew",
}
"""A reason of former times reads as its code: ask `why_called_off`."""


def sentence_of(fact: OrderFact, after: Order) -> str:
    """Say a fact in words, given the order as it stands after it."""
    action = after.actions_by_id.get(getattr(fact, "action_id", ActionId("")))
    refund = after.refunds_by_id.get(getattr(fact, "refund_id", RefundId("")))
    return SENTENCE_BY_NAME[name_of(fact)].format(
        fact=fact,
        action=action.name if action else getattr(fact, "action_id", ""),
        refunded=Money(refund.amount + refund.excess, after.currency) if refund else "",
        total=Money(after.original_total, after.currency),
        words=_words(fact),
        next=_next(fact),
        imported=_imported(fact),
        late=_late(fact),
        lost=_lost(fact, action),
        why=_why(fact),
        **refund_parts(fact, after),
    )


def _words(fact: OrderFact) -> str:
    personal = getattr(fact, "personal", None)
    return f": {personal.text}" if isinstance(personal, FreeText) else ""


def _next(fact: OrderFact) -> str:
    if not isinstance(fact, ActionFailed):
        return ""
    if fact.retry_at is None:
        return "left to a person"
    return f"tried again after {spoken(fact.retry_at - fact.at)}"


def _imported(fact: OrderFact) -> str:
    is_imported = isinstance(fact, OrderPlaced) and fact.imported
    return ", imported from the former system" if is_imported else ""


def _late(fact: OrderFact) -> str:
    if not isinstance(fact, ActionOutcomeLate):
        return ""
    if fact.succeeded:
        return "succeeded"
    words = f": {fact.personal.excerpt}" if fact.personal and fact.personal.excerpt else ""
    return f"failed, {fact.code}{words}"


def _lost(fact: OrderFact, action: ActionState | None) -> str:
    """Tell of a takeover: the attempt before this one had no outcome when this one began."""
    if not isinstance(fact, ActionStarted) or fact.attempt == 1 or action is None:
        return ""
    before = fact.attempt - 1
    if (fact.run, before, False) in action.outcomes:
        return ""
    return f"; attempt {before} gave no outcome, its worker was lost"


def _why(fact: OrderFact) -> str:
    if not isinstance(fact, ActionCancelled):
        return ""
    return why_called_off(fact.reason, fact.justified_by)


def why_called_off(reason: str, justified_by: Justification | None) -> str:
    """Say why a run is not wanted any more; of a spared access, which order still gives it."""
    why = WHY_BY_REASON.get(reason, reason)
    if justified_by is None:
        return why
    return f"{why}: {justified_by.action} of order {justified_by.number}"
