"""Kajabi's offer webhooks: an activation and a deactivation address for each offer.

An offer is granted once to a member; asking again is answered as an error that says so.
"""

from typing import Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import State
from msgspec import Struct

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

HELP = "https://help.kajabi.com/hc/en-us/articles/360037245374-How-to-Use-Webhooks-on-Kajabi"
LEARN = "https://learn.kajabi.com/resources/fh8nuxw8yoi8w4wcoowsa/"
QUIZ = "https://jeopardylabs.com/print/2021-09-21-539"
BEHAVIOURS = tuple(
    Behaviour(Receiver.KAJABI, what, source)
    for what, source in (
        ("POST with name, email and external_user_id, all needed", HELP),
        ("send_offer_grant_email=true in the query sends its email; default off", LEARN),
        ("deactivation needs the same fields, and takes access by external_user_id", LEARN),
        ("email ignores case, external_user_id does not", QUIZ),
        ("the same email with another external_user_id: 'Email: is invalid'", QUIZ),
        ("'The offer has already been granted to this member'", QUIZ),
        ("'Offer grant not found for offer on member'", QUIZ),
        ('errors are 422 with {"errors": […]}, success is 200 with {}', ASSUMED),
    )
)
NAME_MISSING = "Name: can't be blank"
EMAIL_MISSING = "Email: can't be blank"
EMAIL_INVALID = "Email: is invalid"
ID_MISSING = "Base: not found"
GRANTED_ALREADY = "The offer has already been granted to this member"
NOT_GRANTED = "Offer grant not found for offer on member"
UNPROCESSABLE = 422
OPPOSITES = {"activate": "deactivate", "deactivate": "activate"}


class Member(Struct):
    """What is posted; what is missing is blank."""

    name: str = ""
    email: str = ""
    external_user_id: str = ""


class KajabiOffers:
    """Who has which offer."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._id_by_email: dict[str, str] = {}
        self._granted: set[tuple[str, str]] = set()

    def activate(self, offer: str, member: Member, *, sends_email: bool) -> str:
        """Grant the offer; return what is wrong, or nothing."""
        error = _blank(member) or self._mismatch(member)
        key = (offer, member.external_user_id)
        if not error and key in self._granted:
            error = GRANTED_ALREADY
        if not error:
            self._id_by_email[member.email.casefold()] = member.external_user_id
            self._granted.add(key)
        self._note("activate", key, error, "with its email" if sends_email else "")
        return error

    def deactivate(self, offer: str, member: Member) -> str:
        """Take the offer back; return what is wrong, or nothing."""
        key = (offer, member.external_user_id)
        error = _blank(member) or ("" if key in self._granted else NOT_GRANTED)
        if not error:
            self._granted.discard(key)
        self._note("deactivate", key, error, "")
        return error

    def _mismatch(self, member: Member) -> str:
        known = self._id_by_email.get(member.email.casefold(), member.external_user_id)
        return "" if known == member.external_user_id else EMAIL_INVALID

    def _note(self, what: str, key: tuple[str, str], error: str, words: str) -> None:
        effect = Effect.REFUSED if error else Effect.DONE
        if error in (GRANTED_ALREADY, NOT_GRANTED):
            effect = Effect.KNOWN
        offer, member = key
        words = f"{what} {error or words}".strip()
        whom, undone = f"{offer} {member}", OPPOSITES[what]
        self._book.note(
            Receiver.KAJABI, offer, f"{what} {whom}", effect, words, undoes=f"{undone} {whom}"
        )


def router(offers: KajabiOffers) -> Router:
    """Serve the addresses that Kajabi shows with an offer."""

    @post("/webhooks/offers/{offer:str}/{site:int}/activate")
    async def activate(
        request: Request[Any, Any, State],
        offer: str,
        site: int,  # noqa: ARG001 - part of the address
    ) -> Response[bytes]:
        """Grant an offer."""
        sends_email = request.query_params.get("send_offer_grant_email") == "true"
        member = _member(await request.body())
        return _answer(offers.activate(offer, member, sends_email=sends_email))

    @post("/webhooks/offers/{offer:str}/{site:int}/deactivate")
    async def deactivate(
        request: Request[Any, Any, State],
        offer: str,
        site: int,  # noqa: ARG001 - part of the address
    ) -> Response[bytes]:
        """Take an offer back."""
        return _answer(offers.deactivate(offer, _member(await request.body())))

    return Router("/", route_handlers=[activate, deactivate])


def _member(body: bytes) -> Member:
    try:
        return msgspec.json.decode(body, type=Member)
    except msgspec.DecodeError:
        return Member()


def _blank(member: Member) -> str:
    required = (
        (member.name, NAME_MISSING),
        (member.email, EMAIL_MISSING),
        (member.external_user_id, ID_MISSING),
    )
    return next((error for value, error in required if not value.strip()), "")


def _answer(error: str) -> Response[bytes]:
    if error:
        body = msgspec.json.encode({"errors": [error]})
        return Response(body, status_code=UNPROCESSABLE, media_type="application/json")
    return Response(b"{}", status_code=200, media_type="application/json")
