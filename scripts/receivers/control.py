"""`/sandbox`: what the receivers are, what they received, and their trouble."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from msgspec import Meta, Struct

from scripts.receivers import kajabi, kajabi_api, mail, systeme, webhooks
from scripts.receivers.book import Book, Received, Tally
from scripts.receivers.places import Places, Receiver
from scripts.receivers.sources import Behaviour
from scripts.receivers.trouble import CannotTrouble, Trouble, Troubles
from scripts.receivers.webhooks import Webhooks

RECEIVED_MAX = 10_000
BEHAVIOURS = (
    *mail.BEHAVIOURS,
    *webhooks.BEHAVIOURS,
    *kajabi.BEHAVIOURS,
    *kajabi_api.BEHAVIOURS,
    *systeme.BEHAVIOURS,
)


class Standing(Struct, frozen=True, kw_only=True):
    """How the sandbox stands."""

    receivers: tuple[Tally, ...]
    troubles: tuple[Trouble, ...]
    behaviours: tuple[Behaviour, ...] = BEHAVIOURS
    """What each double does, and the page that says so of the real one."""


class Secret(Struct, frozen=True, forbid_unknown_fields=True):
    """The secret by which a receiver verifies webhooks."""

    receiver: str
    secret: str


def router(places: Places, book: Book, troubles: Troubles, hooks: Webhooks) -> Router:
    """Serve `/sandbox`."""

    @get("/state")
    async def state() -> Response[bytes]:
        """Tell how the sandbox stands."""
        tallies = tuple(book.tally(receiver, places.url(receiver)) for receiver in Receiver)
        return _json(Standing(receivers=tallies, troubles=tuple(troubles.all())))

    @get("/received")
    async def received(
        receiver: str = "", limit: Annotated[int, Meta(ge=1, le=RECEIVED_MAX)] = RECEIVED_MAX
    ) -> Response[bytes]:
        """List what was received, the newest last."""
        found: list[Received] = book.entries(receiver, limit)
        return _json(found)

    @post("/trouble", status_code=204)
    async def trouble(request: Request[Any, Any, State]) -> None:
        """Switch trouble on."""
        try:
            troubles.set(msgspec.json.decode(await request.body(), type=Trouble))
        except (CannotTrouble, msgspec.DecodeError) as error:
            raise HTTPException(str(error), status_code=422) from error

    @delete("/trouble")
    async def calm(target: str = "") -> None:
        """Switch trouble off."""
        troubles.calm(target)

    @post("/secrets", status_code=204)
    async def secrets(request: Request[Any, Any, State]) -> None:
        """Let a webhook receiver verify from now on."""
        try:
            known = msgspec.json.decode(await request.body(), type=Secret)
            hooks.learn(known.receiver, known.secret)
        except ValueError as error:
            raise HTTPException("that is no webhook secret", status_code=422) from error

    return Router("/sandbox", route_handlers=[state, received, trouble, calm, secrets])


def _json(document: object) -> Response[bytes]:
    return Response(msgspec.json.encode(document), media_type="application/json")
