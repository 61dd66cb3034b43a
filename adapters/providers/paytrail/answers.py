"""What Paytrail's answers say about the money of a transfer.

Source: docs.paytrail.com, "Refund", "Statuses" and "HTTP response summary". The rule to know: `ok`
is the end also of a refund by email, although the customer has still to name an account: Paytrail
has taken it over by then and tells nothing later.
"""

import msgspec
from msgspec import Struct

from adapters.outbound_http import HttpAnswer
from adapters.outbound_http.answers import excerpt_of
from processors.refund_provider import InProgress, NotKnown, Refused, Returned, Standing

CODES_BY_STATUS = {
    400: "refund_refused",
    404: "payment_not_found",
    422: "refund_not_supported",
}
FAILED = Refused(code="refund_failed", message="Paytrail tried, and the refund failed.")
TAKEN = frozenset({"new", "pending", "delayed"})


class _Transaction(Struct, rename="camel"):
    """As much as matters of a refund's answer, and of a transaction that was asked for."""

    status: str
    transaction_id: str = ""


class _Error(Struct):
    message: str = ""
    meta: list[str] = []


def standing_of(answer: HttpAnswer) -> Standing:
    """Read the answer to a refund that was asked for."""
    if not answer.is_success:
        code = CODES_BY_STATUS.get(answer.status, f"http_{answer.status}")
        return Refused(code=code, message=_words(answer))
    transaction = _transaction(answer)
    if transaction is None:
        return NotKnown(code="answer_unreadable")
    return standing_by(transaction.status, transaction.transaction_id)


def looked_up(answer: HttpAnswer, reference: str) -> Standing:
    """Read the answer to a look at a refund's own transaction."""
    if not answer.is_success:
        return NotKnown(code=f"http_{answer.status}")
    transaction = _transaction(answer)
    if transaction is None or transaction.transaction_id != reference:
        return NotKnown(code="answer_unreadable")
    return standing_by(transaction.status, reference)


def standing_by(status: str, reference: str) -> Standing:
    """Read one of Paytrail's statuses, of a refund."""
    if status == "ok":
        return Returned(reference=reference)
    if status == "fail":
        return FAILED
    if status in TAKEN and reference:
        return InProgress(reference=reference)
    return NotKnown(code="answer_without_id" if status in TAKEN else "status_unknown")


def _transaction(answer: HttpAnswer) -> _Transaction | None:
    try:
        return msgspec.json.decode(answer.body, type=_Transaction)
    except msgspec.DecodeError:
        return None


def _words(answer: HttpAnswer) -> str:
    """Give Paytrail's own words: a sentence, and details if there are any."""
    try:
        error = msgspec.json.decode(answer.body, type=_Error)
    except msgspec.DecodeError:
        return answer.excerpt
    return excerpt_of(": ".join(filter(None, (error.message, *error.meta))).encode(), ())
