"""Attempts to carry out: of a paid order that wants one action."""

from datetime import datetime

from domain.configuration.settings import ActionLevel, ActionSettings
from domain.identifiers import ActionId
from domain.order.events import CustomerDataErased, OrderFact
from domain.order.state import Order
from domain.order.values import Line, PlannedAction, RunCause
from processors.ports import Task
from tests.examples import (
    BUMP_LINE,
    COURSE_LINE,
    CUSTOMER_KEY,
    NOW,
    action_started,
    at,
    failed,
    placed,
    received,
    requested,
    started,
)
from tests.spec import order_after

ACTION = ActionId("action")
LINES = (COURSE_LINE, BUMP_LINE)


def task_of(
    settings: ActionSettings,
    *,
    run: int = 1,
    attempt: int = 1,
    lines: tuple[Line, ...] = LINES,
    is_erased: bool = False,
    now: datetime = NOW,
    also: tuple[PlannedAction, ...] = (),
    before: tuple[OrderFact, ...] = (),
) -> Task:
    """Take an attempt of a run; the runs and attempts before it failed.

    `also` are other actions of the order, `before` is what became of them.
    """
    action = PlannedAction(
        action_id=ACTION, name="Bookkeeping", level=ActionLevel.CHECKOUT, settings=settings
    )
    total = sum(line.gross for line in lines)
    history: list[OrderFact] = [
        started(),
        placed(action, *also, lines=lines),
        received(amount=total),
        *before,
    ]
    for number in range(1, run + 1):
        cause = RunCause.PAYMENT if number == 1 else RunCause.RERUN
        history.append(requested(action, number, cause))
        if number < run:
            history += [action_started(ACTION, number), failed(ACTION, number)]
    for number in range(1, attempt):
        history += [
            action_started(ACTION, run, number),
            failed(ACTION, run, number, retry_at=at(8)),
        ]
    history.append(action_started(ACTION, run, attempt))
    if is_erased:
        history.append(CustomerDataErased(at=at(9), customer_key=CUSTOMER_KEY, by="laura"))
    return _task(order_after(*history), now)


def _task(order: Order, now: datetime) -> Task:
    return Task(order=order, action=order.actions_by_id[ACTION], now=now)
