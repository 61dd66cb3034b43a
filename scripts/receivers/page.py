"""`/sandbox` in a browser: the receivers, their trouble with buttons to end or make it, the newest calls.

The rule to know: only a form of this very page may change anything, for any other site that a browser
shows could send one here too.
"""

from pathlib import Path
from typing import Annotated, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.params import Body
from litestar.response import Redirect

from scripts.receivers.book import Book
from scripts.receivers.places import Places, Receiver, ReceiverUnknown
from scripts.receivers.trouble import CannotTrouble, Kind, Trouble, Troubles, kind_named
from scripts.receivers.webhooks import Webhooks

PATH = "/sandbox"
CALLS_SHOWN = 20
OWN_SITES = ("same-origin", "none")
"""What browsers say of a form of this page, and of an address that was typed."""
MEANING_BY_KIND = {
    Kind.SLOW: "answers late",
    Kind.HANG: "never answers",
    Kind.RESET: "drops the line before it does anything",
    Kind.LOST: "does what was asked and drops the line",
    Kind.ERROR: "answers 500",
    Kind.THROTTLE: "answers 429",
    Kind.REFUSE: "refuses mail for good",
    Kind.TEMPORARY: "refuses mail for now",
}

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


def router(places: Places, book: Book, troubles: Troubles, hooks: Webhooks) -> Router:
    """Serve the page and its forms."""

    def page(refusal: str = "") -> Response[str]:
        html = TEMPLATES.get_template("page.html").render(
            receivers=[book.tally(receiver, places.url(receiver)) for receiver in Receiver],
            troubles=troubles.all(),
            received=book.entries("", "", CALLS_SHOWN)[::-1],
            kinds=MEANING_BY_KIND,
            refusal=refusal,
        )
        return Response(html, media_type="text/html")

    @get("/")
    async def show() -> Response[str]:
        """Show how the sandbox stands."""
        return page()

    @post("/calm")
    async def calm(data: Form) -> Redirect:
        """Switch trouble off: of one target, or all."""
        troubles.calm(data.get("target", ""))
        hooks.forget(data.get("target", ""))
        return Redirect(PATH, status_code=303)

    @post("/make-trouble")
    async def make_trouble(data: Form) -> Response[Any]:
        """Switch trouble on; what cannot be is said on the page."""
        try:
            target = "/".join(filter(None, (data["receiver"], data["part"].strip())))
            troubles.set(Trouble(target=target, kind=kind_named(data["kind"])))
        except (CannotTrouble, ReceiverUnknown) as error:
            return page(str(error))
        return Redirect(PATH, status_code=303)

    return Router(PATH, route_handlers=[show, calm, make_trouble], before_request=_require_own_site)


async def _require_own_site(request: Request[Any, Any, State]) -> None:
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES and request.method != "GET":
        raise PermissionDeniedException
