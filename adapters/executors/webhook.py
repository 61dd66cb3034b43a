"""Posts an order to another system.

The rule to know: `webhook-id` is the run's, however many attempts it needs.
"""

import hashlib

from adapters.executors.webhook_payload import payload_of
from adapters.webhooks.signing import SignedPost
from domain.configuration.settings import Webhook
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded, Task

ID_DIGITS = 32


class WebhookExecutor:
    """Carries out actions of the kind `webhook`."""

    def __init__(self, post: SignedPost) -> None:
        self._post = post

    async def execute(self, task: Task) -> Outcome:
        """Post once. A receiver that answers 2xx has it."""
        settings = task.action.settings
        assert isinstance(settings, Webhook)
        message_id, body = message_id_of(task.action.key), payload_of(task)
        answer = await self._post.send(
            task.order.shop, settings.url, message_id=message_id, now=task.now, body=body
        )
        if isinstance(answer, Failed):
            return answer
        return Succeeded(
            answer=Answer(recipient=answer.host, excerpt=answer.excerpt, reference=message_id)
        )


def message_id_of(run_key: str) -> str:
    """Derive the `webhook-id` of a run, without a full stop: that one separates what is signed."""
    return f"msg_{hashlib.sha256(run_key.encode()).hexdigest()[:ID_DIGITS]}"
