"""Refunds at Stripe. One transfer is one idempotency key for ever, and named in the metadata.

The rule to know: Stripe forgets keys after a day at the earliest, so a transfer is found again by
its metadata; and a refusal because the money is gone already is believed only once Stripe's list
shows that it was not ours. Sources: https://docs.stripe.com/api/refunds/create and …/list
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from itertools import chain
from typing import TypeVar

from stripe.params import RefundCreateParams

from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import STRIPE_API_KEY, Secrets
from adapters.providers.stamps import stamp_of
from adapters.providers.stripe.account import StripeAccount, StripeFailed, of_payment
from adapters.providers.stripe.amounts import NotPayable, stripe_amount
from adapters.providers.stripe.reading import (
    KEY_NAME,
    ORDER_NAME,
    REFUND_NAME,
    SHOP_NAME,
    TRANSFER_NAME,
    RefundObject,
    has_failed,
    refund_seen,
    standing_of,
)
from adapters.providers.stripe.transport import GuardedTransport
from adapters.providers.troubles import CREDENTIALS_MISSING
from domain.identifiers import ShopId
from domain.order.running import CALLS_SECONDS_MAX
from processors.provider_news import RefundSeen
from processors.refund_provider import NotKnown, Refused, Standing, TransferTask
from processors.refund_source import RefundPage

KEY_CHARACTERS_MAX = 255
TIMEOUT = NotKnown(code="timeout")

T = TypeVar("T")


class StripeRefunds:
    """Asks for refunds and lists them: a `RefundProvider` and a `RefundSource`."""

    def __init__(self, http: OutboundHttp, secrets: Secrets, api_url: str) -> None:
        self._transport = GuardedTransport(http)
        self._secrets = secrets
        self._api_url = api_url

    async def refund(self, task: TransferTask) -> Standing:
        """Ask for the transfer under its key."""
        account = await self._account(_shop_of(task))
        if account is None:
            return CREDENTIALS_MISSING
        return await _in_time(_asked(account, task))

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Find the refund by its reference, or by our key in the metadata of the payment's."""
        account = await self._account(_shop_of(task))
        if account is None:
            return CREDENTIALS_MISSING
        return await _in_time(_found(account, task))

    async def refunds_of(
        self, shop: ShopId, transaction_id: str
    ) -> Sequence[RefundSeen] | NotKnown:
        """Give every refund of a payment."""
        account = await self._account(shop)
        if account is None:
            return CREDENTIALS_MISSING
        return await _in_time(_all_seen(account, transaction_id))

    async def refunds_since(
        self, shop: ShopId, since: datetime, after: str = ""
    ) -> RefundPage | NotKnown:
        """Give a page of the account's refunds, whoever asked for them."""
        account = await self._account(shop)
        if account is None:
            return CREDENTIALS_MISSING
        return await _in_time(_page_seen(account, since, after))

    async def _account(self, shop: ShopId) -> StripeAccount | None:
        """Open the account with the newest key; None where the shop has set none."""
        values = await self._secrets.valid(shop, STRIPE_API_KEY)
        return StripeAccount(values[0], self._api_url, self._transport) if values else None


def idempotency_key(transfer_key: str) -> str:
    """Give the transfer's key as Stripe takes it."""
    return stamp_of(transfer_key, KEY_CHARACTERS_MAX)


async def _asked(account: StripeAccount, task: TransferTask) -> Standing:
    try:
        params = _params_of(task)
        return standing_of(await account.make(params, idempotency_key(task.transfer.key)))
    except NotPayable as problem:
        return Refused(code="amount_not_payable", message=str(problem))
    except StripeFailed as problem:
        if not problem.may_be_returned:
            return problem.meaning
        return await _found(account, task) or problem.meaning


async def _found(account: StripeAccount, task: TransferTask) -> Standing | None:
    key = idempotency_key(task.transfer.key)
    try:
        if task.transfer.reference:
            return standing_of(await account.get(task.transfer.reference))
        made = await account.all_of(task.payment.transaction_id)
    except StripeFailed as problem:
        return _not_known(problem)
    ours = [refund for refund in made if refund.named.get(KEY_NAME) == key]
    return standing_of(min(ours, key=_order_of_belief)) if ours else None


async def _all_seen(account: StripeAccount, transaction_id: str) -> Sequence[RefundSeen] | NotKnown:
    try:
        return _seen(await account.all_of(transaction_id))
    except StripeFailed as problem:
        return _not_known(problem)


async def _page_seen(account: StripeAccount, since: datetime, after: str) -> RefundPage | NotKnown:
    try:
        page = await account.page({"created": {"gte": int(since.timestamp())}}, after)
    except StripeFailed as problem:
        return _not_known(problem)
    seen = [_seen([refund]) for refund in page.refunds]
    readable = [one for one in seen if not isinstance(one, NotKnown)]
    return RefundPage(
        refunds=[*chain.from_iterable(readable)],
        is_whole=page.is_whole and len(readable) == len(seen),
        next_after=page.next_after,
    )


def _seen(refunds: Sequence[RefundObject]) -> Sequence[RefundSeen] | NotKnown:
    try:
        return [seen for refund in refunds if (seen := refund_seen(refund)) is not None]
    except NotPayable:
        return NotKnown(code="amount_unreadable")


def _params_of(task: TransferTask) -> RefundCreateParams:
    payment = of_payment(task.payment.transaction_id)
    # Never `fraudulent`, which would block the customer's card and email.
    params = RefundCreateParams(
        amount=stripe_amount(task.transfer.amount),
        reason="requested_by_customer",
        metadata={
            SHOP_NAME: _shop_of(task),
            ORDER_NAME: str(task.order.order_id),
            REFUND_NAME: task.refund.refund_id,
            TRANSFER_NAME: task.transfer.transfer_id,
            KEY_NAME: idempotency_key(task.transfer.key),
        },
    )
    if "charge" in payment:
        return RefundCreateParams(**params, charge=payment["charge"])
    return RefundCreateParams(**params, payment_intent=payment["payment_intent"])


def _order_of_belief(refund: RefundObject) -> tuple[bool, int]:
    """Take one that stands before one that failed, and the first made before later ones."""
    return has_failed(refund), refund.created


def _not_known(problem: StripeFailed) -> NotKnown:
    """Say that a look-up found nothing out: a refusal to answer tells nothing of the money."""
    meaning = problem.meaning
    return meaning if isinstance(meaning, NotKnown) else NotKnown(code=meaning.code)


def _shop_of(task: TransferTask) -> ShopId:
    assert task.order.shop is not None
    return task.order.shop


async def _in_time(chain: Awaitable[T]) -> T | NotKnown:
    try:
        async with asyncio.timeout(CALLS_SECONDS_MAX):
            return await chain
    except TimeoutError:
        return TIMEOUT
