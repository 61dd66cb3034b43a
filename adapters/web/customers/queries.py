"""The questions about one customer, by email, or about those whose email has a part in common.

The rule to know: who was erased has no email in the orders table, and is not found.
"""

from datetime import datetime

from msgspec import Struct

from domain.identifiers import ShopId
from projections.orders.filter import OrderFilter, condition, parameters
from projections.orders.projection import ORDERS, OrderRow
from projections.query import Query

ORDERS_SEARCHED_MAX = 1_000
"""The newest orders among which emails are looked for by a part."""

IS_OF_CUSTOMER = """
WHERE shop = %(shop)s
AND lower(email) = lower(%(email)s::text COLLATE pg_c_utf8)
"""

ORDERS_OF = f"""
SELECT
    {", ".join(ORDERS.columns)}
FROM {ORDERS.table}
{IS_OF_CUSTOMER}
ORDER BY
    created_at DESC,
    order_id DESC
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only

TOTALS_OF = f"""
SELECT
    currency,
    count(*) AS orders,
    sum(received)::bigint AS received,
    sum(refunded)::bigint AS refunded
FROM {ORDERS.table}
{IS_OF_CUSTOMER}
GROUP BY currency
ORDER BY currency
"""  # noqa: S608 - made of our own names only

MATCHING = f"""
SELECT
    (array_agg(email ORDER BY created_at DESC))[1] AS email,
    count(*) AS orders,
    max(created_at) AS last_at
FROM (
    SELECT
        o.email,
        o.created_at
    FROM {ORDERS.table} AS o
    WHERE {{condition}}
    ORDER BY
        o.created_at DESC,
        o.order_id DESC
    LIMIT {ORDERS_SEARCHED_MAX}
) AS found
GROUP BY lower(email)
ORDER BY max(created_at) DESC
LIMIT %(limit)s
"""  # noqa: S608 - made of our own names only


class CurrencySums(Struct, frozen=True, kw_only=True):
    """What all orders of a customer come to in one currency, in minor units."""

    currency: str
    orders: int
    received: int
    refunded: int
    """By refunds in force."""


class CustomerMatch(Struct, frozen=True, kw_only=True):
    """A customer whose email has the part that was looked for."""

    email: str
    orders: int
    last_at: datetime
    """When the newest order was created."""


def orders_of(shop: ShopId, email: str, limit: int) -> Query[OrderRow]:
    """Ask for a customer's orders, the newest first."""
    values: dict[str, object] = {"shop": shop, "email": email, "limit": limit}
    return Query(sql=ORDERS_OF, parameters=values, result=OrderRow)


def totals_of(shop: ShopId, email: str) -> Query[CurrencySums]:
    """Ask what all orders of a customer come to."""
    return Query(sql=TOTALS_OF, parameters={"shop": shop, "email": email}, result=CurrencySums)


def customers_matching(shop: ShopId, part: str, limit: int) -> Query[CustomerMatch]:
    """Ask whose email has this part; who bought last comes first."""
    wanted = OrderFilter(shop=shop, email=part)
    return Query(
        sql=MATCHING.format(condition=condition(wanted)),
        parameters=parameters(wanted) | {"limit": limit},
        result=CustomerMatch,
    )
