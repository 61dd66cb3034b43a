"""Stripe's library on our guarded way out: its requests, our limits of time, size and address.

The rule to know: the library retries nothing by itself here. A call is made again only where
Stripe's answer says `Stripe-Should-Retry: true`, at most twice, with the same idempotency key.
Source: https://docs.stripe.com/error-low-level, "The Stripe-Should-Retry header".
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import stripe
from msgspec import Struct

from adapters.outbound_http import HttpAnswer, HttpTrouble, OutboundHttp

# It would tell Stripe about this machine and of how long the calls before took.
stripe.enable_telemetry = False
# It logs addresses, requests and answers.
logging.getLogger("stripe").disabled = True

TRIES_MAX = 3
DELAY_SECONDS_MIN = 0.5
DELAY_SECONDS_MAX = 5.0
"""Whoever asks for a longer wait is asked again by the next attempt."""
SHOULD_RETRY = "stripe-should-retry"
TRIES = "order-ledger-tries"
"""The header that we add to an answer: how often it was asked for."""

Sleep = Callable[[float], Awaitable[None]]


class _ErrorBody(Struct):
    error: dict[str, Any]


class Unreached(stripe.APIConnectionError):
    """There was no answer, or no call."""

    def __init__(self, trouble: HttpTrouble, tries: int) -> None:
        super().__init__(trouble.message)  # type: ignore[no-untyped-call]  # the library's own
        self.trouble = trouble
        self.tries = tries


class GuardedTransport(stripe.HTTPClient):
    """The one way to Stripe. Safe to share between tasks of one event loop."""

    name = "order-ledger"

    def __init__(self, http: OutboundHttp, sleep: Sleep = asyncio.sleep) -> None:
        super().__init__()
        self._http = http
        self._sleep = sleep

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Make a call for the library; raise Unreached."""
        body = (post_data or "").encode()
        tries = 1
        answer = await self._call(method, url, headers, body, tries)
        while tries < TRIES_MAX and _should_retry(answer):
            await self._sleep(_delay_seconds(answer, tries))
            tries += 1
            answer = await self._call(method, url, headers, body, tries)
        headers = {**answer.headers, TRIES: str(tries)}
        if not _is_readable(answer):
            # The library breaks over what somebody on the way has written.
            raise stripe.APIError(http_status=answer.status, headers=headers)
        return answer.body, answer.status, headers

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, tries: int
    ) -> HttpAnswer:
        said = await self._http.request(method.upper(), url, headers=headers, body=body)
        if isinstance(said, HttpTrouble):
            raise Unreached(said, tries)
        return said

    async def close_async(self) -> None:
        """Keep the way out open: it belongs to who opened it."""


def _is_readable(answer: HttpAnswer) -> bool:
    try:
        msgspec.json.decode(answer.body, type=dict if answer.is_success else _ErrorBody)
    except msgspec.DecodeError:
        return False
    return True


def _should_retry(answer: HttpAnswer) -> bool:
    is_soon = answer.retry_after_seconds <= DELAY_SECONDS_MAX
    return is_soon and answer.headers.get(SHOULD_RETRY) == "true"


def _delay_seconds(answer: HttpAnswer, tries: int) -> float:
    doubled: float = DELAY_SECONDS_MIN * 2 ** (tries - 1)
    return max(float(answer.retry_after_seconds), random.uniform(0.5, 1.0) * doubled)
