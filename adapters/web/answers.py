"""What follows a form that did what it said: the order as it is now, and a sentence.

The rule to know: scripts get the panel and the sentence in a header; a plain browser is led to the
order's page (so that a reload sends nothing twice), and finds the sentence there.
"""

from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.response import Redirect

from adapters.address import with_query
from adapters.http_api.freshness import catch_up
from adapters.web.accounts.own_cookie import own_cookie
from adapters.web.panel.panel_view import read_panel
from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import part
from adapters.web.visit import SAID_COOKIE, Visit
from domain.identifiers import OrderId

SAID_HEADER = "X-Said"
"""A sentence for people, percent-encoded UTF-8."""
SAID_SECONDS = 30


async def done(
    parts: PageParts, visit: Visit, order_id: OrderId, says: str, position: int = 0
) -> Response[Any]:
    """Answer a form about one order that was granted; `position` is that of its last fact."""
    if visit.region is not Region.PAGE:
        panel = await read_panel(parts, visit, order_id)
        return said_part(visit, Region.PANEL, "panel/panel.html", panel, says)
    await catch_up(parts, position)
    path = visit.url(with_query(f"/orders/{order_id}", visit.query))
    return led_to(path, says, is_secure=visit.is_secure)


def said_part(
    visit: Visit, region: Region, template: str, view: object, says: str
) -> Response[str]:
    """Answer a script with a region as it is now, whichever it asked for, and the sentence."""
    headers = {REGION_HEADER: region.value, SAID_HEADER: quote(says)}
    return part(visit, template, view, headers=headers)


def led_to(path: str, says: str, *, is_secure: bool) -> Redirect:
    """Lead a plain browser on, where it finds the sentence."""
    answer = Redirect(path, status_code=303)
    answer.set_cookie(own_cookie(SAID_COOKIE, quote(says), SAID_SECONDS, is_secure=is_secure))
    return answer
