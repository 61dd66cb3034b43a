"""What the sheet and the history say of refunds: whether the money is back, and what to do."""

import pytest
from msgspec.structs import replace

from domain.configuration.settings import ActionLevel, RefundConfirmation
from domain.order.confirming import confirmation_id
from domain.order.events import (
    ActionAdded,
    CreditNoteNumbered,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.values import PlannedAction, TransferMethod
from projections.order_view.refund_details import (
    ExternalRefundDetails,
    RefundDetails,
    external_refund_details,
    refund_details,
)
from projections.order_view.sentences import sentence_of
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    EXTERNAL,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_REFUND,
    SECOND_TRANSFER,
    SELLER,
    TRANSFER,
    at,
    done,
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
BY_EMAIL = (
    started(),
    placed(),
    received(provider="paytrail", sub_method="spankki"),
    refund_requested(transfer(10_000), lines=(COURSE_BACK,)),
)
TAKEN = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="w"
)
PENDING = RefundTransferPending(at=at(22), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1")
UNRESOLVED = RefundTransferUnresolved(
    at=at(23), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
FAILED = RefundFailed(at=at(24), refund_id=REFUND)
RESTORED = RefundedDataRestored(at=at(25), refund_ids=(REFUND,), by=OPERATOR)
BY_HAND = (*paid(provider="epassi"), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
CONFIRMED = RefundTransferred(
    at=at(26), refund_id=REFUND, transfer_id=TRANSFER, confirmed_by=OPERATOR
)
SEEN_UNPAID = RefundTransferFailed(
    at=at(26), refund_id=REFUND, transfer_id=TRANSFER, code="not_paid", confirmed_by=OPERATOR
)
OBSERVED = ExternalRefundObserved(
    at=at(30), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
)
ALLOCATED = ExternalRefundAllocated(
    at=at(31),
    external_refund_id=EXTERNAL,
    refund_id=SECOND_REFUND,
    lines=(BUMP_BACK,),
    by=OPERATOR,
)
NUMBERED = CreditNoteNumbered(at=at(21.5), refund_id=REFUND, number=7, prefix="KL-", seller=SELLER)
CONFIRMATION = PlannedAction(
    action_id=confirmation_id(REFUND),
    name="Refund confirmation",
    level=ActionLevel.ORDER,
    settings=RefundConfirmation(refund_id=REFUND),
)
TAKEN_BACK = ExternalRefundFailed(at=at(32), external_refund_id=EXTERNAL, code="canceled")
TWO_WAYS = (
    *paid(),
    refund_requested(
        transfer(10_000, TransferMethod.MANUAL),
        transfer(4_000, number=2, payment_id=SECOND_PAYMENT),
        lines=(COURSE_BACK, BUMP_BACK),
    ),
)


def shown(*history: OrderFact) -> RefundDetails:
    order = order_after(*history)
    return refund_details(order.refunds[0], order, {})


def shown_external(*history: OrderFact) -> ExternalRefundDetails:
    order = order_after(*history)
    return external_refund_details(order.external_refunds[0], order)


def test_a_refund_that_no_money_covers_is_recorded_only_while_it_counts() -> None:
    uncovered = (*paid(), refund_requested(lines=(COURSE_BACK,)), issued())
    assert shown(*uncovered).recorded_only == euros(10_000)
    assert shown(*uncovered, RESTORED).recorded_only == euros(0)
    partly = (
        *paid(),
        refund_requested(transfer(4_000, TransferMethod.MANUAL), lines=(COURSE_BACK,)),
        issued(),
    )
    assert (shown(*partly).owed, shown(*partly).recorded_only) == (euros(4_000), euros(6_000))


@pytest.mark.parametrize(
    ("history", "says"),
    [
        (IN_FLIGHT, "Stripe is asked next."),
        ((*IN_FLIGHT, TAKEN), "Stripe is being asked."),
        ((*IN_FLIGHT, TAKEN, PENDING), "Stripe has taken it and has not finished."),
        (
            (*IN_FLIGHT, TAKEN, UNRESOLVED),
            (
                "Nobody knows whether the money is back (timeout). Look it up in Stripe's own "
                "service, then confirm what you saw."
            ),
        ),
        (
            (*IN_FLIGHT, TAKEN, UNRESOLVED, replace(TAKEN, at=at(24), attempt=2)),
            "Stripe is being asked again, after timeout.",
        ),
        ((*IN_FLIGHT, transferred(), issued()), "The money is back."),
        (
            (*BY_EMAIL, transferred()),
            "Paytrail has taken it over and asks the customer by email for an account.",
        ),
        ((*BY_EMAIL, CONFIRMED), f"Paid back by hand, as {OPERATOR} confirmed."),
        (
            (*IN_FLIGHT, transfer_failed(), FAILED),
            "It did not go back (insufficient_funds). Not owed: the refund failed.",
        ),
        (BY_HAND, "Owed. Pay it back in Epassi's own service, then confirm it."),
        (
            (*paid(provider="paypal"), refund_requested(transfer(10_000), lines=(COURSE_BACK,))),
            "PayPal is asked next.",
        ),
        ((*BY_HAND, RESTORED), "Not owed: the refund was restored."),
        ((*BY_HAND, CONFIRMED), f"Paid back by hand, as {OPERATOR} confirmed."),
        (TWO_WAYS, "It is owed once the rest of the refund is settled."),
        (
            (*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE)),
            "No money is returned: it is recorded in the order's data only.",
        ),
        (
            (*paid(), *refunded(COURSE_BACK, method=TransferMethod.ELSEWHERE)),
            "The money went back elsewhere.",
        ),
    ],
)
def test_a_transfer_says_whether_the_money_is_back_and_what_to_do(
    history: tuple[OrderFact, ...], says: str
) -> None:
    assert shown(*history).transfers[0].says == says


def test_a_refund_tells_its_money_apart() -> None:
    before = shown(*TWO_WAYS)
    after = shown(*TWO_WAYS, transferred(SECOND_TRANSFER), issued())
    lost = shown(*IN_FLIGHT, UNRESOLVED)
    recorded = shown(*paid(), *refunded(COURSE_BACK, method=TransferMethod.NONE))

    assert (before.in_flight, before.waiting) == (euros(4_000), euros(10_000))
    assert before.owed == euros(0)
    assert (after.returned, after.owed, after.waiting) == (euros(4_000), euros(10_000), euros(0))
    assert after.in_flight == euros(0)
    assert (lost.unresolved, lost.in_flight) == (euros(10_000), euros(0))
    assert (recorded.recorded_only, recorded.returned) == (euros(10_000), euros(0))


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ((OBSERVED,), "Stripe returned it by itself. Say what it was for: allocate it."),
        (
            (OBSERVED, ALLOCATED),
            f"Stripe returned it by itself; it counts as refund {SECOND_REFUND}.",
        ),
        ((OBSERVED, TAKEN_BACK), "Stripe returned it by itself and took it back."),
    ],
)
def test_an_external_refund_says_what_became_of_it(
    history: tuple[OrderFact, ...], says: str
) -> None:
    assert shown_external(*paid(), *history).says == says


@pytest.mark.parametrize(
    ("history", "says"),
    [
        (IN_FLIGHT, "Refund refund-1 of 100.00 EUR requested by laura (through Stripe)"),
        (
            TWO_WAYS,
            (
                "Refund refund-1 of 140.00 EUR requested by laura "
                "(100.00 EUR by hand at Stripe, 40.00 EUR through the provider)"
            ),
        ),
        (
            (*paid(), refund_requested(lines=(COURSE_BACK,))),
            "Refund refund-1 of 100.00 EUR requested by laura",
        ),
        (
            (*IN_FLIGHT, TAKEN),
            "Refund refund-1: 100.00 EUR of Stripe payment payment-1 asked for, attempt 1",
        ),
        (
            (*IN_FLIGHT, TAKEN, PENDING),
            "Refund refund-1: 100.00 EUR of Stripe payment payment-1 taken up, not finished",
        ),
        (
            (*IN_FLIGHT, transferred()),
            "Refund refund-1: 100.00 EUR of Stripe payment payment-1 is back",
        ),
        (
            (*BY_EMAIL, transferred()),
            (
                "Refund refund-1: 100.00 EUR of Paytrail payment payment-1: Paytrail has taken it "
                "over and asks the customer by email for an account"
            ),
        ),
        (
            (*BY_HAND, CONFIRMED),
            "Refund refund-1: 100.00 EUR of Epassi payment payment-1 is back, as laura confirmed",
        ),
        (
            (*IN_FLIGHT, transfer_failed()),
            (
                "Refund refund-1: 100.00 EUR of Stripe payment payment-1 is not back, "
                "insufficient_funds"
            ),
        ),
        (
            (*IN_FLIGHT, UNRESOLVED, SEEN_UNPAID),
            (
                "Refund refund-1: 100.00 EUR of Stripe payment payment-1 is not back, not_paid, "
                "as laura confirmed"
            ),
        ),
        (
            (*IN_FLIGHT, UNRESOLVED),
            "Refund refund-1: 100.00 EUR of Stripe payment payment-1 not known to be back, timeout",
        ),
        ((*IN_FLIGHT, transferred(), issued()), "Refund refund-1 counts in the order's data"),
        (
            (*paid(), OBSERVED),
            "40.00 EUR of Stripe payment payment-1 was returned there by itself",
        ),
        (
            (
                *BY_HAND,
                replace(
                    OBSERVED,
                    amount=euros(10_000),
                    matched_refund=REFUND,
                    matched_transfer=TRANSFER,
                ),
            ),
            (
                "100.00 EUR of Epassi payment payment-1 was returned there by itself; "
                "it settles refund refund-1"
            ),
        ),
        (
            (*paid(), OBSERVED, ALLOCATED),
            "40.00 EUR of Stripe payment payment-1: allocated by laura as refund refund-2",
        ),
        (
            (*paid(), OBSERVED, TAKEN_BACK),
            "40.00 EUR of Stripe payment payment-1, returned by itself, was taken back: canceled",
        ),
        (
            (*BY_HAND, RESTORED),
            "Refunded data restored by laura: refund refund-1 no longer counted",
        ),
        (
            (*BY_HAND, replace(RESTORED, refund_ids=(REFUND, SECOND_REFUND))),
            "Refunded data restored by laura: refunds refund-1, refund-2 no longer counted",
        ),
    ],
)
def test_the_history_says_which_money_how_and_who_saw_it(
    history: tuple[OrderFact, ...], says: str
) -> None:
    assert sentence_of(history[-1], order_after(*history)) == says


def test_a_refund_that_fails_after_its_letter_says_that_the_letter_is_void() -> None:
    sent = (
        *paid(),
        *refunded(COURSE_BACK),
        NUMBERED,
        ActionAdded(at=at(22), action=CONFIRMATION),
        *done(CONFIRMATION, minute=23),
        transfer_failed(),
    )

    again = "`order-ledger orders rerun 1001 refund-1/confirm --confirm`"
    assert sentence_of(FAILED, order_after(*sent, FAILED)) == (
        "Refund refund-1 failed: nothing was returned. Credit note KL-7: void, as nothing was "
        f"returned. To tell the customer, send it again, and it says so: {again}."
    )


def test_a_credit_note_is_void_once_its_refund_is_restored() -> None:
    note = shown(*paid(), *refunded(COURSE_BACK), NUMBERED, RESTORED).credit_note
    assert note is not None
    assert note.void.startswith("void, as the refund was restored.")
    stands = shown(*paid(), *refunded(COURSE_BACK), NUMBERED).credit_note
    assert stands is not None
    assert stands.void == ""
