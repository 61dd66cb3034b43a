"""The calls to one Stripe account that refunds need, by Stripe's own library.

The rule to know: whatever goes wrong is raised as `StripeFailed`, with what it means; Stripe's own
exceptions, which hold headers and bodies, go no further.
"""

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import msgspec
import stripe
from msgspec import Struct
from stripe.params import RefundCreateParams, RefundListParams

from adapters.providers.stripe.errors import may_be_returned, meaning_of
from adapters.providers.stripe.reading import Id, RefundObject
from adapters.providers.stripe.transport import GuardedTransport
from processors.refund_provider import NotKnown, Refused

PAGE_LENGTH = 25
"""So short that a page with long metadata fits into what is read of an answer."""
PAGES_MAX = 40
PAYMENT_INTENT_PREFIX = "pi_"
CHARGE_PREFIXES = ("ch_", "py_")
"""Since cards are not all: `py_` are charges of other methods."""

UNREADABLE = NotKnown(code="answer_unreadable")

Meaning: TypeAlias = Refused | NotKnown


class StripeFailed(Exception):
    """A call did not do what was asked."""

    def __init__(self, meaning: Meaning, *, may_be_returned: bool = False) -> None:
        super().__init__(meaning.code)
        self.meaning = meaning
        self.may_be_returned = may_be_returned
        """Refused because the money is gone already; who had it returned, the list tells."""


class Page(Struct, frozen=True, kw_only=True):
    """Some refunds, the newest first."""

    refunds: Sequence[RefundObject]
    is_whole: bool
    """Each refund of the page could be read."""
    next_after: str
    """Empty after the last page."""


class _Named(Struct):
    id: Id


class StripeAccount:
    """One shop's account, for the calls of one transfer or list."""

    def __init__(self, secret: str, api_url: str, transport: GuardedTransport) -> None:
        self._secret = secret
        client = stripe.StripeClient(
            secret,
            base_addresses={"api": api_url},
            http_client=transport,
            max_network_retries=0,
        )
        self._refunds = client.v1.refunds

    async def make(self, params: RefundCreateParams, key: str) -> RefundObject:
        """Make a refund, once under its key."""
        return await self._read(self._refunds.create_async(params, {"idempotency_key": key}))

    async def get(self, refund_id: str) -> RefundObject:
        """Give a refund as it stands now."""
        return await self._read(self._refunds.retrieve_async(refund_id))

    async def page(self, wanted: RefundListParams, after: str = "") -> Page:
        """Give a page of refunds."""
        params = RefundListParams(**wanted, limit=PAGE_LENGTH)
        if after:
            params["starting_after"] = after
        with self._told():
            listed = (await self._refunds.list_async(params)).to_dict()
            data: list[object] = listed["data"]
            last = msgspec.convert(data[-1:] if listed["has_more"] else [], list[_Named])
        refunds = [refund for one in data if (refund := _readable(one)) is not None]
        return Page(
            refunds=refunds,
            is_whole=len(refunds) == len(data),
            next_after=last[0].id if last else "",
        )

    async def all_of(self, transaction_id: str) -> list[RefundObject]:
        """Give every refund of a payment; raise StripeFailed rather than leave one out."""
        found: list[RefundObject] = []
        after = ""
        for _ in range(PAGES_MAX):
            page = await self.page(of_payment(transaction_id), after)
            if not page.is_whole:
                raise StripeFailed(UNREADABLE)
            found += page.refunds
            after = page.next_after
            if not after:
                return found
        raise StripeFailed(NotKnown(code="list_too_long"))

    async def _read(self, call: Awaitable[stripe.Refund]) -> RefundObject:
        with self._told():
            return msgspec.convert((await call).to_dict(), RefundObject)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except stripe.StripeError as error:
            meaning = meaning_of(error, self._secret)
            # `from None`: the library's own error repeats headers and bodies.
            raise StripeFailed(meaning, may_be_returned=may_be_returned(error)) from None
        except (msgspec.ValidationError, KeyError) as error:
            raise StripeFailed(UNREADABLE) from error


def of_payment(transaction_id: str) -> RefundListParams:
    """Name a payment as Stripe wants it; raise StripeFailed for an id that is none of Stripe's."""
    if transaction_id.startswith(PAYMENT_INTENT_PREFIX):
        return {"payment_intent": transaction_id}
    if transaction_id.startswith(CHARGE_PREFIXES):
        return {"charge": transaction_id}
    sentence = (
        "Stripe's payments are named pi_…, ch_… or py_…, and the checkout gave another id: "
        "pay it back in Stripe's dashboard."
    )
    raise StripeFailed(Refused(code="transaction_unusable", message=sentence))


def _readable(one: object) -> RefundObject | None:
    try:
        return msgspec.convert(one, RefundObject)
    except msgspec.ValidationError:
        return None
