"""Systeme.io's public API, as much of it as a contact with tags needs. Any key opens it."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotAuthorizedException, NotFoundException
from msgspec import Struct

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

PAGES = "https://developer.systeme.io/reference"
BEHAVIOURS = tuple(
    Behaviour(Receiver.SYSTEME, what, source)
    for what, source in (
        ("the header X-API-Key is needed", "https://api.systeme.io/documentation"),
        ("429 when there are too many requests", "https://api.systeme.io/documentation"),
        ("contacts are filtered by exact email", f"{PAGES}/api_contacts_get_collection-1"),
        ("a contact has email and fields by slug", f"{PAGES}/post_contact-1"),
        ("tags are found by query", f"{PAGES}/api_tags_get_collection-1"),
        ("a tag has a name", f"{PAGES}/api_tags_post-1"),
        ("a tag is assigned by its id", f"{PAGES}/post_contact_tag-1"),
        ("a contact or tag that exists is refused with 422", ASSUMED),
        ("a contact lists its tags; assigning one again is refused with 422", ASSUMED),
    )
)
UNPROCESSABLE = 422
USED_ALREADY = "This value is already used."


class Contact(Struct):
    """A contact and the tags that it has."""

    id: int
    email: str
    fields: list[dict[str, str]]
    tags: list[int]


class Systeme:
    """Contacts and tags of one account."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._contacts: dict[str, Contact] = {}
        self._tags: dict[str, int] = {}

    def find(self, email: str) -> list[dict[str, Any]]:
        """Find the contact of an email."""
        contact = self._contacts.get(email.casefold())
        return [self._shown(contact)] if contact else []

    def make(self, email: str, fields: list[dict[str, str]]) -> dict[str, Any]:
        """Make a contact; HTTPException where there is one."""
        if email.casefold() in self._contacts:
            raise _refused()
        made = Contact(id=len(self._contacts) + 1, email=email, fields=fields, tags=[])
        self._contacts[email.casefold()] = made
        self._note("", f"contact {email.casefold()}", Effect.DONE, "made a contact")
        return self._shown(made)

    def tags(self, words: str) -> list[dict[str, Any]]:
        """Find tags by a part of their name."""
        found = (name for name in self._tags if words.casefold() in name.casefold())
        return [{"id": self._tags[name], "name": name} for name in found]

    def make_tag(self, name: str) -> dict[str, Any]:
        """Make a tag; HTTPException where there is one."""
        if name in self._tags:
            raise _refused()
        self._tags[name] = len(self._tags) + 1
        self._note("", f"tag {name}", Effect.DONE, "made a tag")
        return {"id": self._tags[name], "name": name}

    def assign(self, contact_id: int, tag_id: int) -> None:
        """Give a contact a tag; NotFoundException, or HTTPException where it has it."""
        contact = next((one for one in self._contacts.values() if one.id == contact_id), None)
        name = next((name for name, known in self._tags.items() if known == tag_id), None)
        if contact is None or name is None:
            raise NotFoundException
        key = f"{name} {contact.email.casefold()}"
        if tag_id in contact.tags:
            self._note(name, key, Effect.KNOWN, "tag assigned already")
            raise _refused()
        contact.tags.append(tag_id)
        self._note(name, key, Effect.DONE, "assigned a tag")

    def _shown(self, contact: Contact) -> dict[str, Any]:
        shown = msgspec.structs.asdict(contact)
        names = {known: name for name, known in self._tags.items()}
        return shown | {"tags": [{"id": tag, "name": names[tag]} for tag in contact.tags]}

    def _note(self, part: str, key: str, effect: Effect, words: str) -> None:
        self._book.note(Receiver.SYSTEME, part, key, effect, words)


def router(systeme: Systeme) -> Router:
    """Serve `/api`."""

    @get("/contacts")
    async def contacts(request: Request[Any, Any, State]) -> Response[bytes]:
        """Find contacts."""
        return _json({"items": systeme.find(request.query_params.get("email", ""))})

    @post("/contacts")
    async def create(request: Request[Any, Any, State]) -> Response[bytes]:
        """Make a contact."""
        asked = msgspec.json.decode(await request.body())
        return _json(systeme.make(asked["email"], asked.get("fields", [])), 201)

    @get("/tags")
    async def tags(request: Request[Any, Any, State]) -> Response[bytes]:
        """Find tags."""
        return _json({"items": systeme.tags(request.query_params.get("query", ""))})

    @post("/tags")
    async def create_tag(request: Request[Any, Any, State]) -> Response[bytes]:
        """Make a tag."""
        return _json(systeme.make_tag(msgspec.json.decode(await request.body())["name"]), 201)

    @post("/contacts/{contact_id:int}/tags", status_code=204)
    async def assign(request: Request[Any, Any, State], contact_id: int) -> None:
        """Give a contact a tag."""
        systeme.assign(contact_id, msgspec.json.decode(await request.body())["tagId"])

    handlers = [contacts, create, tags, create_tag, assign]
    return Router("/api", route_handlers=handlers, before_request=_require_key)


def _require_key(request: Request[Any, Any, State]) -> None:
    if not request.headers.get("x-api-key"):
        raise NotAuthorizedException("no X-API-Key")


def _refused() -> HTTPException:
    return HTTPException(USED_ALREADY, status_code=UNPROCESSABLE)


def _json(document: dict[str, Any], status: int = 200) -> Response[bytes]:
    body = msgspec.json.encode(document)
    return Response(body, status_code=status, media_type="application/json")
