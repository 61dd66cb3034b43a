"""Webhook receivers, `books` and `crm`: take each `webhook-id` once, as Standard Webhooks asks.

They verify nothing until they are given the secret. A repeat is answered 200 and does nothing.
"""

from typing import Any

from litestar import Request, Response, Router, post
from litestar.datastructures import State
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

RECEIVERS = (Receiver.BOOKS, Receiver.CRM)
SPECIFICATION = (
    "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
)
BEHAVIOURS = tuple(
    Behaviour(receiver, what, source)
    for receiver in RECEIVERS
    for what, source in (
        ("verifies webhook-signature, once it knows the secret", SPECIFICATION),
        ("webhook-id is the key: a repeat does nothing and is answered 2xx", SPECIFICATION),
        ("answers 400 where webhook-id is missing, 401 where the signature is wrong", ASSUMED),
    )
)
REFUSED, UNSIGNED = 400, 401


class Webhooks:
    """The receivers' memory: ids taken, and secrets."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._taken: set[tuple[str, str]] = set()
        self._secrets: dict[str, str] = {}

    def learn(self, receiver: str, secret: str) -> None:
        """Verify what comes from now on; ValueError for what is no secret."""
        try:
            Webhook(secret)
        except EmptyWebhookSecretError as error:
            raise ValueError("an empty secret") from error
        self._secrets[receiver] = secret

    def take(self, receiver: str, part: str, headers: dict[str, str], body: bytes) -> int:
        """Take a delivery; return the status of the answer."""
        key = headers.get("webhook-id", "")
        status, effect, words = self._judge(receiver, key, headers, body)
        self._book.note(receiver, part, key, effect, words)
        return status

    def _judge(
        self, receiver: str, key: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Effect, str]:
        if not key:
            return REFUSED, Effect.REFUSED, "no webhook-id"
        if not self._is_signed(receiver, headers, body):
            return UNSIGNED, Effect.REFUSED, "wrong signature"
        if (receiver, key) in self._taken:
            return 200, Effect.KNOWN, ""
        self._taken.add((receiver, key))
        return 200, Effect.DONE, ""

    def _is_signed(self, receiver: str, headers: dict[str, str], body: bytes) -> bool:
        if receiver not in self._secrets:
            return True
        try:
            Webhook(self._secrets[receiver]).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True


def router(webhooks: Webhooks) -> Router:
    """Serve `POST /hooks/{receiver}/{endpoint}`."""

    @post("/hooks/{receiver:str}/{endpoint:str}")
    async def deliver(
        request: Request[Any, Any, State], receiver: str, endpoint: str
    ) -> Response[bytes]:
        """Take one delivery."""
        if receiver not in RECEIVERS:
            return Response(b"", status_code=404)
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = webhooks.take(receiver, endpoint, headers, await request.body())
        return Response(b"", status_code=status)

    return Router("/", route_handlers=[deliver])
