"""Given, when, then: how a rule of the order is stated.

Every statement also checks, unasked, that deciding the same command a second time records
nothing. What was stated is kept in `STATED`, against which the documentation is held.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from domain.order.decide import OrderWish, decide
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.stages import OrderStatus
from domain.order.state import NEW_ORDER, Order
from domain.rejection import Rejection


class Stated(NamedTuple):
    """That a command recorded a fact, and the status that the fact led to if it changed."""

    command: type[OrderWish]
    fact: type[OrderFact]
    status: OrderStatus | None


STATED: set[Stated] = set()
REFUSED: set[str] = set()
"""The codes of the refusals that were stated."""


def order_after(*events: OrderFact) -> Order:
    """Fold events as if each had been recorded the moment it happened."""
    order = NEW_ORDER
    for event in events:
        order = evolve(order, event, event.at)
    return order


class Given(NamedTuple):
    """An order with a history."""

    order: Order

    def when(self, command: OrderWish) -> "When":
        return When(self.order, command)


class When(NamedTuple):
    """An order that is asked something."""

    order: Order
    command: OrderWish

    def then(self, *expected: OrderFact) -> Order:
        facts = self.facts()
        assert facts == list(expected)
        return self.after(facts)

    def then_kinds(self, *expected: type[OrderFact]) -> Order:
        """Expect the kinds alone, where the values are another statement's affair."""
        facts = self.facts()
        assert [type(fact) for fact in facts] == list(expected)
        return self.after(facts)

    def then_nothing(self) -> None:
        assert decide(self.command, self.order) == []

    def then_rejected(self, code: str) -> None:
        with pytest.raises(Rejection) as refusal:
            decide(self.command, self.order)
        assert refusal.value.code == code
        REFUSED.add(code)
        assert str(refusal.value).endswith(".")

    def facts(self) -> list[OrderFact]:
        """Decide, and hold the decision against its own repetition."""
        facts = decide(self.command, self.order)
        assert decide(self.command, self.after(facts)) == []
        return facts

    def after(self, facts: Sequence[OrderFact]) -> Order:
        order = self.order
        for fact in facts:
            before, order = order.status, evolve(order, fact, self.command.now)
            led_to = order.status if order.status is not before else None
            STATED.add(Stated(type(self.command), type(fact), led_to))
        return order


def given(*events: OrderFact) -> Given:
    """Begin a statement with an order's history."""
    return Given(order_after(*events))
