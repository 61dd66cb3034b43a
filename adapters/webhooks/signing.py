"""Posts to another system, signed by Standard Webhooks.

The rule to know: the id stays the same on every try, so a receiver that remembers ids takes each
message once; the timestamp and the signatures are the try's.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import standardwebhooks
from msgspec import Struct
from standardwebhooks.webhooks import EmptyWebhookSecretError

from adapters.outbound_http import HttpAnswer, OutboundHttp, UrlRefused, outcome_of
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.secrets import Secrets
from domain.identifiers import ShopId
from processors.attempts import LEDGER_UNAVAILABLE
from processors.ports import Failed

SECRET_UNUSABLE = Failed(
    code="secret_unusable",
    message="The endpoint's signing secret is not one of Standard Webhooks: set another with "
    "`order-ledger secrets set webhook:URL`.",
)


class SecretUnusable(Exception):
    """A secret is not base64, so nothing can be signed with it."""


class SignedPost(Struct, frozen=True):
    """What every webhook is sent with."""

    http: OutboundHttp
    secrets: Secrets

    async def send(
        self, shop: ShopId, url: str, *, message_id: str, now: datetime, body: bytes
    ) -> HttpAnswer | Failed:
        """Post once, signed with the secrets of the URL's endpoint."""
        try:
            secrets = await self.secrets.of_webhook(shop, url)
            headers = signed_headers(message_id, now, body, secrets)
        except UrlRefused as refusal:
            return Failed(code="url_refused", message=str(refusal))
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except SecretUnusable:
            return SECRET_UNUSABLE
        return outcome_of(await self.http.request("POST", url, headers=headers, body=body))


def signed_headers(
    message_id: str, now: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """Sign a body with every valid secret; the receiver needs to know one.

    Raises SecretUnusable.
    """
    at = now.astimezone(UTC)
    text = body.decode()
    try:
        signing = [standardwebhooks.Webhook(one) for one in secrets]
    except (ValueError, EmptyWebhookSecretError) as error:
        raise SecretUnusable from error
    signatures = [one.sign(message_id, at, text) for one in signing]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
