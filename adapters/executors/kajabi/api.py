"""Grant and revoke a Kajabi offer by the public API v1 (developers.kajabi.com/api-reference).

An offer names its site; a contact of that site is found by email, or made; granting makes a
customer of the contact. The rule to know: an offer is revoked from the customer whose id was kept
when it was granted, so nobody is searched for who may have another email by then.
"""

from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct, field

from adapters.executors.calls import CallFailed, read
from adapters.executors.kajabi.account import Account, Accounts
from adapters.executors.kajabi.member import (
    GRANTED_ALREADY,
    REMOVED_ALREADY,
    member_name,
    unless_so_already,
)
from adapters.executors.kajabi.removal_target import ByApi, encode_target
from adapters.outbound_http import HttpAnswer, OutboundHttp
from adapters.postgres.secrets import Secrets
from domain.configuration.settings import KajabiGrant
from domain.identifiers import ShopId
from domain.order.values import Answer, Customer
from processors.ports import Failed, Outcome, Succeeded

T = TypeVar("T")


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


class KajabiApi:
    """Kajabi's public API, with the credentials of each shop."""

    def __init__(self, http: OutboundHttp, secrets: Secrets, url: str) -> None:
        self._accounts = Accounts(http, secrets, url)

    async def grant(self, shop: ShopId, settings: KajabiGrant, customer: Customer) -> Outcome:
        """Grant an offer to a customer; raise CallFailed."""
        account = await self._accounts.of(shop)
        site_id = await self._site(account, settings)
        contact_id = await self._find(account, site_id, customer.email)
        contact_id = contact_id or await self._make(account, site_id, settings, customer)
        answer = await self._grant_offer(account, contact_id, settings)
        customer_id = await self._customer(account, contact_id)
        if not customer_id:
            sentence = "Kajabi names no customer of the contact that the offer was granted to."
            raise CallFailed(Failed(code="no_customer", message=sentence, is_retryable=True))
        target = ByApi(offer_id=settings.offer_id, contact_id=contact_id, customer_id=customer_id)
        return Succeeded(
            answer=Answer(
                recipient=customer.email,
                excerpt=answer.excerpt,
                reference=f"customer {customer_id}",
                removal_target=encode_target(target),
            )
        )

    async def revoke(self, shop: ShopId, target: ByApi, email: str) -> Outcome:
        """Take an offer back from the customer that it was granted to; raise CallFailed."""
        account = await self._accounts.of(shop)
        document = {"data": [{"type": "offers", "id": target.offer_id}]}
        path = f"/v1/customers/{target.customer_id}/relationships/offers"
        revoking = self._accounts.ask(account, "DELETE", path, msgspec.json.encode(document))
        answer = await unless_so_already(revoking, REMOVED_ALREADY)
        return Succeeded(
            answer=Answer(
                recipient=email,
                excerpt=answer.excerpt,
                reference=f"customer {target.customer_id}",
            )
        )

    async def revoke_if_granted(
        self, shop: ShopId, settings: KajabiGrant, customer: Customer
    ) -> Outcome:
        """Take an offer back that may have been granted to a customer; raise CallFailed."""
        account = await self._accounts.of(shop)
        site_id = await self._site(account, settings)
        contact_id = await self._find(account, site_id, customer.email)
        customer_id = await self._customer(account, contact_id) if contact_id else ""
        if not customer_id:
            words = "Kajabi has no customer of this email: nothing was granted."
            return Succeeded(answer=Answer(recipient=customer.email, excerpt=words))
        target = ByApi(offer_id=settings.offer_id, contact_id=contact_id, customer_id=customer_id)
        return await self.revoke(shop, target, customer.email)

    async def _site(self, account: Account, settings: KajabiGrant) -> str:
        offer = await self._get(account, f"/v1/offers/{settings.offer_id}", _One)
        site = offer.data.relationships.site.data
        if site is None:
            sentence = "Kajabi names no site of the offer."
            raise CallFailed(Failed(code="no_site", message=sentence))
        return site.id

    async def _customer(self, account: Account, contact_id: str) -> str:
        """Name the customer that a contact is; "" before anything was granted."""
        path = f"/v1/contacts/{contact_id}?include=customer"
        shown = (await self._get(account, path, _One)).data.relationships.customer.data
        return shown.id if shown else ""

    async def _find(self, account: Account, site_id: str, email: str) -> str:
        """Search by parts of name or email, and take the very email."""
        query = urlencode({"filter[site_id]": site_id, "filter[search]": email})
        found = await self._get(account, f"/v1/contacts?{query}", _Many)
        same = (c.id for c in found.data if c.attributes.email.casefold() == email.casefold())
        return next(same, "")

    async def _make(
        self, account: Account, site_id: str, settings: KajabiGrant, customer: Customer
    ) -> str:
        name = member_name(customer, hide_last_name=settings.hide_last_name)
        document = {
            "data": {
                "type": "contacts",
                "attributes": {"name": name, "email": customer.email},
                "relationships": {"site": {"data": {"type": "sites", "id": site_id}}},
            }
        }
        body = msgspec.json.encode(document)
        answer = await self._accounts.ask(account, "POST", "/v1/contacts", body)
        return read(answer, _One).data.id

    async def _grant_offer(
        self, account: Account, contact_id: str, settings: KajabiGrant
    ) -> HttpAnswer:
        document = {
            "data": [{"type": "offers", "id": settings.offer_id}],
            "meta": {"send_customer_welcome_email": settings.send_grant_email},
        }
        path = f"/v1/contacts/{contact_id}/relationships/offers"
        granting = self._accounts.ask(account, "POST", path, msgspec.json.encode(document))
        return await unless_so_already(granting, GRANTED_ALREADY)

    async def _get(self, account: Account, path: str, as_type: type[T]) -> T:
        return read(await self._accounts.ask(account, "GET", path), as_type)
