"""Stripe's library on our guarded way out: its requests, our limits of time, size and address.

The rule to know: the library retries nothing by itself here. A call is made again only where
Stripe's answer says `Stripe-Should-Retry: true`, at most twice, with the same idempotency key.
Source: https://docs.stripe.com/error-low-level, "The Stripe-Should-Retry header".
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping

import stripe

from adapters.outbound_http import HttpAnswer, HttpTrouble, OutboundHttp

# It would tell Stripe about this machine and of how long the calls before took.
stripe.enable_telemetry = False

TRIES_MAX = 3
DELAY_SECONDS_MIN = 0.5
SHOULD_RETRY = "stripe-should-retry"
TRIES = "order-ledger-tries"
"""The header that we add to an answer: how often it was asked for."""

Sleep = Callable[[float], Awaitable[None]]


class Unreached(stripe.APIConnectionError):
    """There was no answer, or no call."""

    def __init__(self, trouble: HttpTrouble, tries: int) -> None:
        super().__init__(trouble.message)
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
        for tries in range(1, TRIES_MAX + 1):
            said = await self._http.request(method.upper(), url, headers=headers, body=body)
            if isinstance(said, HttpTrouble):
                raise Unreached(said, tries)
            if tries == TRIES_MAX or said.headers.get(SHOULD_RETRY) != "true":
                break
            await self._sleep(_delay_seconds(said, tries))
        return said.body, said.status, {**said.headers, TRIES: str(tries)}

    async def close_async(self) -> None:
        """Keep the way out open: it belongs to who opened it."""


def _delay_seconds(answer: HttpAnswer, tries: int) -> float:
    longest = DELAY_SECONDS_MIN * 2 ** (tries - 1)
    return max(float(answer.retry_after_seconds), random.uniform(0.5, 1.0) * longest)
