"""`/shops/{shop}/system`: does everything run, and how far is it."""

from litestar import Response, get
from litestar.di import NamedDependency

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.web.parts import PageParts
from adapters.web.system.system_view import read_system
from adapters.web.visit import Visit
from adapters.web.work_page import work_page


@get("/system", opt=needs(Permission.SEE))
async def system_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show how the ledger is at this moment."""
    view = await read_system(parts, visit.shop)
    return await work_page(parts, visit, "system/system", view, title="System", current="system")
