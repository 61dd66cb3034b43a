"""The question of the sales report: what each kind comes to between two moments, by one dimension.

The rule to know: where a day begins is not PostgreSQL's to say. The caller gives the moment at
which each day begins, so that one table of time zones decides.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from domain.identifiers import ShopId
from projections.query import Query
from projections.sales.accounts import SalesKind
from projections.sales.projection import SALES


class Dimension(StrEnum):
    """What a report is divided by. Currencies are never added up, whatever it is."""

    DAY = "day"
    PRODUCT = "product"
    COUNTRY = "country"
    CURRENCY = "currency"
    PROVIDER = "provider"
    SOURCE = "source"
    VAT_RATE = "vat_rate"


class Sum(Struct, frozen=True, kw_only=True):
    """The amounts of one group, in minor units of its currency."""

    key: str | None
    """The value of the dimension, empty for what has none; None for all values together."""
    label: str
    """What people call it, where that is something else."""
    currency: str
    vat_rate: int | None
    is_of_one_rate: bool
    """Only of what bears `vat_rate`, None there being what is of no line; else of all rates."""
    orders: int
    units: int
    sale: int
    returned: int
    owed: int
    recorded_only: int
    restored: int
    loss: int
    excess_returned: int
    unallocated: int
    vat: int
    """Of sales, less refunds, with restored ones."""


KEY_BY_DIMENSION: Mapping[Dimension, str] = {
    Dimension.DAY: "(%(days)s::text[])[width_bucket(at, %(begins)s::timestamptz[])]",
    Dimension.PRODUCT: "product_id",
    Dimension.COUNTRY: "country",
    Dimension.CURRENCY: "currency",
    Dimension.PROVIDER: "provider",
    Dimension.SOURCE: "source",
    Dimension.VAT_RATE: "coalesce(vat_rate::text, '')",
}
# All lines of an order are sold by one event, and its entries begin with them: to count the first
# needs no sorting. By lines an order counts once for each value, which does.
ORDERS = f"count(*) FILTER (WHERE kind = '{SalesKind.SALE}' AND number = 1)"
ORDERS_BY_LINE = f"count(DISTINCT order_id) FILTER (WHERE kind = '{SalesKind.SALE}')"
OF_LINES = (Dimension.PRODUCT, Dimension.VAT_RATE)
NO_LABEL = "''"
NEWEST_NAME = "(array_agg(product_name ORDER BY at DESC, position DESC, number DESC))[1]"

REFUNDS = (SalesKind.RETURNED, SalesKind.OWED, SalesKind.RECORDED_ONLY)
KINDS_WITH_VAT = {SalesKind.SALE: "", SalesKind.RESTORED: ""} | dict.fromkeys(REFUNDS, "-")

SUMS = ",\n    ".join(
    f"coalesce(sum(gross) FILTER (WHERE kind = '{kind}'), 0)::bigint AS {kind}"
    for kind in SalesKind
)
VAT = "\n        ".join(f"WHEN '{kind}' THEN {sign}vat" for kind, sign in KINDS_WITH_VAT.items())

REPORT = f"""
SELECT
    CASE grouping(key) WHEN 0 THEN key END AS key,
    {{label}} AS label,
    currency,
    vat_rate,
    grouping(vat_rate) = 0 AS is_of_one_rate,
    {{orders}} AS orders,
    coalesce(sum(units), 0)::bigint AS units,
    {SUMS},
    coalesce(sum(CASE kind
        {VAT}
        ELSE 0
    END), 0)::bigint AS vat
FROM (
    SELECT
        {{key}} AS key,
        order_id,
        position,
        number,
        at,
        kind,
        product_name,
        vat_rate,
        currency,
        gross,
        vat,
        units
    FROM {SALES.table}
    WHERE shop = %(shop)s
    AND at >= %(begin)s
    AND at < %(end)s
) AS e
GROUP BY GROUPING SETS (
    (key, currency, vat_rate),
    (key, currency),
    (currency, vat_rate),
    (currency)
)
"""  # noqa: S608 - made of our own names only


def sum_sales(
    shop: ShopId, by: Dimension, days: Sequence[date], begins: Sequence[datetime]
) -> Query[Sum]:
    """Ask for the sums of these days; `begins` says when each begins, and when the last ends."""
    assert len(begins) == len(days) + 1
    parts = {
        "key": KEY_BY_DIMENSION[by],
        "label": NEWEST_NAME if by is Dimension.PRODUCT else NO_LABEL,
        "orders": ORDERS_BY_LINE if by in OF_LINES else ORDERS,
    }
    values: dict[str, object] = {"shop": shop, "begin": begins[0], "end": begins[-1]}
    if by is Dimension.DAY:
        values |= {"days": [day.isoformat() for day in days], "begins": list(begins[:-1])}
    return Query(sql=REPORT.format(**parts), parameters=values, result=Sum)
