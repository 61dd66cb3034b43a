"""`GET /shops/{shop}/live`: what changes, for the pages; the same stream as the API's, by session.

The rule to know: whose session ends, or who leaves the shop, hears nothing more within a minute.
"""

from functools import partial

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from adapters.auth.roles import Permission
from adapters.auth.sessions import Sessions
from adapters.http_api.access import needs
from adapters.http_api.live import MEDIA_TYPE, live_stream
from adapters.reading.live_feed import LiveFeed
from adapters.web.access import SESSION_COOKIE, PageRequest
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import ShopId


@get("/live", media_type=MEDIA_TYPE, opt=needs(Permission.SEE))
async def live(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    feed: NamedDependency[LiveFeed],
    visit: NamedDependency[Visit],
) -> Stream:
    """Stream server-sent events until either side ends it."""
    session = request.cookies.get(SESSION_COOKIE, "")
    may_see = partial(_may_see, parts.sessions, session, visit.shop)
    return await live_stream(feed, visit.shop, visit.visitor.person_id, may_see)


async def _may_see(sessions: Sessions, session: str, shop: ShopId) -> bool:
    visitor = await sessions.find(session)
    return visitor is not None and visitor.may(Permission.SEE, shop)
