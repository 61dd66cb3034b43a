"""`/reports/sales`: what was sold, refunded and lost, as JSON or as CSV."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.display.csv_cells import CsvFormat
from adapters.display.sales_csv import sales_csv
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.parameters import MinPositionParameter
from adapters.http_api.parts import ApiParts
from adapters.reading.sales_report import (
    READ_MODELS,
    DaysWanted,
    RangeWord,
    SalesReport,
    read_sales,
)
from domain.identifiers import ShopId
from projections.sales.queries import Dimension

JSON = "application/json"
CSV = "text/csv"
CSV_EXAMPLE = "day,label,currency,orders,units,gross\r\n2026-11-23,,EUR,1,1,347.00\r\n"


async def ask_for_sales(
    *,
    by: Annotated[
        Dimension, QueryParameter(description="What the report is divided by.")
    ] = Dimension.DAY,
    range_: Annotated[
        RangeWord | None,
        QueryParameter(name="range", description="Days that move with the calendar."),
    ] = None,
    first: Annotated[
        date | None,
        QueryParameter(name="from", description="The first day, in the shop's time zone."),
    ] = None,
    last: Annotated[
        date | None,
        QueryParameter(name="to", description="The last day, which is in it; today if left out."),
    ] = None,
) -> DaysWanted:
    """Say which days are asked for; without any, the last 30."""
    return DaysWanted(by=by, range=range_, first=first, last=last)


@get(
    "/reports/sales",
    operation_id="reportSales",
    summary="Sales by date",
    tags=["reports"],
    responses={
        200: ResponseSpec(
            data_container=SalesReport,
            generate_examples=False,
            description="The report; to `Accept: text/csv` its rows as CSV.",
            media_type=JSON,
        )
    }
    | keyed_problems(),
    opt=needs(Permission.SEE),
)
async def reports_sales(
    request: Request[Any, Any, Any],
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    wanted: NamedDependency[DaysWanted],
    min_position: MinPositionParameter = 0,
) -> Response[SalesReport | str]:
    """Report what was sold, refunded and lost, each by the day at which it happened."""
    await catch_up(parts, min_position, READ_MODELS)
    report = await read_sales(parts.pool, parts.shop_settings, shop_id, wanted, utc_now())
    if request.accept.best_match([JSON, CSV]) == CSV:
        return as_csv(report, CsvFormat.STANDARD)
    return Response(report, media_type=JSON)


@get(
    "/reports/sales.csv",
    operation_id="reportSalesCsv",
    summary="Sales by date as CSV",
    tags=["reports"],
    media_type=CSV,
    responses={
        200: ResponseSpec(
            data_container=str,
            generate_examples=False,
            description="One line for each row, amounts as decimals.",
            media_type=CSV,
            examples=[Example(summary="by day", value=CSV_EXAMPLE)],
        )
    }
    | keyed_problems(),
    opt=needs(Permission.SEE),
)
async def reports_sales_csv(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    wanted: NamedDependency[DaysWanted],
    format_: Annotated[
        CsvFormat,
        QueryParameter(name="format", description="`excel-fi` is as a Finnish Excel opens it."),
    ] = CsvFormat.STANDARD,
    min_position: MinPositionParameter = 0,
) -> Response[str]:
    """Give the report's rows as a file for spreadsheets and bookkeeping."""
    await catch_up(parts, min_position, READ_MODELS)
    report = await read_sales(parts.pool, parts.shop_settings, shop_id, wanted, utc_now())
    return as_csv(report, format_)


def as_csv(report: SalesReport, format_: CsvFormat) -> Response[Any]:
    """Answer with the report's rows as a file."""
    name = f"sales-{report.first}-{report.last}.csv"
    return Response(
        sales_csv(report, format_),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
