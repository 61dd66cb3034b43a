"""How long an attempt has been running, and could: what a person judges a forced re-run by."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)
from domain.durations import spoken
from domain.order.actions import NoLatestConfiguration
from domain.order.decide import decide
from domain.order.rejections import ActionRunning
from domain.order.running import attempt_seconds_max
from tests.examples import (
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    at,
    failed,
    paid,
    requested,
    rerun,
)
from tests.spec import order_after


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (7_199, "1 h"), (86_400, "1 d")],
)
def test_a_length_of_time_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        (ReceiptEmail(), 50),
        (CustomEmail(subject="Hello", body="Welcome"), 50),
        (RefundConfirmation(refund_id="refund-1"), 50),
        (Webhook(url="https://hooks.example.com/a"), 15),
        (KajabiGrant(offer_name="Course"), 45),
        (SystemeContact(tags=("a",)), 45),
        (AccessRemoval(granted_by="grant", refund_id="refund-1"), 45),
    ],
)
def test_each_kind_has_its_longest_attempt(settings: ActionSettings, seconds: int) -> None:
    assert attempt_seconds_max(settings) == seconds


def test_the_refusal_to_run_again_says_how_long_it_has_been_running_and_could() -> None:
    order = order_after(*paid(RECEIPT_ACTION), requested(), action_started(minute=6))

    with pytest.raises(ActionRunning, match=r"for 2 min \(one attempt lasts at most 50 s\)"):
        decide(replace(rerun(), now=at(8)), order)


def test_a_setting_that_was_taken_away_is_not_one_that_there_never_was() -> None:
    for action, action_id, words in (
        (HOOK_ACTION, HOOK, "is no longer published in the checkout"),
        (RECEIPT_ACTION, RECEIPT, "came with settings of its own"),
    ):
        history = (requested(action), action_started(action_id), failed(action_id))
        wish = replace(rerun(action_id), use_latest_configuration=True)

        with pytest.raises(NoLatestConfiguration, match=words):
            decide(wish, order_after(*paid(action), *history))
