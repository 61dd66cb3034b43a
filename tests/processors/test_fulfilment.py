"""Fulfilment: money in, wishes out; asked in any order and as often as may be."""

from domain.identifiers import ActionId
from domain.order.commands.lifecycle import CompleteOrder
from domain.order.completing import fold
from domain.order.decide import decide
from domain.order.events import ActionRequested, OrderFact, PaymentReceived
from domain.order.state import Order
from domain.order.values import RunCause
from processors.fulfilment import FULFILMENT
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    GRANT,
    GRANT_ACTION,
    NOW,
    RECEIPT,
    RECEIPT_ACTION,
    SECOND_PAYMENT,
    complete,
    done,
    placed,
    received,
    refunded,
    requested,
    started,
)
from tests.spec import order_after

PLACED = (started(), placed(RECEIPT_ACTION, GRANT_ACTION))
BOTH = [RECEIPT, GRANT]


def fulfilled(order: Order) -> list[OrderFact]:
    """React to the payment, and decide on what that leads to."""
    return [
        fact for wish in FULFILMENT.react(received(), order, NOW) for fact in decide(wish, order)
    ]


def asked_for(*events: OrderFact) -> list[ActionId]:
    """Name what an order's payment leads to; asking again leads to nothing."""
    return asked_for_of(order_after(*events))


def asked_for_of(order: Order) -> list[ActionId]:
    facts = fulfilled(order)
    assert fulfilled(fold(order, facts, NOW)) == []
    assert all(isinstance(fact, ActionRequested) for fact in facts)
    assert {fact.cause for fact in facts if isinstance(fact, ActionRequested)} <= {RunCause.PAYMENT}
    return [fact.action_id for fact in facts if isinstance(fact, ActionRequested)]


def closed(order: Order, command: CompleteOrder) -> Order:
    return fold(order, decide(command, order), NOW)


class TestMoneyArrives:
    def test_money_wakes_it_up_and_nothing_else_does(self) -> None:
        assert FULFILMENT.triggers == {PaymentReceived.__name__}

    def test_every_action_is_asked_for_once_the_order_is_paid(self) -> None:
        assert asked_for(*PLACED, received()) == BOTH

    def test_a_part_of_the_money_asks_for_nothing(self) -> None:
        order = order_after(*PLACED, received(amount=5_000))

        assert FULFILMENT.react(received(), order, NOW) == []

    def test_the_last_part_asks_for_everything(self) -> None:
        parts = (received(amount=5_000), received(SECOND_PAYMENT, amount=9_000))

        assert asked_for(*PLACED, *parts) == BOTH

    def test_paid_twice_asks_for_nothing_more(self) -> None:
        reacted = (requested(RECEIPT_ACTION), requested(GRANT_ACTION))

        assert asked_for(*PLACED, received(), *reacted, received(SECOND_PAYMENT)) == []

    def test_an_order_without_actions_has_nothing_to_ask_for(self) -> None:
        assert asked_for(started(), placed(), received()) == []

    def test_imported_history_fires_nothing(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True), received())

        assert asked_for(*history) == []

    def test_what_was_refunded_in_full_meanwhile_is_not_asked_for(self) -> None:
        assert asked_for(*PLACED, received(), *refunded(COURSE_BACK, BUMP_BACK)) == []


class TestAPersonWasQuicker:
    def test_completed_by_hand_and_then_paid_asks_for_what_was_never_asked_for(self) -> None:
        order = closed(order_after(*PLACED, *done(RECEIPT_ACTION)), complete(run_actions=False))

        assert asked_for_of(fold(order, [received()], NOW)) == [GRANT]

    def test_completed_with_its_actions_and_then_paid_asks_for_nothing(self) -> None:
        order = closed(order_after(*PLACED), complete())

        assert asked_for_of(fold(order, [received()], NOW)) == []

    def test_paid_and_then_completed_without_its_actions_fires_nothing_after_all(self) -> None:
        order = closed(order_after(*PLACED, received()), complete(run_actions=False))

        assert asked_for_of(order) == []

    def test_more_money_after_that_fires_nothing_either(self) -> None:
        order = closed(order_after(*PLACED, received()), complete(run_actions=False))

        assert asked_for_of(fold(order, [received(SECOND_PAYMENT)], NOW)) == []
