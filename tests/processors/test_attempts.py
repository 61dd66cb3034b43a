"""What is not even tried, and what the end of an attempt means to the order."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.configuration.settings import (
    AccessRemoval,
    ActionLevel,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    SystemeContact,
    Webhook,
)
from domain.identifiers import ActionId, OrderId
from domain.order.commands.actions import CancelAction, FailAction, SucceedAction
from domain.order.parts import ActionState
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import Answer, Customer, Justification
from processors.attempts import cut_off, outcome_command, refused
from processors.ports import Failed, Succeeded, Unwanted

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOOK = Webhook(url="https://crm.example.com/orders")
GRANT = KajabiGrant(offer_name="Piano", activation_url="https://school.example.com/activate")
TAGS = SystemeContact(tags=("buyer",))
REMOVAL = AccessRemoval(granted_by="grant", refund_id="refund-1")
EMAILS = (ReceiptEmail(), CustomEmail(subject="Hello", body="Welcome"))
RUNNING = ActionState(
    action_id=ActionId("a"), name="A", level=ActionLevel.OFFER, settings=HOOK, run=2, attempt=3
)
ERASED = Order(number="1001")
KNOWN = Order(number="1001", customer=Customer(email="aino@example.com"))


def of_kind(settings: ActionSettings) -> ActionState:
    return replace(RUNNING, settings=settings)


@pytest.mark.parametrize("settings", [*EMAILS, GRANT, TAGS, REMOVAL])
def test_what_needs_the_customer_is_refused_for_good_once_their_data_is_erased(
    settings: ActionSettings,
) -> None:
    failed = refused(ERASED, of_kind(settings))
    assert failed is not None
    assert (failed.code, failed.is_retryable) == ("customer_erased", False)
    assert refused(KNOWN, of_kind(settings)) is None


def test_a_webhook_is_about_the_order_and_needs_no_customer() -> None:
    assert refused(ERASED, of_kind(HOOK)) is None


@pytest.mark.parametrize("settings", [HOOK, GRANT, TAGS, REMOVAL])
def test_a_cut_off_call_is_tried_again_where_the_receiver_knows_our_key(
    settings: ActionSettings,
) -> None:
    assert cut_off(of_kind(settings)).is_retryable


@pytest.mark.parametrize("settings", EMAILS)
def test_a_cut_off_email_is_not_tried_again_because_it_may_have_been_sent(
    settings: ActionSettings,
) -> None:
    failed = cut_off(of_kind(settings))
    assert (failed.code, failed.is_retryable) == ("outcome_unknown", False)


def test_a_success_is_told_of_its_run_and_attempt_with_what_was_said() -> None:
    answer = Answer(reference="msg-1")
    assert outcome_command(
        RUNNING, Succeeded(answer=answer), now=NOON, jitter=0.5
    ) == SucceedAction(now=NOON, action_id=ActionId("a"), run=2, attempt=3, answer=answer)


def test_a_failure_is_told_with_what_decides_on_its_retry() -> None:
    outcome = Failed(code="http_503", message="busy", is_retryable=True, retry_after_seconds=9)
    assert outcome_command(RUNNING, outcome, now=NOON, jitter=0.5) == FailAction(
        now=NOON,
        action_id=ActionId("a"),
        run=2,
        attempt=3,
        code="http_503",
        message="busy",
        is_retryable=True,
        retry_after_seconds=9,
        jitter=0.5,
    )


def test_what_is_not_wanted_calls_its_run_off_with_the_attempt_that_found_it_so() -> None:
    because = Justification(
        order_id=OrderId(UUID(int=2)), number="1002", action_id=ActionId("b"), action="Piano"
    )
    outcome = Unwanted(reason=CancelReason.ACCESS_STILL_JUSTIFIED, justified_by=because)
    assert outcome_command(RUNNING, outcome, now=NOON, jitter=0.5) == CancelAction(
        now=NOON,
        action_id=ActionId("a"),
        run=2,
        attempt=3,
        reason=CancelReason.ACCESS_STILL_JUSTIFIED,
        justified_by=because,
    )
