"""What a provider's word on a transfer means to the order."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    ReportTransferUnresolved,
)
from domain.order.events import RefundTransferPending, RefundTransferStarted
from domain.order.transfer_steps import NOT_AT_PROVIDER
from processors.refund_provider import (
    InProgress,
    NotKnown,
    Refused,
    Returned,
    Standing,
    TransferTask,
)
from processors.transferring import told_of_attempt, told_of_look
from tests.examples import (
    COURSE_BACK,
    PAYMENT,
    REFUND,
    TRANSFER,
    at,
    paid,
    refund_requested,
    transfer,
)
from tests.spec import order_after

NOW = at(30)
TAKEN = RefundTransferStarted(
    at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=3, worker="payer-1"
)
PENDING = RefundTransferPending(at=at(22), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1")
HISTORY = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)), TAKEN)


def task(
    *more: RefundTransferPending, provider: str = "stripe", reference: str = ""
) -> TransferTask:
    order = order_after(*HISTORY, *more)
    (refund,) = order.refunds
    (state,) = refund.transfers
    return TransferTask(
        order=order,
        refund=refund,
        transfer=replace(state, reference=reference) if reference else state,
        payment=replace(order.payments_by_id[PAYMENT], provider=provider),
        now=NOW - timedelta(seconds=3),
    )


DONE = ReportTransferDone(now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, reference="re_1")
TAKEN_IN = ReportTransferPending(
    now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
)
NO = ReportTransferFailed(
    now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, code="charge_disputed", message="No."
)
LOST = ReportTransferUnresolved(
    now=NOW, at=NOW, refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
)
NOTHING_FOUND = replace(LOST, news_seen_at=at(21))
NONE_THERE = replace(NOTHING_FOUND, code=NOT_AT_PROVIDER)
REFUSED = Refused(code="charge_disputed", message="No.")


class TestTheEndOfAnAttempt:
    @pytest.mark.parametrize(
        ("standing", "told"),
        [
            (Returned(reference="re_1"), DONE),
            (InProgress(reference="re_1"), TAKEN_IN),
            (REFUSED, replace(NO, attempt=3)),
            (NotKnown(code="timeout"), replace(LOST, attempt=3)),
            (
                NotKnown(code="dns", was_asked=False),
                replace(LOST, code="dns", attempt=3, was_asked=False),
            ),
        ],
    )
    def test_is_told_with_its_number_where_it_could_be_old(
        self, standing: Standing, told: object
    ) -> None:
        assert told_of_attempt(task(), standing, NOW) == told


class TestALook:
    @pytest.mark.parametrize(
        ("found", "told"),
        [
            (Returned(reference="re_1"), DONE),
            (InProgress(reference="re_1"), TAKEN_IN),
            (REFUSED, NO),
            (NotKnown(code="timeout", was_asked=False), NOTHING_FOUND),
        ],
    )
    def test_is_the_providers_word_on_the_refund_itself(
        self, found: Standing, told: object
    ) -> None:
        assert told_of_look(task(), found, NOW) == told

    def test_that_finds_nothing_out_is_no_news_of_what_the_provider_has(self) -> None:
        assert told_of_look(task(PENDING), NotKnown(code="timeout"), NOW) is None

    def test_that_finds_none_makes_asking_safe_where_the_provider_knows_keys(self) -> None:
        assert told_of_look(task(), None, NOW) == replace(NONE_THERE, was_asked=False)

    def test_that_finds_none_is_not_believed_of_others(self) -> None:
        assert told_of_look(task(provider="paytrail"), None, NOW) == NONE_THERE

    def test_that_finds_none_is_not_believed_of_what_the_provider_had_named(self) -> None:
        assert told_of_look(task(PENDING), None, NOW) == replace(NONE_THERE, news_seen_at=at(22))
