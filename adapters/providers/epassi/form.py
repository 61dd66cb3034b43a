"""The form that asks Epassi to cancel a payment, and the one that it answers with: *assumed*.

Asked: STAMP (ours), SITE, AMOUNT (`12.34`), PAID (Epassi's id of the payment), MAC. Answered: STAMP,
CANCELLED (Epassi's id of the cancellation), MAC; or, with a status of 4xx, ERROR. The rule to know:
a MAC is the SHA-512 of the values in this order and the secret, joined by `&`, as in the payment form.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from domain.money import Money, exponent_of

MAC = "MAC"


def mac_of(secret: str, *values: str) -> str:
    """Authenticate values."""
    return hashlib.sha512("&".join((*values, secret)).encode()).hexdigest()


def cancellation(*, stamp: str, site: str, amount: Money, paid: str, secret: str) -> bytes:
    """Write the form that asks for a cancellation."""
    decimal = f"{Decimal(amount.amount).scaleb(-exponent_of(amount.currency)):f}"
    fields = {"STAMP": stamp, "SITE": site, "AMOUNT": decimal, "PAID": paid}
    return urlencode(fields | {MAC: mac_of(secret, *fields.values())}).encode()


def read_form(body: bytes) -> Mapping[str, str]:
    """Read an answer's fields; none where it is no form."""
    try:
        return dict(parse_qsl(body.decode("ascii"), strict_parsing=True))
    except ValueError:
        return {}


def cancelled_as(answer: Mapping[str, str], stamp: str, secrets: Iterable[str]) -> str:
    """Give Epassi's id of a cancellation that is authentic for our stamp; else nothing."""
    reference, given = answer.get("CANCELLED", ""), answer.get(MAC, "").lower().encode()
    macs = [mac_of(secret, stamp, reference).encode() for secret in secrets]
    is_authentic = any(hmac.compare_digest(mac, given) for mac in macs)
    return reference if is_authentic else ""
