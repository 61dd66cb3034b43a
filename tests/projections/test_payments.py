"""The payments index: a provider's own id leads to the payment and its order."""

from msgspec.structs import replace

from adapters.reading.payments import FoundPayment, PaymentIndex
from domain.identifiers import PaymentId
from domain.money import Money
from domain.order.events import PaymentReceived
from domain.order.state import NEW_ORDER
from projections.entry_model import Change
from projections.payments.projection import PAYMENTS
from tests.adapters.running.given import open_ledger, running
from tests.examples import at, paid, received
from tests.projections.sample import OTHER_SHOP, SHOP, Kind, Sample, samples
from tests.spec import order_after
from tests.support import Database

SAMPLE = replace(next(s for s in samples(len(Kind)) if s.kind is Kind.PAID), provider="stripe")


async def test_a_payment_is_found_by_shop_provider_and_transaction(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        index = PaymentIndex(ledger.pool)
        async with running(ledger.follower("payments")):
            await ledger.record([SAMPLE])
            await ledger.caught_up("payments")
        found = await index.find(SHOP, "stripe", "transaction")
        assert found == FoundPayment(
            order_id=SAMPLE.order_id,
            payment_id=PaymentId("pay"),
            amount=Money(SAMPLE.price, SAMPLE.currency),
        )
        assert await index.find(OTHER_SHOP, "stripe", "transaction") is None
        assert await index.find(SHOP, "paytrail", "transaction") is None
        assert await index.find(SHOP, "stripe", "another") is None


async def test_a_transaction_that_two_orders_claim_is_the_firsts(database: Database) -> None:
    second: Sample = replace(SAMPLE, order_id=samples(9, seed=7)[0].order_id, number="other")
    async with open_ledger(database.url) as ledger:
        await ledger.record([SAMPLE])
        await ledger.record([second])
        async with running(ledger.follower("payments")):
            await ledger.caught_up("payments")
        found = await PaymentIndex(ledger.pool).find(SHOP, "stripe", "transaction")
        assert found is not None
        assert found.order_id == SAMPLE.order_id


def entries_of(fact: PaymentReceived) -> int:
    order = order_after(*paid())
    change = Change(position=1, fact=fact, before=NEW_ORDER, after=order)
    return len(PAYMENTS.entries(change))


def test_a_payment_without_an_id_of_the_providers_is_not_in_the_index() -> None:
    assert entries_of(received()) == 1
    assert entries_of(replace(received(), transaction_id="", at=at(4))) == 0
