"""Calls a merchant back when a refund has ended: signed, and as often as it is told to.

The rule to know: nothing waits for it; a merchant who is away is not called again by itself.
"""

import asyncio
from urllib.parse import urlencode

import httpx2

from scripts.receivers.paytrail_account import Refund
from scripts.receivers.paytrail_signing import ACCOUNT, signature

ANSWER_SECONDS_MAX = 10.0
SUCCESSES = frozenset({"ok", "pending"})


class Callbacks:
    """The callbacks that are under way; one process, one event loop."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, refund: Refund, times: int) -> None:
        """Call, without waiting for it."""
        if times:
            task = asyncio.create_task(self.call(refund, times))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def call(self, refund: Refund, times: int) -> None:
        """Call so many times, one after the other, and note how each was answered."""
        address = _address(refund)
        async with httpx2.AsyncClient(timeout=ANSWER_SECONDS_MAX, trust_env=False) as client:
            for _ in range(times):
                refund.callbacks.append(f"{refund.status} {await _answer(client, address)}")


async def _answer(client: httpx2.AsyncClient, address: str) -> str:
    try:
        return str((await client.get(address)).status_code)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return type(error).__name__


def _address(refund: Refund) -> str:
    urls = refund.asked.callback_urls
    start = urls.success if refund.status in SUCCESSES else urls.cancel
    told = {
        "checkout-account": ACCOUNT,
        "checkout-algorithm": "sha256",
        "checkout-amount": str(refund.asked.amount),
        "checkout-stamp": refund.asked.refund_stamp,
        "checkout-reference": refund.asked.refund_reference,
        "checkout-status": refund.status,
        "checkout-provider": refund.provider,
    }
    if refund.transaction_id:
        told["checkout-transaction-id"] = refund.transaction_id
    signed = told | {"signature": signature(told)}
    return f"{start}{'&' if '?' in start else '?'}{urlencode(signed)}"
