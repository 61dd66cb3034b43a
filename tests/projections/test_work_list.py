"""What the work list says of an order: which attempt is next, and from when on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.configuration.settings import (
    ActionLevel,
    ActionSettings,
    CustomEmail,
    ReceiptEmail,
    Webhook,
)
from domain.identifiers import ActionId, OrderId, ShopId
from domain.order.events import OrderFact, RefundTransferStarted
from domain.order.parts import ActionState
from domain.order.retries import ATTEMPTS_MAX
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import ActionStage
from domain.order.state import Order
from domain.order.values import TransferMethod
from projections.work_list.projection import NO_RUN, WORK_LIST, WorkItem, work_items
from tests.examples import (
    COURSE_BACK,
    RECEIPT_ACTION,
    REFUND,
    TRANSFER,
    at,
    issued,
    paid,
    refund_requested,
    refunded,
    requested,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOOK = Webhook(url="https://crm.example.com/orders")
REQUESTED = ActionState(
    action_id=ActionId("a"),
    name="Hook",
    level=ActionLevel.OFFER,
    settings=HOOK,
    stage=ActionStage.REQUESTED,
    run=2,
    requested_recorded_at=NOON,
)
RUNNING = replace(
    REQUESTED,
    stage=ActionStage.RUNNING,
    attempt=1,
    started_recorded_at=NOON + timedelta(seconds=1),
)
TAKEN = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="payer-1"
)
RETRYING = replace(
    RUNNING, stage=ActionStage.RETRYING, attempt=3, retry_at=NOON + timedelta(minutes=1)
)


def order_of(*actions: ActionState) -> Order:
    return Order(
        shop=ShopId("demo"),
        order_id=OrderId(UUID(int=1)),
        actions_by_id={action.action_id: action for action in actions},
    )


def item_of(action: ActionState) -> WorkItem | None:
    items = work_items(order_of(action))
    return items[0] if items else None


def test_what_is_asked_for_is_due_from_its_request_on() -> None:
    assert item_of(REQUESTED) == WorkItem(
        kind="webhook",
        item_id="a",
        destination="crm.example.com",
        run=2,
        attempt=1,
        due_at=NOON,
    )


def test_a_scheduled_retry_is_the_next_attempt_from_its_time_on() -> None:
    item = item_of(RETRYING)
    assert item is not None
    assert (item.run, item.attempt, item.due_at) == (2, 4, RETRYING.retry_at)


def test_an_attempt_under_way_is_taken_over_once_its_lease_has_ended() -> None:
    item = item_of(RUNNING)
    assert item is not None
    assert (item.attempt, item.due_at) == (2, NOON + timedelta(seconds=1) + ATTEMPT_LEASE)


def test_the_last_attempt_is_nobody_elses() -> None:
    assert item_of(replace(RUNNING, attempt=ATTEMPTS_MAX)) is None
    assert item_of(replace(RUNNING, attempt=ATTEMPTS_MAX - 1)) is not None


@pytest.mark.parametrize("settings", [ReceiptEmail(), CustomEmail(subject="s", body="b")])
def test_an_email_that_was_begun_waits_for_a_person(settings: ActionSettings) -> None:
    assert item_of(replace(RUNNING, settings=settings)) is None
    assert item_of(replace(REQUESTED, settings=settings)) is not None
    assert item_of(replace(RETRYING, settings=settings)) is not None


@pytest.mark.parametrize(
    "stage",
    [ActionStage.PLANNED, ActionStage.SUCCEEDED, ActionStage.FAILED, ActionStage.CANCELLED],
)
def test_what_is_not_in_hand_is_not_listed(stage: ActionStage) -> None:
    assert item_of(replace(RUNNING, stage=stage)) is None


class TestTransfers:
    def items(self, *facts: OrderFact) -> tuple[WorkItem, ...]:
        history = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)), *facts)
        return work_items(order_after(*history))

    def test_one_that_is_asked_for_is_due_at_once(self) -> None:
        assert self.items() == (
            WorkItem(
                kind="refund_stripe",
                item_id=TRANSFER,
                destination="stripe",
                run=NO_RUN,
                attempt=1,
                due_at=at(20),
            ),
        )

    def test_one_under_way_is_listed_as_the_next_attempt_when_its_lease_is_over(self) -> None:
        (item,) = self.items(TAKEN)
        assert (item.attempt, item.due_at) == (2, at(21) + ATTEMPT_LEASE)

    def test_one_whose_end_is_known_is_not_listed(self) -> None:
        assert self.items(TAKEN, transferred(), issued()) == ()
        assert self.items(TAKEN, transfer_failed()) == ()

    def test_one_that_a_person_pays_back_is_not_listed(self) -> None:
        by_hand = refunded(COURSE_BACK, method=TransferMethod.MANUAL)
        assert work_items(order_after(*paid(), *by_hand)) == ()

    def test_actions_and_transfers_of_an_order_stand_by_kind(self) -> None:
        order = order_after(
            *paid(RECEIPT_ACTION),
            requested(),
            refund_requested(transfer(10_000), lines=(COURSE_BACK,)),
        )
        assert [item.kind for item in work_items(order)] == ["receipt_email", "refund_stripe"]


def test_an_order_lists_its_actions_by_their_ids_and_has_no_row_without_any() -> None:
    second = replace(REQUESTED, action_id=ActionId("b"))
    row = WORK_LIST.row(order_of(second, REQUESTED), 7, 70)
    assert row is not None
    assert [item.item_id for item in row.items] == ["a", "b"]
    assert (row.version, row.position) == (7, 70)
    assert WORK_LIST.row(order_of(), 7, 70) is None
