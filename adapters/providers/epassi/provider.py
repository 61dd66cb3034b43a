"""Whole payments cancelled at Epassi, by the form of `form.py`, which is *assumed*.

The rule to know: an outcome that is not plain is not known and is never asked for again; Epassi
cannot be asked where a cancellation stands, so a person looks in its own service.
"""

import re

from msgspec import Struct

from adapters.outbound_http import HttpAnswer, HttpTrouble, OutboundHttp
from adapters.outbound_http.client import FORM_TYPE
from adapters.postgres.secrets import EPASSI_REFUND_URL, EPASSI_SECRET, EPASSI_SITE, Secrets
from adapters.providers.epassi.form import cancellation, cancelled_as, read_form
from adapters.providers.stamps import stamp_of
from adapters.providers.troubles import CREDENTIALS_MISSING, CREDENTIALS_REFUSED, unanswered
from domain.identifiers import ShopId
from processors.refund_provider import NotKnown, Refused, Returned, Standing, TransferTask

STAMP_CHARACTERS_MAX = 0
"""Nobody says how long a stamp may be, or of which signs: always the digest."""
REFUSED_RANGE = range(400, 500)
CODE = re.compile("[A-Z][A-Z_]{1,60}")
OF_CREDENTIALS = frozenset({"INVALID_REQUEST_SIGNATURE", "SITE_DOES_NOT_EXIST"})
NO_LOOK_UP = NotKnown(code="no_look_up")
NOT_WHOLE = Refused(
    code="only_whole_payments",
    message="Epassi cancels whole payments only: pay this part back in another way.",
)
TRANSACTION_UNKNOWN = Refused(
    code="transaction_unknown",
    message="The checkout named no Epassi payment: cancel it in Epassi's own service.",
)


class _Account(Struct, frozen=True, kw_only=True):
    """What Epassi gave a merchant."""

    url: str
    site: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return "_Account(…)"


class EpassiProvider:
    """Implements `RefundProvider`."""

    def __init__(self, http: OutboundHttp, secrets: Secrets) -> None:
        self._http = http
        self._secrets = secrets

    async def refund(self, task: TransferTask) -> Standing:
        """Ask for the cancellation; a transfer that was asked for must never come here again."""
        if why_not := _why_not(task):
            return why_not
        account = await self._account(task.order.shop)
        if account is None:
            return CREDENTIALS_MISSING
        stamp = stamp_of(task.transfer.key, STAMP_CHARACTERS_MAX)
        body = cancellation(
            stamp=stamp,
            site=account.site,
            amount=task.transfer.amount,
            paid=task.payment.transaction_id,
            secret=account.secrets[0],
        )
        headers = {"Content-Type": FORM_TYPE, "Connection": "close"}
        said = await self._http.request("POST", account.url, headers=headers, body=body)
        return (
            unanswered(said) if isinstance(said, HttpTrouble) else _standing(said, stamp, account)
        )

    async def look_up(self, _: TransferTask) -> Standing | None:
        """Say that nobody can be asked."""
        return NO_LOOK_UP

    async def _account(self, shop: ShopId) -> _Account | None:
        urls = await self._secrets.valid(shop, EPASSI_REFUND_URL)
        sites = await self._secrets.valid(shop, EPASSI_SITE)
        secrets = await self._secrets.valid(shop, EPASSI_SECRET)
        if not (urls and sites and secrets):
            return None
        return _Account(url=urls[0], site=sites[0], secrets=secrets)


def _why_not(task: TransferTask) -> Refused | None:
    if task.transfer.amount != task.payment.amount:
        return NOT_WHOLE
    return None if task.payment.transaction_id else TRANSACTION_UNKNOWN


def _standing(answer: HttpAnswer, stamp: str, account: _Account) -> Standing:
    form = read_form(answer.body)
    if answer.is_success:
        reference = cancelled_as(form, stamp, account.secrets)
        return Returned(reference=reference) if reference else NotKnown(code="answer_unsigned")
    error = form.get("ERROR", "")
    if answer.status not in REFUSED_RANGE or not CODE.fullmatch(error):
        return NotKnown(code=f"http_{answer.status}")
    if error in OF_CREDENTIALS:
        return CREDENTIALS_REFUSED
    return Refused(code=error.lower(), message=f"Epassi answered {error}.")
