"""What is next with a transfer: ask where that cannot pay twice, else look; and when."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.identifiers import RefundId, TransferId
from domain.order.parts import TransferState
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import TransferStage
from domain.order.transfer_plan import refund_of
from domain.order.transfer_steps import (
    FIRST_LOOK,
    LOOK_INTERVAL_MAX,
    NOT_AT_PROVIDER,
    RETRY_MAX,
    RETRY_MIN,
    TransferStep,
    due_at,
    look_delay,
    next_step,
    refund_kind,
    retry_delay,
)
from domain.order.values import TransferMethod
from tests.examples import PAYMENT, START, TRANSFER, euros

ASK, LOOK = TransferStep.ASK, TransferStep.LOOK
SOON, A_DAY = timedelta(minutes=1), timedelta(hours=24)

REQUESTED = TransferState(
    transfer_id=TRANSFER,
    payment_id=PAYMENT,
    method=TransferMethod.PROVIDER,
    amount=euros(10_000),
    key="key",
    requested_recorded_at=START,
    stage_recorded_at=START,
)
STARTED = replace(REQUESTED, stage=TransferStage.STARTED, attempt=1, first_asked_recorded_at=START)
UNASKED = replace(STARTED, stage=TransferStage.UNRESOLVED, changed_recorded_at=START)
UNRESOLVED = replace(UNASKED, was_asked=True)
PENDING = replace(UNRESOLVED, stage=TransferStage.PENDING, changed_recorded_at=None)
ABSENT = replace(UNASKED, code=NOT_AT_PROVIDER, changed_recorded_at=START - A_DAY)


def test_a_transfers_id_tells_its_refund_and_its_provider_the_kind_of_work() -> None:
    assert refund_of(TransferId("press/7/1")) == RefundId("press/7")
    assert refund_kind("stripe") == "refund_stripe"


class TestNextStep:
    @pytest.mark.parametrize("provider", ["stripe", "paytrail", "epassi"])
    def test_what_no_provider_has_heard_of_is_asked_for(self, provider: str) -> None:
        assert next_step(REQUESTED, provider, START + SOON) is ASK
        assert next_step(UNASKED, provider, START + 9 * A_DAY) is ASK

    @pytest.mark.parametrize("transfer", [STARTED, UNRESOLVED], ids=["died", "unresolved"])
    def test_what_may_have_been_asked_is_asked_again_while_the_key_is_known(
        self, transfer: TransferState
    ) -> None:
        assert next_step(transfer, "stripe", START + SOON) is ASK
        assert next_step(transfer, "stripe", START + timedelta(hours=22, minutes=59)) is ASK
        assert next_step(transfer, "stripe", START + timedelta(hours=23)) is LOOK

    @pytest.mark.parametrize("provider", ["paytrail", "epassi"])
    @pytest.mark.parametrize("transfer", [STARTED, UNRESOLVED], ids=["died", "unresolved"])
    def test_a_provider_that_knows_no_keys_is_never_asked_again(
        self, transfer: TransferState, provider: str
    ) -> None:
        assert next_step(transfer, provider, START + timedelta(seconds=1)) is LOOK

    def test_one_of_which_nobody_knows_when_it_was_asked_is_looked_up(self) -> None:
        assert next_step(replace(UNRESOLVED, first_asked_recorded_at=None), "stripe", START) is LOOK

    def test_what_a_provider_has_taken_is_only_looked_up(self) -> None:
        assert next_step(PENDING, "stripe", START + SOON) is LOOK

    @pytest.mark.parametrize("stage", [TransferStage.DONE, TransferStage.FAILED])
    def test_what_has_ended_is_left_alone(self, stage: TransferStage) -> None:
        assert next_step(replace(STARTED, stage=stage), "stripe", START) is None
        assert due_at(replace(STARTED, stage=stage)) is None

    @pytest.mark.parametrize(
        "method", [TransferMethod.MANUAL, TransferMethod.NONE, TransferMethod.ELSEWHERE]
    )
    def test_what_no_provider_shall_pay_back_is_left_alone(self, method: TransferMethod) -> None:
        assert next_step(replace(REQUESTED, method=method), "stripe", START) is None
        assert due_at(replace(REQUESTED, method=method)) is None


class TestDue:
    def test_at_once_when_it_is_asked_for(self) -> None:
        assert due_at(REQUESTED) == START

    def test_when_the_lease_of_an_attempt_is_over(self) -> None:
        assert due_at(STARTED) == START + ATTEMPT_LEASE

    def test_after_a_while_when_the_provider_has_it(self) -> None:
        assert due_at(PENDING) == START + FIRST_LOOK

    def test_soon_when_it_has_just_become_unresolved(self) -> None:
        assert due_at(UNRESOLVED) == START + RETRY_MIN

    def test_ever_later_the_longer_it_is_unresolved(self) -> None:
        later = replace(UNRESOLVED, stage_recorded_at=START + timedelta(minutes=20))
        assert due_at(later) == START + timedelta(minutes=25)

    def test_at_once_when_a_look_found_that_the_provider_has_none(self) -> None:
        assert due_at(ABSENT) == START
        assert due_at(replace(ABSENT, was_asked=True)) == START + RETRY_MAX

    def test_never_when_no_time_is_known(self) -> None:
        assert due_at(replace(REQUESTED, stage_recorded_at=None)) is None


class TestPauses:
    def test_between_tries_grow_from_half_a_minute_to_an_hour(self) -> None:
        assert retry_delay(timedelta(0)) == RETRY_MIN
        assert retry_delay(timedelta(minutes=8)) == timedelta(minutes=2)
        assert retry_delay(timedelta(hours=4)) == retry_delay(2 * A_DAY) == RETRY_MAX

    def test_grow_on_after_two_days_so_that_a_journal_does_not_fill(self) -> None:
        assert retry_delay(8 * A_DAY) == timedelta(hours=4)

    def test_between_looks_at_what_a_provider_has_grow_to_some_hours(self) -> None:
        assert look_delay(PENDING, START + SOON) == FIRST_LOOK
        assert look_delay(PENDING, START + timedelta(hours=8)) == timedelta(hours=2)
        assert look_delay(PENDING, START + 9 * A_DAY) == LOOK_INTERVAL_MAX

    def test_between_looks_at_an_unresolved_one_are_those_between_tries(self) -> None:
        assert look_delay(UNRESOLVED, START + timedelta(minutes=8)) == timedelta(minutes=2)
