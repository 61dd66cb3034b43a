"""Every route of the pages, and a shop in which each of them finds what it is about.

The rule to know: routes are collected from the site itself, so a new one is in every test at once.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

from httpx2 import Response
from litestar.routes import HTTPRoute
from msgspec import Struct

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from adapters.shops.settings import ShopSettings
from adapters.web.access import SESSION_COOKIE
from adapters.web.assets import STYLE_SHEET, assets_path
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.site import site as pages
from domain.identifiers import ShopId
from domain.order.events import ActionAdded, ExternalRefundObserved
from domain.order.values import TransferMethod
from tests.adapters.commands.given import stand
from tests.adapters.http_api.recorded import followed
from tests.adapters.messaging.checkout import Checkout
from tests.adapters.web.site import Site, site
from tests.examples import (
    COURSE,
    COURSE_BACK,
    CUSTOMER,
    EXTERNAL,
    GRANT_ACTION,
    ORDER_ID,
    PAYMENT,
    REFUND,
    SHOP,
    TRANSFER,
    action_started,
    at,
    done,
    euros,
    failed,
    paid,
    refunded,
    removal_of,
    requested,
)
from tests.support import Database

REMOVAL = removal_of(GRANT_ACTION)
FACTS = (
    *paid(GRANT_ACTION, provider="epassi"),
    *done(GRANT_ACTION),
    *refunded(COURSE_BACK, method=TransferMethod.MANUAL, remove_access=(COURSE,)),
    ActionAdded(at=at(23), action=REMOVAL),
    requested(REMOVAL, minute=23),
    action_started(REMOVAL.action_id, minute=24),
    failed(REMOVAL.action_id, minute=25),
    ExternalRefundObserved(
        at=at(26), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(500)
    ),
)
"""An order about which everything can be asked: owed money, money from outside, a failed removal."""
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Route(Struct, frozen=True, kw_only=True):
    """One address and what it is asked by."""

    method: str
    path: str
    """With its parameters in braces."""

    @property
    def name(self) -> str:
        """Name it as the tests' tables do."""
        return f"{self.method} {self.path}"

    @property
    def end(self) -> str:
        """Name the last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def is_of_shop(self) -> bool:
        """Say whether it lies under a shop."""
        return "{shop}" in self.path


class FullShop(Struct, frozen=True, kw_only=True):
    """The shop with its order, its people, a key and a message that is stuck."""

    ledger: Site
    parameters: dict[str, str]
    """Of all paths, by their names."""
    fields: dict[str, dict[str, str]]
    """Of a query or a form, by the last part of the path."""

    def address(self, route: Route, shop: ShopId = SHOP) -> str:
        """Fill in the route's parameters."""
        version = "3" if route.is_of_shop else assets_path().removeprefix("/assets/")
        return route.path.format_map({**self.parameters, "shop": shop, "version": version})

    async def visitor(self, role: Role, shop: ShopId = SHOP) -> Mapping[str, str]:
        """Sign in a person of this role; give their cookie."""
        email = f"{role.value}@{shop}.example.com"
        known = await self.ledger.parts.people.find(email)
        person = known or await self.ledger.parts.people.add(email, "Laura", shop, role)
        return {SESSION_COOKIE: await self.ledger.parts.sessions.begin(person.person_id)}

    async def ask(
        self,
        route: Route,
        cookies: Mapping[str, str],
        shop: ShopId = SHOP,
        region: Region | None = None,
        headers: Mapping[str, str] = SAME_ORIGIN,
    ) -> Response:
        """Ask the route as a browser does; of a stream take only what it begins with."""
        address = self.address(route, shop)
        fields = self.fields.get(route.end, {})
        form, query = (fields, {}) if route.method == "POST" else ({}, fields)
        sent = {**headers, "Cookie": "; ".join(f"{name}={cookies[name]}" for name in cookies)}
        sent |= {REGION_HEADER: region.value} if region else {}
        client = self.ledger.client
        asking = client.stream(route.method, address, headers=sent, data=form, params=query)
        async with asking as answer:
            client.cookies.clear()
            if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
                await answer.aread()
            return answer


def routes() -> list[Route]:
    """List all routes of the pages, each with each of its methods."""
    return [
        Route(method=method, path=route.path_format)
        for route in pages().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS"})
    ]


@asynccontextmanager
async def full_shop(database: Database) -> AsyncIterator[FullShop]:
    """Serve it; read models are up to date."""
    stuck = Checkout(SHOP).raw(b"not JSON")
    async with site(database, 8) as ledger:
        await ledger.parts.shops.add(SHOP, "Courses")
        settings = ShopSettings(display_name="Courses", grace_seconds=0)
        await ledger.parts.shop_settings.put(SHOP, settings)
        await ledger.parts.people.add("admin@example.com", "Admin", SHOP, Role.ADMIN)
        member = await ledger.parts.people.add("mika@example.com", "Mika", SHOP, Role.VIEWER)
        key = await ledger.parts.keys.issue("test", Role.VIEWER, [SHOP])
        await ledger.parts.intake.take([stuck.arrival])
        async with followed(ledger.parts):
            await catch_up(ledger.parts, await stand(ledger.parts, *FACTS))
            yield FullShop(
                ledger=ledger,
                parameters={
                    "order_id": str(ORDER_ID),
                    "refund_id": REFUND,
                    "external_id": EXTERNAL,
                    "action_id": quote(REMOVAL.action_id, safe=""),
                    "name": STYLE_SHEET,
                    "person_id": member.person_id,
                    "key_id": key.key_id,
                    "secret": await ledger.parts.sign_in_links.make(member.person_id),
                },
                fields={
                    "show": {"id": stuck.message_id},
                    "replay": {"id": stuck.message_id},
                    "confirm": {"transfer": TRANSFER},
                    "customers": {"email": CUSTOMER.email},
                    "case": {"do": "take"},
                    "rows": {"id": str(ORDER_ID)},
                },
            )
