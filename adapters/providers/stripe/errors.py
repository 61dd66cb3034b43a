"""What an error of Stripe's means for a transfer: refused for good, or not known.

The rule to know: only what came before Stripe's idempotency layer was certainly not asked: no
connection, a refused credential (401, 403) and a rate limit (429). An `idempotency_error` is ours
to look into, for the key did reach Stripe. Sources: https://docs.stripe.com/error-low-level,
https://docs.stripe.com/api/idempotent_requests and https://docs.stripe.com/error-codes
"""

from http import HTTPStatus

import stripe

from adapters.outbound_http.answers import excerpt_of
from adapters.providers.stripe.reading import code_of
from adapters.providers.stripe.transport import TRIES, Unreached
from processors.refund_provider import NotKnown, Refused

STRIPES_NO = (stripe.InvalidRequestError, stripe.CardError)
"""400, 402 and 404 in Stripe's own words; those of somebody on the way say nothing."""
CREDENTIALS_REFUSED = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
LOCK_TIMEOUT = "lock_timeout"
"""Also a 429, but of a request that had begun."""
RETURNED_BEFORE = frozenset(("charge_already_refunded", "amount_too_large"))


def meaning_of(error: stripe.StripeError, secret: str) -> Refused | NotKnown:
    """Say what a failed call leaves of a transfer; nothing of it holds the secret."""
    if isinstance(error, Unreached):
        was_asked = error.trouble.was_sent or error.tries > 1
        return NotKnown(code=error.trouble.code, was_asked=was_asked)
    status = error.http_status or 0
    was_repeated = (error.headers or {}).get(TRIES, "1") != "1"
    if status in CREDENTIALS_REFUSED:
        return NotKnown(code="credentials_refused", was_asked=was_repeated)
    if status == HTTPStatus.TOO_MANY_REQUESTS or isinstance(error, stripe.RateLimitError):
        has_begun = _code(error) == LOCK_TIMEOUT
        return NotKnown(code=f"http_{status}", was_asked=was_repeated or has_begun)
    if isinstance(error, stripe.IdempotencyError):
        return NotKnown(code="idempotency_error")
    if isinstance(error, STRIPES_NO):
        words = excerpt_of((error.user_message or "").encode(), [secret])
        code = excerpt_of(_code(error).encode(), [secret])
        return Refused(code=code_of(code, f"http_{status}"), message=words)
    is_answer = status >= HTTPStatus.BAD_REQUEST
    return NotKnown(code=f"http_{status}" if is_answer else "answer_unreadable")


def may_be_returned(error: stripe.StripeError) -> bool:
    """Say whether it was refused because money went back already, which may have been ours."""
    return _code(error) in RETURNED_BEFORE or getattr(error, "param", None) == "amount"


def _code(error: stripe.StripeError) -> str:
    return error.code or (error.error.code if error.error else None) or ""
