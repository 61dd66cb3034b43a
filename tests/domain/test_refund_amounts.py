"""Amounts that a person leaves open: what is stated comes first, the rest follows in order."""

from domain.identifiers import LineId
from domain.order.events import OrderFact, PaymentDisputed
from domain.order.refund_amounts import Filled, LineWanted, filled
from domain.order.values import RefundLine
from tests.examples import (
    BUMP,
    COURSE,
    COURSE_BACK,
    DISPUTE,
    PAYMENT,
    SECOND_PAYMENT,
    TOTAL,
    at,
    euros,
    paid,
    placed,
    received,
    refunded,
    started,
)
from tests.spec import order_after

COURSE_LEFT, BUMP_LEFT = LineWanted(line_id=COURSE), LineWanted(line_id=BUMP)
TWICE_PAID = (*paid(), received(SECOND_PAYMENT, minute=5))
PARTLY_PAID = (started(), placed(), received(amount=12_000))


def amounts(
    *lines: LineWanted,
    history: tuple[OrderFact, ...] = paid(),
    excess: int | None = 0,
    refund_payments: bool = True,
) -> tuple[list[tuple[LineId, int]], int]:
    found: Filled = filled(lines, excess, order_after(*history), refund_payments=refund_payments)
    return [(line.line_id, line.amount) for line in found.lines], found.excess


def test_an_open_line_is_all_that_is_left_of_it() -> None:
    part = refunded(RefundLine(line_id=COURSE, amount=2_500, vat=508))
    assert amounts(COURSE_LEFT, history=(*paid(), *part)) == ([(COURSE, 7_500)], 0)


def test_a_stated_amount_stays_as_it_is() -> None:
    wanted = LineWanted(line_id=COURSE, amount=20_000, remove_access=True, maximum_seen=1)
    [line] = filled([wanted], 3, order_after(*paid()), refund_payments=True).lines
    assert (line.amount, line.remove_access, line.maximum_seen) == (20_000, True, 1)


def test_a_line_of_which_nothing_is_left_drops_out() -> None:
    history = (*paid(), *refunded(COURSE_BACK))
    assert amounts(COURSE_LEFT, BUMP_LEFT, history=history) == ([(BUMP, 4_000)], 0)


def test_a_line_of_which_nothing_is_left_stays_where_its_access_is_to_go() -> None:
    wanted = LineWanted(line_id=COURSE, remove_access=True)
    assert amounts(wanted, history=(*paid(), *refunded(COURSE_BACK))) == ([(COURSE, 0)], 0)


def test_a_line_of_which_something_was_seen_is_decided_on() -> None:
    wanted = LineWanted(line_id=COURSE, maximum_seen=10_000)
    assert amounts(wanted, history=(*paid(), *refunded(COURSE_BACK))) == ([(COURSE, 0)], 0)


def test_a_line_that_there_is_not_is_left_to_the_decision() -> None:
    unknown = LineId("gone")
    assert amounts(LineWanted(line_id=unknown)) == ([(unknown, 0)], 0)


def test_open_lines_share_the_money_that_there_is_in_their_order() -> None:
    assert amounts(COURSE_LEFT, BUMP_LEFT, history=PARTLY_PAID) == (
        [(COURSE, 10_000), (BUMP, 2_000)],
        0,
    )


def test_what_is_stated_comes_first() -> None:
    stated = LineWanted(line_id=BUMP, amount=4_000)
    assert amounts(COURSE_LEFT, stated, history=PARTLY_PAID) == (
        [(COURSE, 8_000), (BUMP, 4_000)],
        0,
    )


def test_open_excess_is_all_the_money_above_the_total() -> None:
    assert amounts(history=TWICE_PAID, excess=None) == ([], TOTAL)
    assert amounts(COURSE_LEFT, history=TWICE_PAID, excess=None) == ([(COURSE, 10_000)], TOTAL)


def test_open_excess_takes_no_money_that_the_lines_need() -> None:
    dispute = PaymentDisputed(at=at(6), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(TOTAL))
    history = (*TWICE_PAID, dispute)
    assert amounts(COURSE_LEFT, history=history, excess=None) == ([(COURSE, 10_000)], 4_000)


def test_recording_only_is_limited_by_the_lines_and_takes_no_excess() -> None:
    assert amounts(
        COURSE_LEFT, BUMP_LEFT, history=PARTLY_PAID, excess=None, refund_payments=False
    ) == ([(COURSE, 10_000), (BUMP, 4_000)], 0)
    assert amounts(history=TWICE_PAID, excess=None, refund_payments=False) == ([], 0)
