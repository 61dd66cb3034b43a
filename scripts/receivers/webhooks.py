"""Webhook receivers, `books` and `crm`: take each `webhook-id` once, as Standard Webhooks asks.

They verify nothing until they are given secrets. A repeat is answered 200 and does nothing.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
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
        ("verifies webhook-signature, once it knows a secret", SPECIFICATION),
        ("webhook-id is the key: a repeat does nothing and is answered 2xx", SPECIFICATION),
        ("answers 400 where webhook-id is missing, 401 where the signature is wrong", ASSUMED),
    )
)
REFUSED, UNSIGNED = 400, 401


class CannotVerify(Exception):
    """What was given is no webhook secret, or the receiver takes no webhooks."""


class Judged(NamedTuple):
    """What became of a delivery."""

    status: int
    effect: Effect
    words: str = ""


class Webhooks:
    """The receivers' memory: ids taken, and secrets."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._taken: set[tuple[str, str]] = set()
        self._keys: dict[str, tuple[Webhook, ...]] = {}

    def learn(self, receiver: str, secrets: Sequence[str]) -> None:
        """Take from now on only what one of these secrets has signed; raise CannotVerify."""
        if receiver not in RECEIVERS:
            raise CannotVerify(f"only {' and '.join(RECEIVERS)} verify signatures")
        try:
            keys = tuple(Webhook(secret) for secret in secrets)
        except (EmptyWebhookSecretError, ValueError) as error:
            raise CannotVerify("that is no webhook secret") from error
        if not keys:
            raise CannotVerify("no secret was given: one a line")
        self._keys[receiver] = keys

    def forget(self, receiver: str = "") -> None:
        """Verify nothing any longer: one receiver, or all."""
        self._keys = {name: keys for name, keys in self._keys.items() if receiver not in ("", name)}

    def verifying(self) -> dict[str, int]:
        """Count the secrets of each receiver that verifies."""
        return {receiver: len(keys) for receiver, keys in self._keys.items()}

    def take(self, receiver: str, part: str, headers: dict[str, str], body: bytes) -> Judged:
        """Take a delivery, or refuse it."""
        key = headers.get("webhook-id", "")
        judged = self._judge(receiver, key, headers, body)
        self._book.keep(receiver, key, body.decode(errors="replace"))
        self._book.note(receiver, part, key, judged.effect, judged.words)
        return judged

    def _judge(self, receiver: str, key: str, headers: dict[str, str], body: bytes) -> Judged:
        if not key:
            return Judged(REFUSED, Effect.REFUSED, "no webhook-id")
        if not self._is_signed(receiver, headers, body):
            return Judged(UNSIGNED, Effect.REFUSED, "wrong signature")
        if (receiver, key) in self._taken:
            return Judged(200, Effect.KNOWN)
        self._taken.add((receiver, key))
        return Judged(200, Effect.DONE)

    def _is_signed(self, receiver: str, headers: dict[str, str], body: bytes) -> bool:
        keys = self._keys.get(receiver)
        return keys is None or any(_verifies(key, headers, body) for key in keys)


def _verifies(key: Webhook, headers: dict[str, str], body: bytes) -> bool:
    try:
        key.verify(body, headers)
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
        judged = webhooks.take(receiver, endpoint, headers, await request.body())
        said = msgspec.json.encode({"error": judged.words}) if judged.words else b""
        return Response(said, status_code=judged.status, media_type="application/json")

    return Router("/", route_handlers=[deliver])
