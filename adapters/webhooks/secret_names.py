"""What the signing secret of a webhook's endpoint is called.

The rule to know: names are listed and logged, and the address of an endpoint may be a secret by
itself; one that looks so, or is long, is named by its host and a digest.
"""

import hashlib
import re

from adapters.outbound_http import endpoint_of
from domain.configuration.masking import MASK, host_only, without_secrets

WEBHOOK_NAME_PREFIX = "webhook:"
ENDPOINT_CHARACTERS_MAX = 200
DIGEST_DIGITS = 16
BY_DIGEST = re.compile(rf"{WEBHOOK_NAME_PREFIX}https?://[^/]+/{MASK}#[0-9a-f]{{{DIGEST_DIGITS}}}")


def secret_name_of(url: str) -> str:
    """Name the secret of a URL's endpoint; raise UrlRefused."""
    endpoint = endpoint_of(url)
    if without_secrets(endpoint) == endpoint and len(endpoint) <= ENDPOINT_CHARACTERS_MAX:
        return f"{WEBHOOK_NAME_PREFIX}{endpoint}"
    digest = hashlib.sha256(endpoint.encode()).hexdigest()[:DIGEST_DIGITS]
    return f"{WEBHOOK_NAME_PREFIX}{host_only(endpoint)}#{digest}"


def known_secret_name(text: str) -> str:
    """Read `webhook:URL`, or a name as it is listed; raise UrlRefused."""
    if BY_DIGEST.fullmatch(text):
        return text
    return secret_name_of(text.removeprefix(WEBHOOK_NAME_PREFIX))
