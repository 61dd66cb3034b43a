"""Every fact of an order has its sentence."""

from typing import get_args

import pytest

from domain.catalogue import NAMES_BY_TYPE
from domain.order.events import ActionCancelled, OrderFact
from domain.order.stages import CancelReason
from domain.order.values import Justification
from projections.order_view.action_details import action_details
from projections.order_view.sentences import SENTENCE_BY_NAME, WHY_BY_REASON, sentence_of
from tests.examples import HOOK, HOOK_ACTION, ORDER_ID, action_started, at, failed, paid, requested
from tests.spec import order_after

WANTED = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK))


def said_last(*history: OrderFact) -> str:
    return sentence_of(history[-1], order_after(*history))


def test_every_fact_of_an_order_has_a_sentence_and_nothing_else_has() -> None:
    assert SENTENCE_BY_NAME.keys() == {NAMES_BY_TYPE[fact] for fact in get_args(OrderFact)}


def test_a_failure_says_what_follows() -> None:
    again = said_last(*WANTED, failed(HOOK, minute=7, retry_at=at(9)))
    left = said_last(*WANTED, failed(HOOK))

    assert again.endswith("failed, http_500 (tried again after 2 min)")
    assert left.endswith("failed, http_500 (left to a person)")


def test_a_takeover_says_what_became_of_the_attempt_before() -> None:
    taken_over = said_last(*WANTED, action_started(HOOK, attempt=2, minute=8))
    retried = said_last(
        *WANTED, failed(HOOK, retry_at=at(8)), action_started(HOOK, attempt=2, minute=8)
    )

    assert taken_over.endswith("attempt 2 started; attempt 1 gave no outcome, its worker was lost")
    assert retried.endswith("attempt 2 started")


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

    assert shown == ["as what it gives access to is refunded", ""]
