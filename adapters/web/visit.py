"""One request of a visitor in one shop: who asks, how to write for them, and which part they want."""

from typing import Any
from urllib.parse import unquote

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from msgspec import Struct

from adapters.address import with_query
from adapters.auth.roles import Permission, Role
from adapters.auth.visitor import Visitor
from adapters.clock import utc_now
from adapters.http_api.problems import AnyRequest
from adapters.shops.zones import zone_named
from adapters.web.access import shop_of
from adapters.web.accounts.client import is_secure
from adapters.web.formats import Formats, formats_for
from adapters.web.parts import PageParts
from adapters.web.preferences import Theme, preferences_of
from adapters.web.regions import REGION_HEADER, Region, region_named
from adapters.web.saying import said
from adapters.web.words import LanguageTag
from domain.identifiers import ShopId

SAID_COOKIE = "said"


class Visit(Struct, frozen=True, kw_only=True):
    """What every page of a shop knows of its request."""

    visitor: Visitor
    shop: ShopId
    shop_name: str
    role: Role
    language: LanguageTag
    theme: Theme
    formats: Formats
    region: Region
    path: str
    query: str
    """As it stands in the address, without the question mark."""
    is_secure: bool
    """The browser reaches us by TLS, so its cookies may not go otherwise."""
    said: str = ""
    """A sentence that the last form left for the next whole page."""

    def say(self, text: str) -> str:
        """Say a sentence of the ledger in the page's language, its money and lengths written so too."""
        return said(text, self.language, self.formats)

    def may(self, permission: Permission) -> bool:
        """Say whether the visitor's role in this shop allows it."""
        return self.visitor.may(permission, self.shop)

    @property
    def address(self) -> str:
        """Give the address that was asked for."""
        return with_query(self.path, self.query)

    def url(self, path: str) -> str:
        """Give the address of a page of this shop: `url("/orders")`."""
        return f"/shops/{self.shop}{path}"


async def read_visit(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Read it for whoever belongs to the shop.

    A guard, before the one that refuses: what is refused is a visit, too.
    """
    shop, visitor = shop_of(connection), connection.scope.get("user")
    if not isinstance(visitor, Visitor) or shop not in visitor.roles:
        return
    parts: PageParts = connection.app.state.parts
    settings = await parts.shop_settings.get(shop)
    language, theme = preferences_of(connection)
    connection.state.visit = Visit(
        visitor=visitor,
        shop=shop,
        shop_name=settings.display_name,
        role=visitor.roles[shop],
        language=language,
        theme=theme,
        formats=formats_for(language, settings.country, zone_named(settings.zone), utc_now()),
        region=region_named(connection.headers.get(REGION_HEADER, "")),
        path=connection.url.path,
        query=connection.url.query,
        is_secure=is_secure(connection),
        said=unquote(connection.cookies.get(SAID_COOKIE, "")),
    )


def visit_of(request: AnyRequest) -> Visit | None:
    """Give the visit, if there is one: something may have gone wrong before."""
    visit: Visit | None = request.state.get("visit")
    return visit


def the_visit(request: AnyRequest) -> Visit:
    """Give the visit of a request that was let in."""
    visit = visit_of(request)
    assert visit is not None, "a page of a shop is for who belongs to it"
    return visit
