"""The panel's money: each try to pay, chargebacks, refunds and where their money is."""

from domain.identifiers import PaymentId
from domain.order.events import ExternalRefundObserved, PaymentDisputed
from domain.order.values import TransferMethod
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.seen import links_of, text_of
from tests.examples import (
    COURSE_BACK,
    DISPUTE,
    EXTERNAL,
    PAYMENT,
    RECEIPT_ACTION,
    SHOP,
    TOTAL,
    at,
    euros,
    paid,
    payment_failed,
    payment_started,
    placed,
    received,
    refunded,
    started,
)
from tests.support import Database

PATH = f"/shops/{SHOP}{ORDER}"


async def test_every_try_to_pay_is_shown_with_its_failure(database: Database) -> None:
    second = received(PaymentId("payment-2"), provider="paytrail", sub_method="osuuspankki")
    facts = (started(), placed(), payment_started(), payment_failed(), second)
    async with opened(database, *facts) as order:
        seen = text_of(await order.html(), "order-payments")

    assert "Failed Stripe Card" in seen.replace("Failed Stripe", "Failed Stripe ").replace(
        "  ", " "
    )
    assert "declined" in seen
    assert "Transaction ID transaction-of-payment-2" in seen


async def test_a_refund_says_where_its_money_is(database: Database) -> None:
    async with opened(database, *paid(RECEIPT_ACTION), *refunded(COURSE_BACK)) as order:
        seen = text_of(await order.html(), "order-payments")

    assert "100,00 € Issued" in seen
    assert "Returned 100,00 €" in seen
    assert "The money is back." in seen


async def test_money_that_is_owed_is_confirmed_and_an_external_refund_allocated(
    database: Database,
) -> None:
    owed = refunded(COURSE_BACK, method=TransferMethod.MANUAL)
    by_itself = ExternalRefundObserved(
        at=at(25), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(500)
    )
    async with opened(database, *paid(RECEIPT_ACTION), *owed, by_itself) as order:
        html = await order.html(status="paid")
        at_last = await order.html("/at/6")

    asked = f"{PATH}/refunds/refund-1/confirm?transfer=refund-1%2F1&status=paid"
    allocated = f"{PATH}/external-refunds/re_external/allocate?status=paid"
    assert {asked, allocated} <= set(links_of(html, "order-payments"))
    assert "Owed: pay it back by hand 100,00 €" in text_of(html, "order-payments")
    assert "confirm?" not in at_last
    assert "/allocate" not in at_last


async def test_a_chargeback_stands_at_its_payment(database: Database) -> None:
    dispute = PaymentDisputed(at=at(9), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(TOTAL))
    async with opened(database, *paid(RECEIPT_ACTION), dispute) as order:
        seen = text_of(await order.html(), "order-payments")

    assert "Chargeback of 140,00 € Open" in seen
