"""One request of a visitor in one shop: who asks, how to write for them, and which part they want."""

from urllib.parse import unquote

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from adapters.address import with_query
from adapters.auth.roles import Permission, Role
from adapters.auth.visitor import Visitor
from adapters.clock import utc_now
from adapters.http_api.problems import AnyRequest
from adapters.shops.zones import zone_named
from adapters.web.access import PageRequest
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


async def read_visit(
    request: PageRequest, parts: NamedDependency[PageParts], shop: FromPath[str]
) -> Visit:
    """Read it of the request; the guard has found who asks and that the shop is theirs."""
    shop_id = ShopId(shop)
    settings = await parts.shop_settings.get(shop_id)
    language, theme = preferences_of(request)
    visit = Visit(
        visitor=request.user,
        shop=shop_id,
        shop_name=settings.display_name,
        role=request.user.roles[shop_id],
        language=language,
        theme=theme,
        formats=formats_for(language, settings.country, zone_named(settings.zone), utc_now()),
        region=region_named(request.headers.get(REGION_HEADER, "")),
        path=request.url.path,
        query=request.url.query,
        is_secure=is_secure(request),
        said=unquote(request.cookies.get(SAID_COOKIE, "")),
    )
    request.state.visit = visit
    return visit


def visit_of(request: AnyRequest) -> Visit | None:
    """Give the visit, if it was read before something went wrong."""
    visit: Visit | None = request.state.get("visit")
    return visit
