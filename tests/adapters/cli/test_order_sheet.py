"""The order sheet in a terminal: what a person needs to judge an order by."""

from datetime import datetime, timedelta

import pytest

from adapters.cli.order_sheet import order_sheet
from adapters.cli.output import show
from domain.order.events import ActionCancelled, OrderFact
from domain.order.values import RunCause, TransferMethod
from projections.order_view.view import view
from tests.examples import (
    ORDER_ID,
    RECEIPT,
    RECEIPT_ACTION,
    SECOND_PAYMENT,
    action_started,
    at,
    failed,
    paid,
    placed,
    received,
    refund_requested,
    requested,
    started,
    transfer,
)
from tests.stories import BEGAN_AT, Story, recorded

GRACE = timedelta(minutes=5)
RUNNING = (*paid(RECEIPT_ACTION), requested(), action_started())
STARTED_AT = BEGAN_AT + timedelta(minutes=len(RUNNING))
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
