"""`/`: leads to the orders of the visitor's first shop; who belongs to none, to their account."""

from litestar import get
from litestar.response import Redirect

from adapters.web.access import SIGNED_IN, PageRequest


@get("/", opt=SIGNED_IN)
async def home(request: PageRequest) -> Redirect:
    """Go where the work is."""
    shops = sorted(request.user.roles)
    return Redirect(f"/shops/{shops[0]}/orders" if shops else "/account", status_code=303)
