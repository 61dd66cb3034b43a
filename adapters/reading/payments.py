"""Finds the order of a payment that a provider names by its own id.

The rule to know: the index follows the journal within a fraction of a second. None may mean *not
yet*: whoever needs the payment asks again later, and gives up only after a while.
"""

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import OrderId, PaymentId, ShopId
from domain.money import Money
from projections.payments.queries import find_payment


class FoundPayment(Struct, frozen=True, kw_only=True):
    """A payment that was received, and whose it is."""

    order_id: OrderId
    payment_id: PaymentId
    amount: Money


class PaymentIndex:
    """The payments that were received, by the ids that providers know them by."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, shop: ShopId, provider: str, transaction_id: str) -> FoundPayment | None:
        """Find a payment; None while no order is known to have it."""
        rows = await fetch(self._pool, find_payment(shop, provider, transaction_id))
        if not rows:
            return None
        return FoundPayment(
            order_id=rows[0].order_id,
            payment_id=rows[0].payment_id,
            amount=Money(rows[0].amount, rows[0].currency),
        )
