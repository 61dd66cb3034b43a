"""Several orders of one customer for one course, in any order of events: who ends up with it.

The rule to know: the course platform is one bit here, whether the customer has the course. Grants
set it, removals that are not spared clear it, and an answer may be lost on the way back. Attempts
are whole: what happens between a removal's look and its call is the race that remains.
"""

import os
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, integers
from msgspec.structs import replace

from domain.identifiers import ActionId, OrderId
from domain.order.claims import justifying_grants
from domain.order.commands.actions import CancelAction, FailAction, StartAction, SucceedAction
from domain.order.commands.lifecycle import CompleteOrder
from domain.order.decide import OrderWish, decide
from domain.order.evolve import evolve
from domain.order.parts import ActionState
from domain.order.stages import ActionStage, CancelReason
from domain.order.state import NEW_ORDER
from domain.order.values import Answer
from domain.rejection import Rejection
from tests.examples import (
    COURSE,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    REFUND,
    at,
    back,
    placed,
    received,
    request_actions,
    request_refund,
    rerun,
    started,
)

ORDERS = 3
REMOVAL = ActionId(f"{REFUND}/remove/{GRANT}")
LOST = "connection_lost"
EXAMPLES_VARIABLE = "ORDER_LEDGER_EXAMPLES"
"""Set to look for news, as for the invariants of one order."""

which = integers(0, ORDERS - 1)


class OneCourse(RuleBasedStateMachine):
    """The orders, and the one bit at the course platform."""

    @initialize()
    def begin(self) -> None:
        self.minute = 10.0
        self.wishes = 0
        self.has_course = False
        self.orders = [NEW_ORDER] * ORDERS

    @rule(number=which)
    def buy(self, number: int) -> None:
        if self.orders[number] is NEW_ORDER:
            order_id = OrderId(UUID(int=number + 1))
            for fact in (
                replace(started(), order_id=order_id),
                replace(placed(GRANT_ACTION), number=str(number)),
                received(),
            ):
                self.orders[number] = evolve(self.orders[number], fact, fact.at)
            self.wish(number, request_actions())

    @rule(number=which)
    def refund(self, number: int) -> None:
        self.wish(
            number,
            request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False),
        )

    @rule(number=which, is_lost=booleans())
    def attempt_grant(self, number: int, is_lost: bool) -> None:
        grant = self.begun(number, GRANT)
        if grant is not None:
            self.has_course = True
            self.end(number, grant, is_lost=is_lost)

    @rule(number=which, is_lost=booleans())
    def attempt_removal(self, number: int, is_lost: bool) -> None:
        removal = self.begun(number, REMOVAL)
        if removal is None:
            return
        spared = self.spared(number)
        if spared and not any(spared):
            self.end(number, removal, is_lost=True)
            return
        if spared:
            self.wish(
                number,
                CancelAction(
                    now=at(self.minute),
                    action_id=REMOVAL,
                    run=removal.run,
                    attempt=removal.attempt,
                    reason=CancelReason.ACCESS_STILL_JUSTIFIED,
                ),
            )
            return
        self.has_course = False
        self.end(number, removal, is_lost=is_lost)

    @rule(number=which)
    def give_anew(self, number: int) -> None:
        self.run_again(number, GRANT)

    @rule(number=which)
    def remove_again(self, number: int) -> None:
        self.run_again(number, REMOVAL)

    @rule(number=which)
    def restore(self, number: int) -> None:
        self.wishes += 1
        wish = CompleteOrder(
            now=at(self.minute),
            command_id=f"restore-{self.wishes}",
            by=OPERATOR,
            run_actions=False,
            restore_refunded_data=True,
        )
        self.wish(number, wish)

    @invariant()
    @precondition(lambda self: self.is_quiet())
    def the_customer_has_the_course_if_an_order_justifies_it(self) -> None:
        if any(grant.holds_access for grant in self.justifying()):
            assert self.has_course

    @invariant()
    @precondition(lambda self: self.is_quiet() and self.is_all_known())
    def nobody_keeps_a_course_that_no_order_justifies(self) -> None:
        if not any(self.justifying()):
            assert not self.has_course

    def begun(self, number: int, action_id: ActionId) -> ActionState | None:
        """Let a worker take the next attempt, if there is one."""
        action = self.orders[number].actions_by_id.get(action_id)
        if action is None or action.stage not in (ActionStage.REQUESTED, ActionStage.RETRYING):
            return None
        self.minute += 30
        self.wish(
            number,
            StartAction(
                now=at(self.minute),
                action_id=action_id,
                run=action.run,
                attempt=action.attempt + 1,
                worker="worker-1",
            ),
        )
        return self.orders[number].actions_by_id[action_id]

    def end(self, number: int, action: ActionState, *, is_lost: bool) -> None:
        told: dict[str, Any] = {
            "now": at(self.minute),
            "action_id": action.action_id,
            "run": action.run,
            "attempt": action.attempt,
        }
        lost = FailAction(**told, code=LOST, is_retryable=True)
        self.wish(number, lost if is_lost else SucceedAction(**told, answer=Answer()))

    def spared(self, number: int) -> list[bool]:
        """Say of each other grant that justifies the course whether it holds it."""
        others = (one for n, one in enumerate(self.orders) if n != number)
        return [one.holds_access for order in others for one in justifying_grants(order)]

    def run_again(self, number: int, action_id: ActionId) -> None:
        self.wishes += 1
        wish = rerun(action_id, command_id=f"rerun-{self.wishes}", confirmed=True)
        self.wish(number, wish)

    def wish(self, number: int, wish: OrderWish) -> None:
        """Decide and record; a refusal changes nothing."""
        self.minute += 1
        wish = replace(wish, now=at(self.minute))
        try:
            facts = decide(wish, self.orders[number])
        except Rejection:
            return
        for fact in facts:
            self.orders[number] = evolve(self.orders[number], fact, wish.now)

    def justifying(self) -> list[ActionState]:
        return [grant for order in self.orders for grant in justifying_grants(order)]

    def is_quiet(self) -> bool:
        """Nothing is in hand."""
        return not any(a.is_in_hand for order in self.orders for a in order.actions)

    def is_all_known(self) -> bool:
        """No action ended for good without telling what it did."""
        return not any(a.has_failed for order in self.orders for a in order.actions)


OneCourse.TestCase.settings = settings(
    max_examples=int(os.environ.get(EXAMPLES_VARIABLE, "100")),
    derandomize=EXAMPLES_VARIABLE not in os.environ,
    stateful_step_count=40,
    deadline=None,
    database=None,
)
TestOneCourse = OneCourse.TestCase
