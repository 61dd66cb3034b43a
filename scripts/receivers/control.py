"""`/sandbox`: what the receivers are, what they received, and their trouble."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import State
from litestar.types import ExceptionHandlersMap
from msgspec import Meta, Struct

from scripts.receivers import (
    epassi,
    kajabi,
    kajabi_api,
    mail,
    paytrail,
    stripe,
    systeme,
    webhooks,
)
from scripts.receivers.book import Book, Received, Tally
from scripts.receivers.places import Places, Receiver, ReceiverUnknown, target_named
from scripts.receivers.sources import Behaviour
from scripts.receivers.trouble import CannotTrouble, Trouble, Troubles
from scripts.receivers.webhooks import CannotVerify, Webhooks

RECEIVED_MAX = 10_000
UNPROCESSABLE = 422
REFUSALS = (CannotTrouble, CannotVerify, ReceiverUnknown, msgspec.DecodeError)
BEHAVIOURS = (
    *mail.BEHAVIOURS,
    *webhooks.BEHAVIOURS,
    *kajabi.BEHAVIOURS,
    *kajabi_api.BEHAVIOURS,
    *systeme.BEHAVIOURS,
    *paytrail.BEHAVIOURS,
    *epassi.BEHAVIOURS,
    *stripe.BEHAVIOURS,
)


class Standing(Struct, frozen=True):
    """How the sandbox stands."""

    receivers: tuple[Tally, ...]
    troubles: tuple[Trouble, ...]
    verifying: dict[str, int]
    """How many secrets each webhook receiver has that verifies signatures."""
    behaviours: tuple[Behaviour, ...] = BEHAVIOURS
    """What each double does, and the page that says so of the real one."""


class Verifying(Struct, frozen=True, forbid_unknown_fields=True):
    """The secrets with one of which a webhook must be signed."""

    receiver: str
    secrets: tuple[str, ...]


def router(places: Places, book: Book, troubles: Troubles, hooks: Webhooks) -> Router:
    """Serve `/sandbox`."""

    @get("/state")
    async def state() -> Response[bytes]:
        """Tell how the sandbox stands."""
        tallies = tuple(book.tally(receiver, places.url(receiver)) for receiver in Receiver)
        return _json(Standing(tallies, tuple(troubles.all()), hooks.verifying()))

    @get("/received")
    async def received(
        target: str = "", limit: Annotated[int, Meta(ge=1, le=RECEIVED_MAX)] = RECEIVED_MAX
    ) -> Response[bytes]:
        """List what was received, the newest last."""
        receiver, part = target_named(target) if target else ("", "")
        found: list[Received] = book.entries(receiver, part, limit)
        return _json(found)

    @post("/trouble", status_code=204)
    async def trouble(request: Request[Any, Any, State]) -> None:
        """Switch trouble on."""
        troubles.set(msgspec.json.decode(await request.body(), type=Trouble))

    @delete("/trouble")
    async def calm(target: str = "") -> None:
        """Switch trouble off, and the verifying of signatures."""
        if target:
            target_named(target)
        troubles.calm(target)
        hooks.forget(target)

    @post("/secrets", status_code=204)
    async def secrets(request: Request[Any, Any, State]) -> None:
        """Let a webhook receiver verify from now on."""
        asked = msgspec.json.decode(await request.body(), type=Verifying)
        hooks.learn(asked.receiver, asked.secrets)

    handlers = [state, received, trouble, calm, secrets]
    refusing: ExceptionHandlersMap = dict.fromkeys(REFUSALS, _refuse)
    return Router("/sandbox", route_handlers=handlers, exception_handlers=refusing)


def _refuse(_request: Request[Any, Any, State], error: Exception) -> Response[bytes]:
    return _json({"detail": str(error)}, UNPROCESSABLE)


def _json(document: object, status: int = 200) -> Response[bytes]:
    content = msgspec.json.encode(document)
    return Response(content, status_code=status, media_type="application/json")
