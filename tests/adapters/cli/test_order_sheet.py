"""The order sheet in a terminal: what a person needs to judge an order by."""

from datetime import datetime, timedelta

import pytest

from adapters.cli.order_sheet import order_sheet
from adapters.cli.output import show
from domain.order.events import ActionCancelled, CreditNoteNumbered, OrderFact, RefundFailed
from domain.order.values import RunCause, TransferMethod
from projections.order_view.view import view
from tests.examples import (
    COURSE_BACK,
    ORDER_ID,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    SECOND_PAYMENT,
    SELLER,
    action_started,
    at,
    failed,
    issued,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    requested,
    started,
    transfer,
    transfer_failed,
    transferred,
)
from tests.stories import BEGAN_AT, Story, recorded

GRACE = timedelta(minutes=5)
RUNNING = (*paid(RECEIPT_ACTION), requested(), action_started())
STARTED_AT = BEGAN_AT + timedelta(minutes=len(RUNNING))
NUMBERED = CreditNoteNumbered(at=at(21.5), refund_id=REFUND, number=7, prefix="KL-", seller=SELLER)
REFUND_FAILED = RefundFailed(at=at(24), refund_id=REFUND)
NOW = STARTED_AT + timedelta(minutes=2)


def shown(capsys: pytest.CaptureFixture[str], now: datetime | None, *facts: OrderFact) -> list[str]:
    details = view(recorded(Story(order_id=ORDER_ID, facts=facts)), now or NOW, GRACE)
    assert details is not None
    show(*order_sheet(details, now))
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_a_running_action_says_since_when_and_how_long_one_try_lasts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "since 10.05.00 (2 min); one attempt lasts at most 50 s" in shown(capsys, NOW, *RUNNING)


def test_a_past_of_the_order_tells_no_age(capsys: pytest.CaptureFixture[str]) -> None:
    assert "since 10.05.00; one attempt lasts at most 50 s" in shown(capsys, None, *RUNNING)


def test_a_refund_of_money_above_the_total_is_headed_by_all_that_it_gives_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = refund_requested(transfer(3_640), excess=3_640)
    over = (started(), placed(), received(amount=20_000), asked, transferred(), issued())

    [head] = [line for line in shown(capsys, NOW, *over) if line.startswith("refund-1  ")]
    assert head.startswith("refund-1  Issued  36.40 EUR")


def test_the_lines_ids_and_the_providers_own_ids_of_payments_can_be_copied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, NOW, *paid())

    assert {"course", "bump"} <= {line.split()[0] for line in lines if line}
    assert "payment-1: Stripe calls it transaction-of-payment-1" in lines


def test_a_credit_note_whose_refund_failed_later_says_how_its_customer_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed_later = (*refunded(COURSE_BACK), NUMBERED, transfer_failed(), REFUND_FAILED)

    lines = shown(capsys, NOW + timedelta(hours=1), *paid(), *failed_later)

    says = (
        "Credit note KL-7: void, as nothing was returned. To tell the customer, send it again, and "
        "it says so: `order-ledger orders rerun 1001 refund-1/confirm`."
    )
    assert " ".join(lines).count(says) == 2


def test_a_cancelled_action_says_why_and_no_longer_once_it_runs_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cancelled = ActionCancelled(at=at(6), action_id=RECEIPT, run=1, reason="completed_by_hand")
    again = requested(run=2, cause=RunCause.RERUN, minute=7)

    why = "called off, as the order was completed by hand"
    assert why in shown(capsys, NOW, *RUNNING, cancelled)
    assert why not in shown(capsys, NOW, *RUNNING, cancelled, again)


def test_what_is_run_on_an_imported_order_asks_as_the_sheet_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    imported = (started(), placed(RECEIPT_ACTION, imported=True), received())
    rerun = (requested(cause=RunCause.RERUN), action_started(), failed())
    says = "yes: what the former system listed fires nothing; what is run here counts"

    as_listed = shown(capsys, NOW + GRACE, *imported)
    run_here = shown(capsys, NOW + GRACE, *imported, *rerun)
    assert any(line.endswith(says) for line in as_listed)
    assert not any("▲" in line for line in as_listed)
    assert any("▲ Action unfinished: " in line for line in run_here)


def test_money_above_the_total_says_how_much_and_the_way_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, NOW, *paid(), received(SECOND_PAYMENT, minute=5))

    figures = "280.00 EUR received, 140.00 EUR due, 140.00 EUR to give back"
    assert f"Attention  ▲ Money above total: {figures}" in lines
    assert "Return the money above, or complete the order if it is to be kept." in lines


def test_what_is_owed_only_once_the_rest_is_settled_is_not_said_to_be_in_flight(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = refund_requested(
        transfer(10_000, TransferMethod.MANUAL), transfer(4_000, number=2), excess=14_000
    )
    lines = shown(capsys, NOW, *paid(), asked)
    assert "40.00 EUR in flight, 100.00 EUR owed once the rest is settled" in lines
