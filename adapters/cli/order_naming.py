"""Which order a person means: by its number, its id, or the beginning of its id."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from msgspec import Struct

from adapters.cli.exits import NotFound, WrongUse
from adapters.clock import utc_now
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from adapters.reading.order_reader import OrderUnknown, PastUnknown
from domain.identifiers import OrderId, ShopId
from domain.order.attention import NO_GRACE
from projections.orders.filter import OrderFilter
from projections.orders.queries import list_orders
from projections.query import Query

ID_PREFIX_MIN = 8
ID_DIGITS = 32
CANDIDATES_MAX = 5
"""How many orders are named where a beginning fits several."""

BEGINS_WITH = f"""
SELECT order_id
FROM read_models.orders_v1
WHERE shop = %(shop)s
AND order_id BETWEEN %(lowest)s AND %(highest)s
ORDER BY order_id
LIMIT {CANDIDATES_MAX}
"""  # noqa: S608 - made of our own names only


class Named(Struct, frozen=True):
    """An order that fits."""

    order_id: OrderId


async def order_named(pool: Pool, shop: ShopId, named: str) -> OrderId:
    """Take an id as it is; find a number, else the one id that begins so, in the orders table."""
    try:
        return OrderId(UUID(named))
    except ValueError:
        wanted = OrderFilter(shop=shop, number=named)
    by_number = await fetch(pool, list_orders(wanted, now=utc_now(), grace=NO_GRACE, limit=1))
    found = [row.order_id for row in by_number] or await _beginning_with(pool, shop, named)
    if not found:
        raise no_order(named, shop)
    if len(found) > 1:
        ids = ", ".join(map(str, found))
        raise WrongUse(f"the ids of several orders begin with {named}", f"Such as: {ids}.")
    return found[0]


def no_order(named: str, shop: ShopId) -> NotFound:
    """Say that there is none, and how to find one."""
    return NotFound(
        f"there is no order {named} in the shop {shop}",
        "`order-ledger orders list --q TEXT` finds orders by number, email or name.",
    )


@contextmanager
def naming(named: str, shop: ShopId) -> Iterator[None]:
    """Say of an order that is not to be found how the person named it."""
    try:
        yield
    except OrderUnknown as rejection:
        raise no_order(named, shop) from rejection
    except PastUnknown as rejection:
        raise NotFound(str(rejection)) from rejection


async def _beginning_with(pool: Pool, shop: ShopId, named: str) -> list[OrderId]:
    digits = named.replace("-", "")
    try:
        lowest, highest = UUID(digits.ljust(ID_DIGITS, "0")), UUID(digits.ljust(ID_DIGITS, "f"))
    except ValueError:
        return []
    if len(digits) < ID_PREFIX_MIN:
        return []
    values: dict[str, object] = {"shop": shop, "lowest": lowest, "highest": highest}
    query = Query(sql=BEGINS_WITH, parameters=values, result=Named)
    return [row.order_id for row in await fetch(pool, query)]
