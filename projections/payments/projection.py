"""The entries of the payments index: one for each payment whose money a provider confirmed.

A payment that the provider gave no id of its own cannot be asked for by it: it has no entry.
"""

from domain.identifiers import PaymentId
from domain.order.events import PaymentReceived
from projections.entry_model import Change, Entry, EntryModel


class PaymentEntry(Entry, frozen=True, kw_only=True):
    """One payment. The amount is minor units of the currency."""

    provider: str
    transaction_id: str
    payment_id: PaymentId
    amount: int
    currency: str


def entries(change: Change) -> tuple[PaymentEntry, ...]:
    """Note under which id the provider knows a payment."""
    order, fact = change.after, change.fact
    assert isinstance(fact, PaymentReceived), "no other fact adds a payment"
    assert order.order_id, "an order's first fact is that it was started"
    if not fact.transaction_id:
        return ()
    entry = PaymentEntry(
        shop=order.shop,
        order_id=order.order_id,
        position=change.position,
        number=1,
        provider=fact.provider,
        transaction_id=fact.transaction_id,
        payment_id=fact.payment_id,
        amount=fact.amount.amount,
        currency=fact.amount.currency,
    )
    return (entry,)


PAYMENTS = EntryModel(
    name="payments",
    table="read_models.payments_v1",
    row_type=PaymentEntry,
    entries=entries,
    triggers=frozenset({"PaymentReceived"}),
)
