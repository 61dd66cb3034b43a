"""When a grant that was called off may still give access: while its worker lives and told nothing."""

from datetime import datetime, timedelta

from domain.order.access import may_be_given_yet
from domain.order.events import ActionCancelled, OrderFact
from domain.order.running import ATTEMPT_LEASE
from tests.examples import (
    GRANT,
    GRANT_ACTION,
    action_started,
    at,
    failed,
    paid,
    requested,
    succeeded,
)
from tests.spec import order_after

CALLED_OFF = ActionCancelled(at=at(8), action_id=GRANT, run=1, reason="refunded")
STARTED = action_started(GRANT)
SECOND = timedelta(seconds=1)


def may_be_given(now: datetime, *history: OrderFact) -> bool:
    order = order_after(*paid(GRANT_ACTION), requested(GRANT_ACTION), *history)
    return may_be_given_yet(order.actions_by_id[GRANT], now)


def test_one_that_was_never_begun_gives_nothing() -> None:
    assert not may_be_given(at(8), CALLED_OFF)


def test_one_under_way_may_until_its_attempt_is_nobodys() -> None:
    end = STARTED.at + ATTEMPT_LEASE
    assert may_be_given(end, STARTED, CALLED_OFF)
    assert not may_be_given(end + SECOND, STARTED, CALLED_OFF)


def test_one_whose_end_was_told_gives_nothing_more() -> None:
    for end in (succeeded(GRANT), failed(GRANT)):
        assert not may_be_given(end.at, STARTED, end, CALLED_OFF)
