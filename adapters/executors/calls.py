"""A chain of calls to one provider, of which the first that fails ends the attempt.

The rule to know: within a chain a failed call is raised, so that each step reads as if the ones
before it went well; `outcome_within` turns it back into an outcome at the chain's end.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import msgspec

from adapters.outbound_http import HttpAnswer, OutboundHttp, outcome_of
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.secrets import Secrets
from domain.identifiers import ShopId
from processors.attempts import LEDGER_UNAVAILABLE
from processors.ports import Failed, Outcome

T = TypeVar("T")


class CallFailed(Exception):
    """A call did not do what the next one needs."""

    def __init__(self, failed: Failed, answer: HttpAnswer | None = None) -> None:
        super().__init__(failed.code)
        self.failed = failed
        self.answer = answer
        """What the other side said, if it said anything."""


async def outcome_within(chain: Awaitable[Outcome], seconds_max: float) -> Outcome:
    """Run a chain to its end, its first failure or its time limit."""
    try:
        async with asyncio.timeout(seconds_max):
            return await chain
    except CallFailed as error:
        return error.failed
    except TimeoutError:
        sentence = f"the calls together took longer than {seconds_max:g} seconds"
        return Failed(code="timeout", message=sentence, is_retryable=True)


async def call(
    http: OutboundHttp,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
) -> HttpAnswer:
    """Make one call; raise CallFailed unless it is answered by a success."""
    said = await http.request(method, url, headers=headers, body=body)
    outcome = outcome_of(said)
    if isinstance(outcome, Failed):
        raise CallFailed(outcome, said if isinstance(said, HttpAnswer) else None)
    return outcome


def read(answer: HttpAnswer, as_type: type[T]) -> T:
    """Read a JSON answer; raise CallFailed, to be tried again: an answer may have broken off."""
    try:
        return msgspec.json.decode(answer.body, type=as_type)
    except msgspec.DecodeError as error:
        sentence = f"{answer.host} answered something else than its documentation says"
        failed = Failed(code="answer_unreadable", message=sentence, is_retryable=True)
        raise CallFailed(failed, answer) from error


async def credential(secrets: Secrets, shop: ShopId, name: str) -> str:
    """Find the newest value of a secret; raise CallFailed, for a person to set it."""
    try:
        values = await secrets.valid(shop, name)
    except UNAVAILABLE as error:
        raise CallFailed(LEDGER_UNAVAILABLE) from error
    if values:
        return values[0]
    sentence = f"The secret {name} is not set: `order-ledger secrets set {name} --shop {shop}`."
    raise CallFailed(Failed(code="credentials_missing", message=sentence))
