"""How Paytrail signs: requests and answers by their headers, callbacks by their parameters.

Source: docs.paytrail.com, "Authentication" and "Redirect and callback URL signing". The rule to
know: whatever is named `checkout-…` is signed, also what we do not know, and nothing else is.
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from adapters.providers.paytrail.account import Account

SIGNED_PREFIX = "checkout-"
SIGNATURE = "signature"
ALGORITHM = "checkout-algorithm"
ALGORITHMS = frozenset({"sha256", "sha512"})
ALGORITHM_OF_OURS = "sha256"
PLATFORM = "order-ledger"


def signature_of(secret: str, named: Mapping[str, str], body: bytes = b"") -> str:
    """Sign headers or parameters with the body; KeyError where they name no algorithm of ours."""
    signed = sorted((n, value) for n, value in named.items() if n.startswith(SIGNED_PREFIX))
    lines = "".join(f"{name}:{value}\n" for name, value in signed)
    algorithm = named[ALGORITHM]
    if algorithm not in ALGORITHMS:
        raise KeyError(algorithm)
    return hmac.new(secret.encode(), lines.encode() + body, algorithm).hexdigest()


def is_signed(secrets: Iterable[str], named: Mapping[str, str], body: bytes = b"") -> bool:
    """Say whether one of the secrets signed this; names are in lower case."""
    given = named.get(SIGNATURE, "").encode()
    # A line feed in a value could pass one signed name off as two, or two as one.
    is_plain = all(value.isprintable() for value in named.values())
    if not is_plain or named.get(ALGORITHM) not in ALGORITHMS:
        return False
    return any(
        hmac.compare_digest(signature_of(secret, named, body).encode(), given) for secret in secrets
    )


def signed_headers(
    account: Account, method: str, transaction_id: str, body: bytes, *, at: datetime, nonce: str
) -> dict[str, str]:
    """Give the headers of a request about one transaction."""
    headers = {
        "checkout-account": account.account_id,
        ALGORITHM: ALGORITHM_OF_OURS,
        "checkout-method": method,
        "checkout-nonce": nonce,
        "checkout-timestamp": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
        "checkout-transaction-id": transaction_id,
    }
    signature = signature_of(account.secrets[0], headers, body)
    return headers | {SIGNATURE: signature, "platform-name": PLATFORM}
