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

NEVER_SENT = frozenset(
    (
        "address_refused",
        "connection_refused",
        "dns_failed",
        "request_refused",
        "tls_failed",
        "url_refused",
    )
)
PERMANENT = frozenset((HTTPStatus.BAD_REQUEST, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.NOT_FOUND))
CREDENTIALS_REFUSED = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
LOCK_TIMEOUT = "lock_timeout"
"""Also a 429, but of a request that had begun."""
RETURNED_BEFORE = frozenset(("charge_already_refunded", "amount_too_large"))


def meaning_of(error: stripe.StripeError, secret: str) -> Refused | NotKnown:
    """Say what a failed call leaves of a transfer; nothing of it holds the secret."""
    if isinstance(error, Unreached):
        never_sent = error.trouble.code in NEVER_SENT and error.tries == 1
        return NotKnown(code=error.trouble.code, was_asked=not never_sent)
    status = error.http_status or 0
    was_repeated = (error.headers or {}).get(TRIES, "1") != "1"
    if status in CREDENTIALS_REFUSED:
        return NotKnown(code="credentials_refused", was_asked=was_repeated)
    if isinstance(error, stripe.RateLimitError):
        has_begun = _code(error) == LOCK_TIMEOUT
        return NotKnown(code=f"http_{status}", was_asked=was_repeated or has_begun)
    if isinstance(error, stripe.IdempotencyError):
        return NotKnown(code="idempotency_error")
    if status in PERMANENT:
        return Refused(code=_code(error, f"http_{status}"), message=_words(error, secret))
    is_answer = status >= HTTPStatus.BAD_REQUEST
    return NotKnown(code=f"http_{status}" if is_answer else "answer_unreadable")


def may_be_returned(error: stripe.StripeError) -> bool:
    """Say whether it was refused because money went back already, which may have been ours."""
    return _code(error) in RETURNED_BEFORE or getattr(error, "param", None) == "amount"


def _code(error: stripe.StripeError, otherwise: str = "") -> str:
    said = error.code or (error.error.code if error.error else None)
    return code_of(said, otherwise)


def _words(error: stripe.StripeError, secret: str) -> str:
    return excerpt_of((error.user_message or "").encode(), [secret])
