"""Posts an order to another system, signed by Standard Webhooks.

The rule to know: `webhook-id` is the run's, so a receiver that remembers ids takes each run once
however many attempts it needs; `webhook-timestamp` and the signatures are the attempt's.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import standardwebhooks

from adapters.executors.webhook_payload import payload_of
from adapters.outbound_http import HttpAnswer, OutboundHttp, UrlRefused, endpoint_of, outcome_of
from adapters.postgres.secrets import Secrets
from domain.configuration.settings import Webhook
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded, Task

ID_DIGITS = 32
SECRETS_UNAVAILABLE = Failed(
    code="secrets_unavailable",
    message="The ledger could not read its signing secrets; nothing was sent.",
    is_retryable=True,
)


class WebhookExecutor:
    """Carries out actions of the kind `webhook`."""

    def __init__(self, http: OutboundHttp, secrets: Secrets) -> None:
        self._http = http
        self._secrets = secrets

    async def execute(self, task: Task) -> Outcome:
        """Post once. A receiver that answers 2xx has it."""
        settings = task.action.settings
        assert isinstance(settings, Webhook)
        try:
            endpoint = endpoint_of(settings.url)
            secrets = await self._secrets.of_webhook(task.order.shop, endpoint)
        except UrlRefused as refusal:
            return Failed(code="url_refused", message=str(refusal))
        except psycopg.OperationalError:
            return SECRETS_UNAVAILABLE
        message_id = message_id_of(task.action.key)
        body = payload_of(task)
        headers = signed_headers(message_id, task.now, body, secrets)
        said = await self._http.request("POST", settings.url, headers=headers, body=body)
        if failed := outcome_of(said):
            return failed
        assert isinstance(said, HttpAnswer)
        answer = Answer(recipient=said.host, excerpt=said.excerpt, reference=message_id)
        return Succeeded(answer=answer)


def message_id_of(run_key: str) -> str:
    """Derive the `webhook-id` of a run, without a full stop: that one separates what is signed."""
    return f"msg_{hashlib.sha256(run_key.encode()).hexdigest()[:ID_DIGITS]}"


def signed_headers(
    message_id: str, now: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """Sign a body with every valid secret; the receiver needs to know one."""
    at = now.astimezone(UTC)
    text = body.decode()
    signatures = [standardwebhooks.Webhook(one).sign(message_id, at, text) for one in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
