"""The question of the payments index."""

from msgspec import Struct

from domain.identifiers import OrderId, PaymentId, ShopId
from projections.payments.projection import PAYMENTS
from projections.query import Query


class PaymentFound(Struct, frozen=True, kw_only=True):
    """Which payment of which order it is. The amount is minor units of the currency."""

    order_id: OrderId
    payment_id: PaymentId
    amount: int
    currency: str


# Should two orders ever claim one transaction, the one that was recorded first has it.
FIND = f"""
SELECT
    order_id,
    payment_id,
    amount,
    currency
FROM {PAYMENTS.table}
WHERE shop = %(shop)s
AND provider = %(provider)s
AND transaction_id = %(transaction_id)s
ORDER BY
    position,
    number
LIMIT 1
"""  # noqa: S608 - made of our own names only


def find_payment(shop: ShopId, provider: str, transaction_id: str) -> Query[PaymentFound]:
    """Ask which payment a provider's own id stands for."""
    values: dict[str, object] = {
        "shop": shop,
        "provider": provider,
        "transaction_id": transaction_id,
    }
    return Query(sql=FIND, parameters=values, result=PaymentFound)
