"""A page that is one region: all beside the sidebar.

The rule to know: whichever region a script asks for, it gets the work, and is told so.
"""

from http import HTTPStatus

from litestar import Response

from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit


async def work_page(
    parts: PageParts,
    visit: Visit,
    name: str,
    view: object,
    *,
    title: str,
    current: str,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    """Answer with `<name>.html`, which extends `layout/page.html`, or with `<name>_work.html`."""
    if visit.region is not Region.PAGE:
        headers = {REGION_HEADER: Region.WORK.value}
        return part(visit, f"{name}_work.html", view, status=status, headers=headers)
    return await full_page(
        parts, visit, f"{name}.html", view, title=title, current=current, status=status
    )
