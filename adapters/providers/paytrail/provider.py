"""Refunds through Paytrail: asked for once, looked up by the refund's own transaction.

The rule to know: the customer's email goes along while it is known, because Paytrail then pays back
by email what a bank refuses; some banks it can pay back in no other way.
"""

import msgspec
from msgspec import UNSET, Struct, UnsetType

from adapters.postgres.secrets import Secrets
from adapters.providers.paytrail.account import account_of
from adapters.providers.paytrail.answers import looked_up, standing_of
from adapters.providers.paytrail.client import PaytrailClient
from adapters.providers.paytrail.naming import CallbackUrls, callback_urls, refund_stamp
from adapters.providers.troubles import CREDENTIALS_MISSING
from domain.order.providers import goes_by_email
from processors.refund_provider import NotKnown, Refused, Standing, TransferTask

CURRENCY = "EUR"
NO_PUBLIC_URL = NotKnown(code="public_url_not_set", was_asked=False)
NOT_FOUND_BY_STAMP = NotKnown(code="not_found_by_stamp")
CUSTOMER_ERASED = Refused(
    code="customer_erased",
    message="This bank's payments are paid back by an email to the customer, whose data was "
    "erased: pay back in Paytrail's merchant panel.",
)
TRANSACTION_UNKNOWN = Refused(
    code="transaction_unknown",
    message="The checkout named no Paytrail transaction: pay back in Paytrail's merchant panel.",
)


class RefundRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of `POST /payments/{transactionId}/refund`."""

    amount: int
    """Cents."""
    refund_stamp: str
    refund_reference: str
    """What the merchant panel shows: the order's number."""
    callback_urls: CallbackUrls
    email: str | UnsetType = UNSET


class PaytrailProvider:
    """Implements `RefundProvider`."""

    def __init__(self, client: PaytrailClient, secrets: Secrets, public_url: str) -> None:
        self._client = client
        self._secrets = secrets
        self._public_url = public_url

    async def refund(self, task: TransferTask) -> Standing:
        """Ask for the transfer; a transfer that was asked for must never come here again."""
        if why_not := _why_not(task):
            return why_not
        if not self._public_url:
            return NO_PUBLIC_URL
        account = await account_of(self._secrets, task.order.shop)
        if account is None:
            return CREDENTIALS_MISSING
        body = msgspec.json.encode(self._request(task))
        answer = await self._client.refund(account, task.payment.transaction_id, body)
        return answer if isinstance(answer, NotKnown) else standing_of(answer)

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Look at the refund's own transaction; by stamp alone Paytrail finds nothing."""
        reference = task.transfer.reference
        if not reference:
            return NOT_FOUND_BY_STAMP
        account = await account_of(self._secrets, task.order.shop)
        if account is None:
            return NotKnown(code=CREDENTIALS_MISSING.code)
        answer = await self._client.get(account, reference)
        return (
            NotKnown(code=answer.code)
            if isinstance(answer, NotKnown)
            else looked_up(answer, reference)
        )

    def _request(self, task: TransferTask) -> RefundRequest:
        order, transfer = task.order, task.transfer
        assert transfer.amount.currency == CURRENCY, "only euros are given to Paytrail"
        return RefundRequest(
            amount=transfer.amount.amount,
            refund_stamp=refund_stamp(transfer.key),
            refund_reference=order.number,
            callback_urls=callback_urls(self._public_url, order.shop, transfer.key),
            email=order.customer.email if order.customer else UNSET,
        )


def _why_not(task: TransferTask) -> Refused | None:
    """Say why Paytrail cannot be asked, now or ever."""
    if not task.payment.transaction_id:
        return TRANSACTION_UNKNOWN
    if goes_by_email(task.payment) and task.order.customer is None:
        return CUSTOMER_ERASED
    return None
