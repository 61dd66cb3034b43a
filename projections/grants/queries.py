"""The questions about course access: what else gives an access, and what a customer has."""

from collections.abc import Collection

from domain.identifiers import CustomerKeyId, OrderId, ShopId
from domain.order.values import Justification
from projections.grants.projection import GRANTS, Grant
from projections.query import Query

JUSTIFYING_MAX = 1_000
"""Grants of one customer's orders: who bought one course more often is told the first."""

GRANTS_OF_CUSTOMER = f"""
FROM {GRANTS.table} AS o
CROSS JOIN LATERAL jsonb_to_recordset(o.grants) AS g (
    action_id text,
    action text,
    target text,
    offer text,
    product text,
    is_held boolean,
    is_leaving boolean
)
WHERE o.shop = %(shop)s
AND o.customer = %(customer)s
"""
"""Each grant `g` of each order `o` of a customer."""

JUSTIFYING = f"""
SELECT
    o.order_id,
    o.number,
    g.action_id,
    g.action,
    g.target,
    g.is_held
{GRANTS_OF_CUSTOMER}
AND o.order_id <> %(order_id)s
AND g.target = ANY(%(targets)s)
AND NOT g.is_leaving
ORDER BY
    g.is_held DESC,
    o.order_id,
    g.action_id
LIMIT {JUSTIFYING_MAX}
"""

HELD = f"""
SELECT
    o.order_id,
    o.number,
    g.action_id,
    g.action,
    g.target,
    g.offer,
    g.product,
    g.is_held,
    g.is_leaving
{GRANTS_OF_CUSTOMER}
ORDER BY
    g.offer,
    o.order_id,
    g.action_id
LIMIT {JUSTIFYING_MAX}
"""


class Justifying(Justification, frozen=True, kw_only=True):
    """A grant of another order that justifies an access."""

    target: str
    is_held: bool
    """Off: it is about to give it."""


class GrantListed(Grant, frozen=True, kw_only=True):
    """An access of a customer, and the order that gives it."""

    order_id: OrderId
    number: str


def justifying(
    shop: ShopId, customer: CustomerKeyId, order_id: OrderId, targets: Collection[str]
) -> Query[Justifying]:
    """Ask which grants of the customer's other orders justify some of these accesses."""
    values = {"shop": shop, "customer": customer, "order_id": order_id, "targets": list(targets)}
    return Query(sql=JUSTIFYING, parameters=values, result=Justifying)


def access_of(shop: ShopId, customer: CustomerKeyId) -> Query[GrantListed]:
    """Ask what a customer has access to, or soon will, and by which orders."""
    return Query(sql=HELD, parameters={"shop": shop, "customer": customer}, result=GrantListed)
