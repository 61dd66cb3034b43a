"""A person's word that they removed an access by hand."""

import pytest

from domain.identifiers import ActionId
from domain.order.commands.actions import ConfirmManualRemoval
from domain.order.events import ActionAdded, ActionCancelled, OrderCompleted, OrderFact
from domain.order.stages import ActionStage, OrderStatus
from domain.order.values import RunCause
from tests.examples import (
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    GRACE,
    GRANT,
    GRANT_ACTION,
    NOW,
    OPERATOR,
    action_started,
    at,
    done,
    failed,
    paid,
    refunded,
    removal_of,
    requested,
)
from tests.spec import given

REMOVAL = removal_of(GRANT_ACTION)
REMOVING = (
    *paid(GRANT_ACTION, CLUB_ACTION),
    *done(GRANT_ACTION),
    *refunded(COURSE_BACK, remove_access=(COURSE,)),
    ActionAdded(at=at(23), action=REMOVAL),
    requested(REMOVAL, cause=RunCause.REFUND, minute=23),
    action_started(REMOVAL.action_id, minute=24),
)
FAILED = (*REMOVING, failed(REMOVAL.action_id, minute=25))
DONE = ActionCancelled(
    at=NOW,
    action_id=REMOVAL.action_id,
    run=1,
    reason="done_by_hand",
    command_id="by-hand-1",
)


def by_hand(
    action_id: ActionId = REMOVAL.action_id, command_id: str = "by-hand-1"
) -> ConfirmManualRemoval:
    return ConfirmManualRemoval(now=NOW, command_id=command_id, action_id=action_id, by=OPERATOR)


def test_it_settles_a_removal_that_failed_and_ends_the_grants_claim() -> None:
    order = given(*FAILED).when(by_hand()).then(DONE)
    assert order.actions_by_id[REMOVAL.action_id].stage is ActionStage.CANCELLED
    assert not order.actions_by_id[GRANT].holds_access
    assert REMOVAL.action_id not in {r.action_id for r in order.attention_reasons(NOW, GRACE)}


def test_a_removal_that_would_be_tried_again_is_not_tried_any_more() -> None:
    retrying = failed(REMOVAL.action_id, minute=25, retry_at=at(90))
    given(*REMOVING, retrying).when(by_hand()).then(DONE)


def test_an_order_is_complete_when_nothing_else_is_left_to_do() -> None:
    history = (*FAILED, *done(CLUB_ACTION, minute=26))
    order = given(*history).when(by_hand()).then(DONE, OrderCompleted(at=NOW))
    assert order.status is OrderStatus.PARTIALLY_REFUNDED


def test_a_removal_that_is_running_has_not_failed_yet() -> None:
    given(*REMOVING).when(by_hand(REMOVAL.action_id)).then_rejected("nothing_to_confirm")


@pytest.mark.parametrize(
    ("history", "action_id"),
    [
        ((*FAILED, DONE), REMOVAL.action_id),
        ((*REMOVING[:-1], *done(REMOVAL, minute=26)), REMOVAL.action_id),
        (
            (*paid(GRANT_ACTION), requested(GRANT_ACTION), action_started(GRANT), failed(GRANT)),
            GRANT,
        ),
    ],
    ids=["settled", "succeeded", "not a removal"],
)
def test_there_is_nothing_else_that_a_person_confirms(
    history: tuple[OrderFact, ...], action_id: ActionId
) -> None:
    given(*history).when(by_hand(action_id, "by-hand-2")).then_rejected("nothing_to_confirm")


def test_an_action_that_the_order_does_not_have_is_not_known() -> None:
    given(*paid()).when(by_hand()).then_rejected("action_unknown")
