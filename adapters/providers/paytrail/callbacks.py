"""What Paytrail tells by calling the addresses of a refund back; each may come twice and late.

Source: docs.paytrail.com, "Redirect and callback URL parameters". The rule to know: Paytrail signs
payments' redirects in the same way, and customers hold those; so what is signed must name this very
refund by its stamp, and agree with the address that was called.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.providers.paytrail.account import Account
from adapters.providers.paytrail.answers import CODES_BY_STATUS, FAILED
from adapters.providers.paytrail.naming import CANCEL, SUCCESS, key_in, refund_stamp
from adapters.providers.paytrail.signing import is_signed
from domain.identifiers import ExternalRefundId
from domain.money import Money
from domain.order.transfer_plan import transfer_named
from processors.provider_news import Fate, RefundSeen

FATES = {
    (SUCCESS, "ok"): Fate.RETURNED,
    (SUCCESS, "pending"): Fate.IN_PROGRESS,
    (SUCCESS, "delayed"): Fate.IN_PROGRESS,
    (CANCEL, "fail"): Fate.FAILED,
}
"""By the address that was called and the status that was told; no other pair is sensible."""
NOT_MADE = CODES_BY_STATUS[400]
"""Why a refund failed that got no transaction of its own, as when the balance is too small."""
AMOUNT_DIGITS_MAX = 8
REFERENCE = re.compile("[!-~]{0,255}")


class CallbackUnsigned(Exception):
    """It is not signed with a secret of this shop's account."""


class CallbackDisagrees(Exception):
    """It is signed, and about something else than the address that was called."""


def news_in(
    account: Account | None,
    name: str,
    outcome: str,
    parameters: Sequence[tuple[str, str]],
    now: datetime,
) -> RefundSeen:
    """Read what a callback tells; raise CallbackUnsigned, CallbackDisagrees."""
    told = dict(parameters)
    is_plain = len(told) == len(parameters)
    if account is None or not is_plain or not is_signed(account.secrets, told):
        raise CallbackUnsigned
    try:
        key = key_in(name)
        order_id, transfer_id = transfer_named(key)
    except ValueError as error:
        raise CallbackDisagrees from error
    fate = FATES.get((outcome, told.get("checkout-status", "")))
    named = (told.get("checkout-account"), told.get("checkout-stamp"))
    if fate is None or named != (account.account_id, refund_stamp(key)):
        raise CallbackDisagrees
    reference = told.get("checkout-transaction-id", "")
    if not REFERENCE.fullmatch(reference):
        raise CallbackDisagrees
    return RefundSeen(
        fate=fate,
        amount=_amount(told),
        at=now,
        refund_id=ExternalRefundId(reference),
        order_id=order_id,
        transfer_id=transfer_id,
        code=_code(fate, reference),
    )


def _amount(told: Mapping[str, str]) -> Money:
    text = told.get("checkout-amount", "")
    if not (text.isascii() and text.isdigit() and len(text) <= AMOUNT_DIGITS_MAX):
        raise CallbackDisagrees
    return Money(int(text), "EUR")


def _code(fate: Fate, reference: str) -> str:
    if fate is not Fate.FAILED:
        return ""
    return FAILED.code if reference else NOT_MADE
