"""Grant a Kajabi offer by the public API v1 (developers.kajabi.com/api-reference).

An offer names its site; a contact of that site is found by email, or made; granting makes a
customer of the contact, by whose id the offer can be revoked. The rule to know: a token is kept
until shortly before it ends or the credentials are others, and a call that answers 401 is made
once more with a new one.
"""

import time
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct, field

from adapters.executors.calls import CallFailed, call, credential, read
from adapters.executors.kajabi.member import is_granted_already, member_name
from adapters.executors.kajabi.removal_target import ByApi, encode_target
from adapters.outbound_http import FORM_TYPE, HttpAnswer, OutboundHttp
from adapters.postgres.secrets import KAJABI_CLIENT_ID, KAJABI_CLIENT_SECRET, Secrets
from domain.configuration.settings import KajabiGrant
from domain.identifiers import ShopId
from domain.order.values import Answer, Customer
from processors.ports import Failed, Outcome, Succeeded

MEDIA_TYPE = "application/vnd.api+json"
TOKEN_SPARE_SECONDS = 60
UNAUTHORIZED = 401

T = TypeVar("T")


class _TokenAnswer(Struct):
    access_token: str
    expires_in: int = 0
    """Seconds; a token whose end is not told is used once."""


class _Identifier(Struct):
    id: str


class _Related(Struct):
    data: _Identifier | None = None


class _Relationships(Struct):
    site: _Related = field(default_factory=_Related)
    customer: _Related = field(default_factory=_Related)


class _Attributes(Struct):
    email: str = ""


class _Resource(Struct):
    id: str
    attributes: _Attributes = field(default_factory=_Attributes)
    relationships: _Relationships = field(default_factory=_Relationships)


class _One(Struct):
    data: _Resource


class _Many(Struct):
    data: list[_Resource]


class _Account(Struct, frozen=True):
    """Whom an attempt signs in as."""

    shop: ShopId
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"_Account({self.shop})"


class _Token(Struct, frozen=True):
    account: _Account
    text: str
    ends_at: float
    """Of the monotonic clock."""


class KajabiApi:
    """Kajabi's public API, with the credentials of each shop."""

    def __init__(self, http: OutboundHttp, secrets: Secrets, url: str) -> None:
        self._http = http
        self._secrets = secrets
        self._url = url.rstrip("/")
        self._tokens: dict[ShopId, _Token] = {}

    async def grant(self, shop: ShopId, settings: KajabiGrant, customer: Customer) -> Outcome:
        """Grant an offer to a customer; raise CallFailed."""
        offer_id = settings.offer_id
        account = _Account(
            shop,
            await credential(self._secrets, shop, KAJABI_CLIENT_ID),
            await credential(self._secrets, shop, KAJABI_CLIENT_SECRET),
        )
        contact_id = await self._contact(account, settings, customer)
        answer = await self._grant_offer(account, contact_id, settings)
        path = f"/v1/contacts/{contact_id}?include=customer"
        shown = (await self._get(account, path, _One)).data.relationships.customer.data
        if shown is None:
            sentence = "Kajabi names no customer of the contact that the offer was granted to."
            raise CallFailed(Failed(code="no_customer", message=sentence, is_retryable=True))
        target = ByApi(offer_id=offer_id, contact_id=contact_id, customer_id=shown.id)
        return Succeeded(
            answer=Answer(
                recipient=customer.email,
                excerpt=answer.excerpt,
                reference=f"customer {shown.id}",
                removal_target=encode_target(target),
            )
        )

    async def _contact(self, account: _Account, settings: KajabiGrant, customer: Customer) -> str:
        offer = await self._get(account, f"/v1/offers/{settings.offer_id}", _One)
        site = offer.data.relationships.site.data
        if site is None:
            sentence = "Kajabi names no site of the offer."
            raise CallFailed(Failed(code="no_site", message=sentence))
        found = await self._find(account, site.id, customer.email)
        return found or await self._make(account, site.id, settings, customer)

    async def _find(self, account: _Account, site_id: str, email: str) -> str:
        """Search by parts of name or email, and take the very email."""
        query = urlencode({"filter[site_id]": site_id, "filter[search]": email})
        found = await self._get(account, f"/v1/contacts?{query}", _Many)
        same = (c.id for c in found.data if c.attributes.email.casefold() == email.casefold())
        return next(same, "")

    async def _make(
        self, account: _Account, site_id: str, settings: KajabiGrant, customer: Customer
    ) -> str:
        name = member_name(customer, hide_last_name=settings.hide_last_name)
        document = {
            "data": {
                "type": "contacts",
                "attributes": {"name": name, "email": customer.email},
                "relationships": {"site": {"data": {"type": "sites", "id": site_id}}},
            }
        }
        answer = await self._ask(account, "POST", "/v1/contacts", msgspec.json.encode(document))
        return read(answer, _One).data.id

    async def _grant_offer(
        self, account: _Account, contact_id: str, settings: KajabiGrant
    ) -> HttpAnswer:
        document = {
            "data": [{"type": "offers", "id": settings.offer_id}],
            "meta": {"send_customer_welcome_email": settings.send_grant_email},
        }
        path = f"/v1/contacts/{contact_id}/relationships/offers"
        try:
            return await self._ask(account, "POST", path, msgspec.json.encode(document))
        except CallFailed as error:
            if error.answer is None or not is_granted_already(error.answer):
                raise
            return error.answer

    async def _get(self, account: _Account, path: str, as_type: type[T]) -> T:
        return read(await self._ask(account, "GET", path), as_type)

    async def _ask(
        self, account: _Account, method: str, path: str, body: bytes = b""
    ) -> HttpAnswer:
        """Make one call signed in as the shop, once more with a new token after a 401."""
        try:
            return await self._signed_in(account, method, path, body)
        except CallFailed as error:
            if error.answer is None or error.answer.status != UNAUTHORIZED:
                raise
            self._tokens.pop(account.shop, None)
        return await self._signed_in(account, method, path, body)

    async def _signed_in(
        self, account: _Account, method: str, path: str, body: bytes
    ) -> HttpAnswer:
        token = await self._token(account)
        headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE}
        if body:
            headers["Content-Type"] = MEDIA_TYPE
        return await call(self._http, method, f"{self._url}{path}", headers=headers, body=body)

    async def _token(self, account: _Account) -> str:
        kept = self._tokens.get(account.shop)
        if kept and kept.account == account and time.monotonic() < kept.ends_at:
            return kept.text
        self._tokens[account.shop] = token = await self._sign_in(account)
        return token.text

    async def _sign_in(self, account: _Account) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }
        url, headers = f"{self._url}/v1/oauth/token", {"Content-Type": FORM_TYPE}
        answer = await call(self._http, "POST", url, headers=headers, body=urlencode(form).encode())
        told = read(answer, _TokenAnswer)
        lasts_seconds = told.expires_in - TOKEN_SPARE_SECONDS
        return _Token(account, told.access_token, time.monotonic() + lasts_seconds)
