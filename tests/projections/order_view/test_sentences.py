"""Every fact of an order has its sentence."""

from typing import get_args

import pytest

from domain.catalogue import NAMES_BY_TYPE
from domain.order.events import ActionCancelled, ActionOutcomeLate, OrderFact
from domain.order.stages import CancelReason
from domain.order.values import Answer, Justification
from projections.order_view.action_details import action_details
from projections.order_view.sentences import SENTENCE_BY_NAME, WHY_BY_REASON, sentence_of
from tests.examples import (
    HOOK,
    HOOK_ACTION,
    ORDER_ID,
    action_started,
    at,
    failed,
    paid,
    placed,
    requested,
    started,
)
from tests.spec import order_after

WANTED = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK))


def outcome_late(
    *, succeeded: bool = False, code: str = "", personal: Answer | None = None
) -> ActionOutcomeLate:
    return ActionOutcomeLate(
        at=at(8),
        action_id=HOOK,
        run=1,
        attempt=1,
        succeeded=succeeded,
        code=code,
        personal=personal,
    )


def said_last(*history: OrderFact) -> str:
    return sentence_of(history[-1], order_after(*history))


def test_every_fact_of_an_order_has_a_sentence_and_nothing_else_has() -> None:
    assert SENTENCE_BY_NAME.keys() == {NAMES_BY_TYPE[fact] for fact in get_args(OrderFact)}


def test_a_failure_says_what_follows() -> None:
    again = said_last(*WANTED, failed(HOOK, minute=7, retry_at=at(9)))
    left = said_last(*WANTED, failed(HOOK))

    assert again.endswith("failed, http_500 (tried again after 2 min)")
    assert left.endswith("failed, http_500 (left to a person)")


def test_an_order_of_the_former_system_says_so() -> None:
    assert said_last(started(), placed(imported=True)).endswith(", imported from the former system")
    assert said_last(started(), placed()).endswith("placed for 140.00 EUR")


def test_a_takeover_says_what_became_of_the_attempt_before() -> None:
    taken_over = said_last(*WANTED, action_started(HOOK, attempt=2, minute=8))
    retried = said_last(
        *WANTED, failed(HOOK, retry_at=at(8)), action_started(HOOK, attempt=2, minute=8)
    )

    assert taken_over.endswith("attempt 2 started; attempt 1 gave no outcome, its worker was lost")
    assert retried.endswith("attempt 2 started")


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (outcome_late(succeeded=True), "came late: succeeded"),
        (outcome_late(code="timeout"), "came late: failed, timeout"),
        (
            outcome_late(code="http_500", personal=Answer(excerpt="Out of order")),
            "came late: failed, http_500: Out of order",
        ),
    ],
    ids=["success", "failure", "failure in the other side's words"],
)
def test_a_late_outcome_says_what_it_was(late: ActionOutcomeLate, words: str) -> None:
    said = said_last(*WANTED, requested(HOOK_ACTION, run=2), late)

    assert said == f"Bookkeeping: outcome of run 1, attempt 1 {words}"


def test_every_reason_to_call_a_run_off_has_its_words() -> None:
    assert WHY_BY_REASON.keys() == set(CancelReason)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("completed_by_hand", "called off, as the order was completed by hand"),
        ("something_else", "called off, something_else"),
    ],
)
def test_a_run_that_was_called_off_says_why(reason: str, words: str) -> None:
    cancelled = ActionCancelled(at=at(8), action_id=HOOK, run=1, reason=reason)

    assert said_last(*WANTED, cancelled).endswith(words)


def test_an_access_that_was_spared_says_which_purchase_still_gives_it() -> None:
    because = Justification(order_id=ORDER_ID, number="1002", action_id=HOOK, action="Yoga")
    cancelled = ActionCancelled(
        at=at(8), action_id=HOOK, run=1, reason="access_still_justified", justified_by=because
    )

    assert said_last(*WANTED, cancelled).endswith(
        "called off, as another purchase still gives this access: Yoga of order 1002"
    )


def test_the_sheet_says_why_an_action_is_cancelled_until_it_runs_again() -> None:
    cancelled = ActionCancelled(at=at(8), action_id=HOOK, run=1, reason="refunded")
    again = requested(HOOK_ACTION, run=2, minute=9)

    shown = [
        action_details(order_after(*WANTED, *news).actions_by_id[HOOK], {}, {}).called_off
        for news in ((cancelled,), (cancelled, again))
    ]

    assert shown == ["as it was refunded", ""]
