"""Kajabi's public API v1, as much of it as granting and revoking an offer needs.

Any client id and secret open it; tokens end after a while, and all of them when told so.
"""

import secrets
import time
from typing import Any, TypeAlias

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotAuthorizedException, NotFoundException
from msgspec import Struct

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

PAGES = "https://developers.kajabi.com/api-reference"
BEHAVIOURS = tuple(
    Behaviour(Receiver.KAJABI_API, what, source)
    for what, source in (
        ("a token for client credentials, with expires_in", f"{PAGES}/authentication/get-access-token"),
        ("an offer names its site", f"{PAGES}/offers/offer-details"),
        ("contacts are found by filter[site_id] and filter[search]", f"{PAGES}/contacts/list-contacts"),
        ("a contact is made for a site", f"{PAGES}/contacts/create-a-contact"),
        ("granting makes a customer of the contact", f"{PAGES}/contacts/grant-offer-to-contact"),
        ("include=customer names the customer", f"{PAGES}/contacts/contact-details"),
        ("an offer is revoked from a customer", f"{PAGES}/customers/revoke-offer-from-customer"),
        ("granting what is granted is answered 200 and does nothing", ASSUMED),
        ("revoking what is not granted is answered 200 and does nothing", ASSUMED),
        ("revoking from a customer that there is not is answered 404", ASSUMED),
        ("a contact whose email is taken is refused with 422", ASSUMED),
        ("tokens last two hours", ASSUMED),
    )
)  # fmt: skip
TOKEN_SECONDS = 7_200
SITE = "1"
MEDIA_TYPE = "application/vnd.api+json"
UNPROCESSABLE = 422


class Contact(Struct):
    """A contact, who is a customer too once something was granted."""

    id: str
    name: str
    email: str
    customer_id: str = ""
    offers: set[str] = msgspec.field(default_factory=set)


class KajabiApi:
    """Contacts of one site, and tokens."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._contacts: dict[str, Contact] = {}
        self._token_ends: dict[str, float] = {}

    def sign_in(self, form: dict[str, str]) -> str:
        """Hand out a token; NotAuthorizedException without credentials."""
        is_whole = form.get("client_id") and form.get("client_secret")
        if form.get("grant_type") != "client_credentials" or not is_whole:
            raise NotAuthorizedException("invalid_client")
        token = secrets.token_urlsafe(16)
        self._token_ends[token] = time.monotonic() + TOKEN_SECONDS
        return token

    def sign_everybody_out(self) -> int:
        """Let no token be valid any longer, as rotating the credentials does; count them."""
        tokens = len(self._token_ends)
        self._token_ends.clear()
        return tokens

    def require_token(self, authorization: str) -> None:
        """Raise NotAuthorizedException without a valid token."""
        token = authorization.removeprefix("Bearer ")
        if self._token_ends.get(token, 0.0) < time.monotonic():
            raise NotAuthorizedException("invalid_token")

    def search(self, words: str) -> list[Contact]:
        """Find contacts by a part of name or email."""
        folded = words.casefold()
        return [one for one in self._contacts.values() if folded in f"{one.name} {one.email}".casefold()]  # fmt: skip

    def contact(self, contact_id: str) -> Contact:
        """Find a contact; NotFoundException."""
        try:
            return self._contacts[contact_id]
        except KeyError:
            raise NotFoundException from None

    def make(self, name: str, email: str) -> Contact:
        """Make a contact; HTTPException where the email is taken."""
        if any(one.email.casefold() == email.casefold() for one in self._contacts.values()):
            raise HTTPException("Email has already been taken", status_code=UNPROCESSABLE)
        made = Contact(id=str(len(self._contacts) + 1), name=name, email=email)
        self._contacts[made.id] = made
        self._note("", f"contact {email.casefold()}", Effect.DONE, "made a contact")
        return made

    def grant(self, contact: Contact, offer: str, *, sends_email: bool) -> None:
        """Grant an offer once."""
        effect = Effect.KNOWN if offer in contact.offers else Effect.DONE
        contact.customer_id = contact.customer_id or f"9{contact.id}"
        contact.offers.add(offer)
        words = "granted with its email" if sends_email else "granted"
        self._note_offer(contact, offer, effect, words, doing="grant", undoing="revoke")

    def revoke(self, customer_id: str, offer: str) -> Contact:
        """Take an offer back; NotFoundException without such a customer."""
        owners = (one for one in self._contacts.values() if one.customer_id == customer_id)
        contact = next(owners, None)
        if contact is None:
            raise NotFoundException
        effect = Effect.DONE if offer in contact.offers else Effect.KNOWN
        contact.offers.discard(offer)
        self._note_offer(contact, offer, effect, "revoked", doing="revoke", undoing="grant")
        return contact

    def _note_offer(
        self, contact: Contact, offer: str, effect: Effect, words: str, *, doing: str, undoing: str
    ) -> None:
        whom = f"{offer} {contact.email.casefold()}"
        self._book.note(
            Receiver.KAJABI_API, offer, f"{doing} {whom}", effect, words, undoes=f"{undoing} {whom}"
        )

    def _note(self, part: str, key: str, effect: Effect, words: str) -> None:
        self._book.note(Receiver.KAJABI_API, part, key, effect, words)


Asked: TypeAlias = Request[Any, Any, State]


@post("/oauth/token", opt={"is_open": True})
async def token(request: Asked, api: KajabiApi) -> Response[bytes]:
    """Exchange credentials for a token."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    token = {"access_token": api.sign_in(form), "token_type": "Bearer"}
    return _json(token | {"expires_in": TOKEN_SECONDS})


@get("/offers/{offer:str}")
async def offer_details(offer: str) -> Response[bytes]:
    """Show an offer and its site; any number is an offer."""
    if not offer.isdecimal():
        raise NotFoundException
    return _json({"data": _resource("offers", offer, site=_resource("sites", SITE))})


@get("/contacts")
async def contacts(request: Asked, api: KajabiApi) -> Response[bytes]:
    """Search contacts."""
    found = api.search(request.query_params.get("filter[search]", ""))
    return _json({"data": [_shown(contact) for contact in found]})


@get("/contacts/{contact_id:str}")
async def contact_details(contact_id: str, api: KajabiApi) -> Response[bytes]:
    """Show a contact and its customer."""
    return _json({"data": _shown(api.contact(contact_id))})


@post("/contacts")
async def create(request: Asked, api: KajabiApi) -> Response[bytes]:
    """Make a contact."""
    attributes = msgspec.json.decode(await request.body())["data"]["attributes"]
    return _json({"data": _shown(api.make(attributes["name"], attributes["email"]))}, 201)


@post("/contacts/{contact_id:str}/relationships/offers")
async def grant(request: Asked, contact_id: str, api: KajabiApi) -> Response[bytes]:
    """Grant offers to a contact."""
    asked = msgspec.json.decode(await request.body())
    sends_email = asked.get("meta", {}).get("send_customer_welcome_email", True)
    contact = api.contact(contact_id)
    for offer in asked["data"]:
        api.grant(contact, offer["id"], sends_email=sends_email)
    return _json({"data": [_resource("offers", one) for one in sorted(contact.offers)]})


@delete("/customers/{customer_id:str}/relationships/offers", status_code=200)
async def revoke(request: Asked, customer_id: str, api: KajabiApi) -> Response[bytes]:
    """Revoke offers of a customer."""
    left: set[str] = set()
    for offer in msgspec.json.decode(await request.body())["data"]:
        left = api.revoke(customer_id, offer["id"]).offers
    return _json({"data": [_resource("offers", one) for one in sorted(left)]})


@delete("/sandbox/tokens", status_code=200)
async def sign_out(api: KajabiApi) -> int:
    """Let no token be valid any longer; tell how many there were."""
    return api.sign_everybody_out()


def router(api: KajabiApi) -> Router:
    """Serve `/v1`, and `/sandbox/tokens`."""

    def require_token(connection: ASGIConnection[Any, Any, Any, State], handler: Any) -> None:
        if "is_open" not in handler.opt:
            api.require_token(connection.headers.get("authorization", ""))

    v1 = Router(
        "/v1",
        route_handlers=[token, offer_details, contacts, contact_details, create, grant, revoke],
        guards=[require_token],
    )
    return Router(
        "/",
        route_handlers=[v1, sign_out],
        dependencies={"api": Provide(lambda: api, sync_to_thread=False)},
    )


def _shown(contact: Contact) -> dict[str, Any]:
    customer = (
        _resource("customers", contact.customer_id) if contact.customer_id else {"data": None}
    )
    shown = _resource("contacts", contact.id, site=_resource("sites", SITE), customer=customer)
    return shown | {"attributes": {"name": contact.name, "email": contact.email}}


def _resource(type_: str, id_: str, **relationships: dict[str, Any]) -> dict[str, Any]:
    identifier: dict[str, Any] = {"type": type_, "id": id_}
    if relationships:
        identifier["relationships"] = {
            name: related if "data" in related else {"data": related}
            for name, related in relationships.items()
        }
    return identifier


def _json(document: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(document), status_code=status, media_type=MEDIA_TYPE)
