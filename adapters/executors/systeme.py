"""Add the customer to Systeme.io as a contact with tags (developer.systeme.io/reference).

The rule to know: what exists already is taken as it is, so each call can be made again: a contact
is found by its exact email, a tag by its exact name, and a tag that the contact has is left.
"""

from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from adapters.executors.calls import CallFailed, call, credential, outcome_within, read
from adapters.outbound_http import HttpAnswer, OutboundHttp
from adapters.postgres.secrets import SYSTEME_API_KEY, Secrets
from domain.configuration.settings import SystemeContact
from domain.identifiers import ShopId
from domain.order.running import CALLS_SECONDS_MAX
from domain.order.values import Answer, Customer
from processors.ports import Outcome, Succeeded, Task

REFUSED_AS_KNOWN = frozenset({409, 422})
TAGS_PER_PAGE = 100


class _Tag(Struct):
    id: int
    name: str


class _Tags(Struct):
    items: list[_Tag]


class _Contact(Struct):
    id: int
    tags: list[_Tag] = []

    @property
    def tag_names(self) -> set[str]:
        return {tag.name for tag in self.tags}


class _Contacts(Struct):
    items: list[_Contact]


class SystemeContactExecutor:
    """Carries out `systeme_contact`."""

    def __init__(
        self,
        http: OutboundHttp,
        secrets: Secrets,
        api_url: str,
        *,
        seconds_max: float = CALLS_SECONDS_MAX,
    ) -> None:
        self._http = http
        self._secrets = secrets
        self._url = f"{api_url.rstrip('/')}/api"
        self._seconds_max = seconds_max

    async def execute(self, task: Task) -> Outcome:
        """Make the order's customer a contact that has every tag."""
        settings, customer = task.action.settings, task.order.customer
        assert isinstance(settings, SystemeContact)
        assert customer is not None
        adding = self._add(task.order.shop, settings, customer)
        return await outcome_within(adding, self._seconds_max)

    async def _add(self, shop: ShopId, settings: SystemeContact, customer: Customer) -> Outcome:
        account = _Account(
            self._http, self._url, await credential(self._secrets, shop, SYSTEME_API_KEY)
        )
        contact = await account.contact(customer)
        for name in dict.fromkeys(settings.tags):
            if name not in contact.tag_names:
                await account.assign(contact, name, customer.email)
        words = f"tags: {', '.join(settings.tags)}"
        reference = f"contact {contact.id}"
        answer = Answer(recipient=customer.email, excerpt=words, reference=reference)
        return Succeeded(answer=answer)


class _Account:
    """One shop's account; every method raises CallFailed."""

    def __init__(self, http: OutboundHttp, url: str, key: str) -> None:
        self._http = http
        self._url = url
        self._headers = {"X-API-Key": key, "Accept": "application/json"}

    async def contact(self, customer: Customer) -> _Contact:
        """Find the contact or make it, with the customer's names."""
        found = await self._find(customer.email)
        if found is not None:
            return found
        named = (("first_name", customer.first_name), ("surname", customer.last_name))
        fields = [{"slug": slug, "value": value} for slug, value in named if value]
        try:
            answer = await self._post("/contacts", {"email": customer.email, "fields": fields})
        except CallFailed as error:
            made_meanwhile = await self._find(customer.email) if _is_known(error) else None
            if made_meanwhile is None:
                raise
            return made_meanwhile
        return read(answer, _Contact)

    async def assign(self, contact: _Contact, name: str, email: str) -> None:
        """Give a contact a tag, which is made where there is none."""
        tag_id = await self._tag(name) or await self._make_tag(name)
        try:
            await self._post(f"/contacts/{contact.id}/tags", {"tagId": tag_id})
        except CallFailed as error:
            found = await self._find(email) if _is_known(error) else None
            if found is None or name not in found.tag_names:
                raise

    async def _find(self, email: str) -> _Contact | None:
        found = read(await self._get("/contacts", {"email": email}), _Contacts)
        return next(iter(found.items), None)

    async def _tag(self, name: str) -> int:
        """Search by a part of the name, and take the very name; 0 where there is none."""
        asked = {"query": name, "limit": str(TAGS_PER_PAGE)}
        found = read(await self._get("/tags", asked), _Tags)
        return next((tag.id for tag in found.items if tag.name == name), 0)

    async def _make_tag(self, name: str) -> int:
        try:
            return read(await self._post("/tags", {"name": name}), _Tag).id
        except CallFailed as error:
            made_meanwhile = await self._tag(name) if _is_known(error) else 0
            if not made_meanwhile:
                raise
            return made_meanwhile

    async def _get(self, path: str, query: dict[str, str]) -> HttpAnswer:
        url = f"{self._url}{path}?{urlencode(query)}"
        return await call(self._http, "GET", url, headers=self._headers)

    async def _post(self, path: str, document: object) -> HttpAnswer:
        headers = self._headers | {"Content-Type": "application/json"}
        body = msgspec.json.encode(document)
        return await call(self._http, "POST", f"{self._url}{path}", headers=headers, body=body)


def _is_known(error: CallFailed) -> bool:
    """Say whether a refusal may mean that it is so already: the caller looks."""
    return error.answer is not None and error.answer.status in REFUSED_AS_KNOWN
