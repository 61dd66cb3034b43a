"""`/shops/{shop}/reports`: what was sold, refunded and lost, drawn and as a table; and as CSV."""

from http import HTTPStatus
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import needs
from adapters.http_api.reports import as_csv
from adapters.reading.sales_report import read_sales
from adapters.web.access import PageRequest
from adapters.web.forms import csv_format_in, read_form
from adapters.web.parts import PageParts
from adapters.web.reports.report_view import read_report, wanted_days
from adapters.web.visit import Visit
from adapters.web.work_page import work_page


@get("/reports", opt=needs(Permission.SEE))
async def reports_page(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the report of the days that the address names; of the last 30 if it names none."""
    view = await read_report(parts, visit, await read_form(request))
    status = HTTPStatus.BAD_REQUEST if view.problem else HTTPStatus.OK
    return await work_page(
        parts, visit, "reports/reports", view, title="Reports", current="reports", status=status
    )


@get("/reports.csv", opt=needs(Permission.SEE))
async def reports_csv(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Give the same report as a file; `format=excel-fi` as a Finnish Excel opens it."""
    form = await read_form(request)
    format_ = csv_format_in(form)
    report = await read_sales(
        parts.pool, parts.shop_settings, visit.shop, wanted_days(form), utc_now()
    )
    return as_csv(report, format_)
