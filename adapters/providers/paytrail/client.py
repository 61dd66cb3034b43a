"""Signed calls to Paytrail about one transaction, and answers that are believed only if signed.

The rule to know: an answer without Paytrail's signature says nothing about money, whoever gave it:
a gateway's error page, or a stranger.
"""

import secrets
from http import HTTPStatus
from urllib.parse import quote

import structlog

from adapters.clock import utc_now
from adapters.outbound_http import HttpAnswer, HttpTrouble, OutboundHttp
from adapters.providers.paytrail.account import Account
from adapters.providers.paytrail.signing import is_signed, signed_headers
from adapters.providers.troubles import CREDENTIALS_REFUSED, unanswered
from processors.refund_provider import NotKnown

NONCE_BYTES = 16
REQUEST_ID_CHARACTERS_MAX = 100
LOCKED_OUT = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
REFUSED_RANGE = range(400, 500)
NOT_JUDGED = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)

_log = structlog.get_logger()


class PaytrailClient:
    """Calls Paytrail. Safe to share between tasks of one event loop."""

    def __init__(self, http: OutboundHttp, api_url: str) -> None:
        self._http = http
        self._url = f"{api_url.rstrip('/')}/payments"

    async def refund(
        self, account: Account, transaction_id: str, body: bytes
    ) -> HttpAnswer | NotKnown:
        """Ask for a refund of a payment: `POST /payments/{transactionId}/refund`."""
        return await self._call(account, "POST", transaction_id, "/refund", body)

    async def get(self, account: Account, transaction_id: str) -> HttpAnswer | NotKnown:
        """Ask for a transaction: `GET /payments/{transactionId}`."""
        return await self._call(account, "GET", transaction_id, "", b"")

    async def _call(
        self, account: Account, method: str, transaction_id: str, end: str, body: bytes
    ) -> HttpAnswer | NotKnown:
        nonce, at = secrets.token_hex(NONCE_BYTES), utc_now()
        headers = signed_headers(account, method, transaction_id, body, at=at, nonce=nonce)
        if body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        # A line that is used again may have been closed meanwhile: then nobody could tell whether
        # the request was heard, and a refund would wait for a person for nothing.
        headers["Connection"] = "close"
        url = f"{self._url}/{quote(transaction_id, safe='')}{end}"
        said = await self._http.request(method, url, headers=headers, body=body)
        return unanswered(said) if isinstance(said, HttpTrouble) else _judged(account, said)


def _judged(account: Account, answer: HttpAnswer) -> HttpAnswer | NotKnown:
    """Give the answer that can be believed, or say what remains unknown."""
    request_id = answer.headers.get("request-id", "")[:REQUEST_ID_CHARACTERS_MAX]
    _log.info("paytrail_answered", status=answer.status, request_id=request_id)
    if answer.status in LOCKED_OUT:
        return CREDENTIALS_REFUSED
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotKnown(code=f"http_{answer.status}", was_asked=False)
    is_verdict = answer.is_success or answer.status in REFUSED_RANGE
    if not is_verdict or answer.status in NOT_JUDGED:
        return NotKnown(code=f"http_{answer.status}")
    if not is_signed(account.secrets, answer.headers, answer.body):
        return NotKnown(code="answer_unsigned")
    return answer
