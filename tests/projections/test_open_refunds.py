"""The row of money that is open: who is owed what, and what is not settled or accounted for."""

from typing import get_args

import pytest
from msgspec.structs import replace

from domain.catalogue import NAMES_BY_TYPE
from domain.order.events import (
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.evolving.refunds import RefundFact
from domain.order.evolving.transfers import TransferFact
from domain.order.values import TransferMethod
from projections.open_refunds.projection import OPEN_REFUNDS, OpenKind, OpenRefundsRow
from projections.open_refunds.words import open_says
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    EXTERNAL,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_TRANSFER,
    TRANSFER,
    at,
    euros,
    issued,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    started,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

IN_FLIGHT = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
BY_HAND = (*paid(provider="epassi"), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
UNRESOLVED = RefundTransferUnresolved(
    at=at(23), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
TAKEN = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="w"
)
OBSERVED = ExternalRefundObserved(
    at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
)

NUMBERS_A_DOCUMENT = "CreditNoteNumbered"
"""A fact of a refund that moves no money."""


def row_of(*history: OrderFact) -> OpenRefundsRow | None:
    return OPEN_REFUNDS.row(order_after(*history), 7, 70)


def row(*history: OrderFact) -> OpenRefundsRow:
    found = row_of(*history)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "history",
    [
        paid(),
        (*paid(), *refunded(COURSE_BACK)),
        (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE)),
        (*paid(), OBSERVED, ExternalRefundFailed(at=at(51), external_refund_id=EXTERNAL, code="x")),
        (*BY_HAND, RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)),
    ],
)
def test_an_order_whose_money_is_settled_has_no_row(history: tuple[OrderFact, ...]) -> None:
    assert row_of(*history) is None


def test_money_that_a_person_must_pay_back_is_owed_since_the_refund() -> None:
    found = row(*BY_HAND)

    [item] = found.items
    assert (item.kind, item.amount, item.provider) == (OpenKind.OWED, 10_000, "epassi")
    assert (item.refund_id, item.transfer_id) == (REFUND, TRANSFER)
    assert item.transaction_id == "transaction-of-payment-1"
    assert (found.number, found.currency) == ("1001", "EUR")
    assert found.since == found.owed_since == at(20)
    assert found.open_since is found.unallocated_since is None
    assert open_says(item) == "Pay it back in Epassi's own service, then confirm it."


def test_a_failed_part_is_owed_since_it_failed() -> None:
    two = (
        started(),
        placed(),
        received(amount=10_000),
        received(SECOND_PAYMENT, 4_000),
        refund_requested(
            transfer(10_000),
            transfer(4_000, number=2, payment_id=SECOND_PAYMENT),
            lines=(COURSE_BACK, BUMP_BACK),
        ),
        transferred(SECOND_TRANSFER),
        transfer_failed(),
        issued(),
    )
    assert row(*two).owed_since == at(23)


@pytest.mark.parametrize(
    ("history", "kind", "says"),
    [
        (IN_FLIGHT, OpenKind.IN_FLIGHT, "Stripe is asked next."),
        ((*IN_FLIGHT, TAKEN), OpenKind.IN_FLIGHT, "Stripe is being asked."),
        ((*IN_FLIGHT, UNRESOLVED), OpenKind.UNRESOLVED, "Nobody knows whether the money is back"),
        (
            (*IN_FLIGHT, UNRESOLVED, replace(TAKEN, at=at(24))),
            OpenKind.UNRESOLVED,
            "Stripe is being asked again, after timeout.",
        ),
    ],
)
def test_money_that_a_provider_has_is_open(
    history: tuple[OrderFact, ...], kind: OpenKind, says: str
) -> None:
    found = row(*history)
    assert [item.kind for item in found.items] == [kind]
    assert found.open_since == found.items[0].since
    assert found.owed_since is None
    assert open_says(found.items[0]).startswith(says)


def test_money_that_a_provider_returned_by_itself_waits_for_a_persons_word() -> None:
    found = row(*paid(), OBSERVED)
    [item] = found.items
    assert (item.kind, item.external_refund_id) == (OpenKind.UNALLOCATED, EXTERNAL)
    assert found.unallocated_since == at(50)
    assert open_says(item) == "Say what it was for: allocate it."


def test_an_order_waits_since_the_oldest_of_its_sums() -> None:
    found = row(*BY_HAND, OBSERVED)
    assert [item.kind for item in found.items] == [OpenKind.OWED, OpenKind.UNALLOCATED]
    assert (found.since, found.owed_since, found.unallocated_since) == (at(20), at(20), at(50))


def test_every_fact_of_a_refund_can_change_the_row_and_no_other_can() -> None:
    names = {NAMES_BY_TYPE[fact] for fact in (*get_args(RefundFact), *get_args(TransferFact))}
    assert names - {NUMBERS_A_DOCUMENT} == OPEN_REFUNDS.triggers
