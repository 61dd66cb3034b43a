"""Paytrail's signatures as its documentation describes them, written apart from the ledger's own.

The rule to know: a double that signed with the ledger's code would share its mistakes.
"""

import hashlib
import hmac
from collections.abc import Mapping

ACCOUNT = "700001"
SECRET = "made-up-secret-of-the-sandbox"  # noqa: S105 - it opens nothing but the sandbox
HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


def signature(values: Mapping[str, str], body: bytes = b"") -> str:
    """Sign what is named checkout-…, one `name:value` a line in the order of the names, and a body."""
    names = sorted(name for name in values if name.startswith("checkout-"))
    payload = "\n".join([*(f"{name}:{values[name]}" for name in names), ""]).encode() + body
    chosen = HASHES.get(values["checkout-algorithm"], hashlib.sha256)
    return hmac.new(SECRET.encode(), payload, chosen).hexdigest()


def is_signed(headers: Mapping[str, str], body: bytes) -> bool:
    """Say whether a request is signed by the sandbox's account."""
    known = headers.get("checkout-algorithm") in HASHES
    return (
        known
        and headers.get("checkout-account") == ACCOUNT
        and hmac.compare_digest(signature(headers, body), headers.get("signature", ""))
    )


def answer_headers(body: bytes, nonce: str) -> dict[str, str]:
    """Sign an answer."""
    signed = {
        "checkout-account": ACCOUNT,
        "checkout-algorithm": "sha256",
        "checkout-method": "POST",
        "checkout-nonce": nonce,
    }
    return signed | {"signature": signature(signed, body), "request-id": nonce}
