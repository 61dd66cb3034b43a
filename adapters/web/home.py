"""`/`: leads to the orders of the visitor's first shop."""

from litestar import get
from litestar.response import Redirect

from adapters.http_api.problems import NotFound
from adapters.web.access import SIGNED_IN, PageRequest


@get("/", opt=SIGNED_IN)
async def home(request: PageRequest) -> Redirect:
    """Go where the work is."""
    shops = sorted(request.user.roles)
    if not shops:
        raise NotFound("You belong to no shop. Ask an admin of your shop to add you.")
    return Redirect(f"/shops/{shops[0]}/orders", status_code=303)
