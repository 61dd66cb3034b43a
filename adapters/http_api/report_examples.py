"""The report of the one made-up order, by the code that answers."""

from collections.abc import Mapping

from adapters.http_api.examples import PAID, PLACED
from adapters.reading.sales_report import SalesReport
from adapters.shops.zones import ZONE_DEFAULT
from projections.sales.queries import Dimension, Sum
from projections.sales.report import report_rows, report_totals

DAY = PAID.at.date()
LINE = PLACED.lines[0]
SUMS = [
    Sum(
        key=key,
        label="",
        currency=PAID.amount.currency,
        vat_rate=rate,
        is_of_one_rate=rate is not None,
        orders=1,
        units=LINE.quantity,
        sale=LINE.gross,
        returned=0,
        owed=0,
        recorded_only=0,
        restored=0,
        loss=0,
        excess_returned=0,
        unallocated=0,
        vat=LINE.vat,
    )
    for key in (DAY.isoformat(), None)
    for rate in (None, LINE.vat_rate)
]

REPORT_EXAMPLES: Mapping[str, object] = {
    "reportSales": SalesReport(
        first=DAY,
        last=DAY,
        zone=ZONE_DEFAULT,
        by=Dimension.DAY,
        totals=report_totals(SUMS),
        rows=report_rows(SUMS, Dimension.DAY),
        orders_set_aside=0,
    )
}
"""By operation id."""
