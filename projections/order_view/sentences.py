"""What each fact says, in one English sentence. A test holds the table against the catalogue.

A sentence may use the fact's own fields, and in their stead `action` (the name of the one that it
is about), `offer` (its name), `total` and `refunded` (amounts), `words` (a person's or a
receiver's, if still readable), `cause` (why a run was asked for), `next` (what follows a failure),
`imported` (from the former system), `outcome` (of a chargeback), `late` (an outcome that no longer
counts), `lost` (an attempt before this one that told nothing), `why` (a run was called off) and
what `refund_sentences` adds. Times are told as lengths: a sentence knows no zone.
"""

from collections.abc import Mapping

from msgspec.structs import asdict

from domain.catalogue import name_of
from domain.durations import spoken
from domain.identifiers import ActionId, RefundId
from domain.money import Money
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionFailed,
    ActionOutcomeLate,
    ActionRequested,
    ActionStarted,
    DisputeClosed,
    OrderFact,
    OrderPlaced,
    OrderStarted,
)
from domain.order.parts import ActionState
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import DisputeOutcome, FreeText, Justification, RunCause
from domain.phrase import say
from projections.order_view.refund_sentences import refund_parts

SENTENCE_BY_NAME = {
    "OrderStarted": "Checkout opened: {offer}",
    "OrderPlaced": "Order {number} placed for {total}{imported}",
    "OrderRevised": "Order {number} changed before payment, now {total}",
    "OrderCompleted": "Order completed",
    "OrderMarkedCompleted": "Marked as completed by {by}",
    "NoteAdded": "Note by {by}{words}",
    "CustomerDataErased": "Customer's data erased by {by}",
    "PaymentStarted": "Payment of {amount} started ({provider} {method})",
    "PaymentReceived": "Payment of {amount} received ({provider} {method})",
    "PaymentFailed": "Payment failed ({provider} {method}): {code}{words}",
    "PaymentDisputed": "Chargeback of {amount} opened",
    "DisputeClosed": "Chargeback {outcome}",
    "ActionRequested": "{action}: run {run} requested ({cause})",
    "ActionStarted": "{action}: run {run}, attempt {attempt} started{lost}",
    "ActionSucceeded": "{action}: succeeded",
    "ActionFailed": "{action}: failed, {code}{words} ({next})",
    "ActionOutcomeLate": "{action}: outcome of run {run}, attempt {attempt} came late: {late}",
    "ActionReconfigured": "{action}: settings replaced by revision {revision}",
    "ActionAdded": "{action}: added to the order",
    "ActionCancelled": "{action}: run {run} called off, {why}",
    "RefundRequested": "{refund} of {refunded} requested by {by}{how}{words}",
    "RefundTransferStarted": "{refund}: {money} asked for, attempt {attempt}",
    "RefundTransferPending": "{refund}: {money} taken up, not finished",
    "RefundTransferred": "{refund}: {money}{returned}{seen}",
    "RefundTransferFailed": "{refund}: {money} is not back, {code}{seen}{words}",
    "RefundTransferUnresolved": "{refund}: {money} not known to be back, {code}",
    "RefundIssued": "{refund} counts in the order's data",
    "RefundFailed": "{refund} failed: nothing was returned{void}",
    "CreditNoteNumbered": "{refund}: credit note {prefix}{number} issued",
    "ExternalRefundObserved": "{money} was returned there by itself{matched}",
    "ExternalRefundAllocated": "{money}: allocated by {by} as {as_refund}",
    "ExternalRefundFailed": "{money}, returned by itself, was taken back: {code}",
    "RefundedDataRestored": "Refunded data restored by {by}: {restored}",
}

WORD_BY_CAUSE = {
    RunCause.PAYMENT: "payment",
    RunCause.RERUN: "rerun",
    RunCause.COMPLETE: "complete",
    RunCause.REFUND: "refund",
}
WORD_BY_OUTCOME = {DisputeOutcome.WON: "won", DisputeOutcome.LOST: "lost"}

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
    action_id = fact.action.action_id if isinstance(fact, ActionAdded) else _action_id(fact)
    action = after.actions_by_id.get(action_id)
    refund = after.refunds_by_id.get(getattr(fact, "refund_id", RefundId("")))
    values = asdict(fact) | {
        "action": action.name if action else action_id,
        "offer": fact.offer.name if isinstance(fact, OrderStarted) else "",
        "refunded": Money(refund.amount + refund.excess, after.currency) if refund else "",
        "total": Money(after.original_total, after.currency),
        "words": _words(fact),
        "cause": _cause(fact),
        "next": _next(fact),
        "imported": _imported(fact),
        "outcome": _outcome(fact),
        "late": _late(fact),
        "lost": _lost(fact, action),
        "why": _why(fact),
    }
    return say(SENTENCE_BY_NAME[name_of(fact)], **values | refund_parts(fact, after))


def _action_id(fact: OrderFact) -> ActionId:
    return getattr(fact, "action_id", ActionId(""))


def _words(fact: OrderFact) -> str:
    personal = getattr(fact, "personal", None)
    return say(": {text}", text=personal.text) if isinstance(personal, FreeText) else ""


def _cause(fact: OrderFact) -> str:
    return say(WORD_BY_CAUSE[fact.cause]) if isinstance(fact, ActionRequested) else ""


def _next(fact: OrderFact) -> str:
    if not isinstance(fact, ActionFailed):
        return ""
    if fact.retry_at is None:
        return say("left to a person")
    return say("tried again after {length}", length=spoken(fact.retry_at - fact.at))


def _imported(fact: OrderFact) -> str:
    is_imported = isinstance(fact, OrderPlaced) and fact.imported
    return say(", imported from the former system") if is_imported else ""


def _outcome(fact: OrderFact) -> str:
    return say(WORD_BY_OUTCOME[fact.outcome]) if isinstance(fact, DisputeClosed) else ""


def _late(fact: OrderFact) -> str:
    if not isinstance(fact, ActionOutcomeLate):
        return ""
    if fact.succeeded:
        return say("succeeded")
    excerpt = fact.personal.excerpt if fact.personal else ""
    words = say(": {text}", text=excerpt) if excerpt else ""
    return say("failed, {code}{words}", code=fact.code, words=words)


def _lost(fact: OrderFact, action: ActionState | None) -> str:
    """Tell of a takeover: the attempt before this one had no outcome when this one began."""
    if not isinstance(fact, ActionStarted) or fact.attempt == 1 or action is None:
        return ""
    before = fact.attempt - 1
    if (fact.run, before, False) in action.outcomes:
        return ""
    return say("; attempt {attempt} gave no outcome, its worker was lost", attempt=before)


def _why(fact: OrderFact) -> str:
    if not isinstance(fact, ActionCancelled):
        return ""
    return why_called_off(fact.reason, fact.justified_by)


def why_called_off(reason: str, justified_by: Justification | None) -> str:
    """Say why a run is not wanted any more; of a spared access, which order still gives it."""
    why = say(WHY_BY_REASON[reason]) if reason in WHY_BY_REASON else reason
    if justified_by is None:
        return why
    return say(
        "{why}: {action} of order {number}",
        why=why,
        action=justified_by.action,
        number=justified_by.number,
    )
