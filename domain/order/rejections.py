"""The refusals that more than one decision gives."""

from datetime import datetime

from domain.identifiers import ActionId
from domain.money import AMOUNT_MAX, Money
from domain.order.parts import ActionState
from domain.order.running import running_for
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class OrderNotStarted(Rejection):
    """The order's first fact has not come yet."""

    code = "order_not_started"
    is_early = True

    def __init__(self) -> None:
        super().__init__(say("The order has not been started."))


class OrderNotPlaced(Rejection):
    """The billing form has not come yet."""

    code = "order_not_placed"
    is_early = True

    def __init__(self) -> None:
        super().__init__(say("The order has not been placed: it has no billing form yet."))


class WrongCurrency(Rejection):
    """An order has one currency."""

    code = "wrong_currency"

    def __init__(self, currency: str, expected: str) -> None:
        super().__init__(
            say(
                "The amount is in {currency}; the order is in {expected}.",
                currency=currency,
                expected=expected,
            )
        )


class NegativeAmount(Rejection):
    """Amounts are integers from 0; the kind of a fact carries the sign."""

    code = "negative_amount"

    def __init__(self, amount: int) -> None:
        super().__init__(say("An amount cannot be negative: {amount}.", amount=amount))


class AmountTooLarge(Rejection):
    """No order holds so much money: it is a slip, or in another unit."""

    code = "amount_too_large"

    def __init__(self, money: Money) -> None:
        most = Money(AMOUNT_MAX, money.currency)
        super().__init__(say("The amount is {money}; {most} is the most.", money=money, most=most))


class PaymentUnknown(Rejection):
    """The payment that a fact is about has not come yet."""

    code = "payment_unknown"
    is_early = True

    def __init__(self, payment_id: str) -> None:
        super().__init__(
            say("The order has received no payment {payment_id!r}.", payment_id=payment_id)
        )


class LineUnknown(Rejection):
    """A line is named that the order does not have."""

    code = "line_unknown"

    def __init__(self, line_id: str) -> None:
        super().__init__(say("The order has no line {line_id!r}.", line_id=line_id))


class ActionUnknown(Rejection):
    """An action is named that the order does not have."""

    code = "action_unknown"

    def __init__(self, action_id: str) -> None:
        super().__init__(say("The order has no action {action_id!r}.", action_id=action_id))


class ActionRunning(Rejection):
    """Two runs at once could take effect twice."""

    code = "action_running"

    def __init__(self, action: ActionState, now: datetime) -> None:
        super().__init__(
            say(
                "Action {action_id!r} {running}; only force runs it again.",
                action_id=action.action_id,
                running=running_for(action, now),
            )
        )


class RefundDiffers(Rejection):
    """A refund's identity stands for one content for ever."""

    code = "refund_differs"

    def __init__(self, refund_id: str) -> None:
        super().__init__(
            say("Refund {refund_id!r} is already known with another content.", refund_id=refund_id)
        )


class RefundUnknown(Rejection):
    """The refund, or that transfer of it, has not come yet."""

    code = "refund_unknown"
    is_early = True

    def __init__(self, refund_id: str) -> None:
        super().__init__(
            say("The order has no such refund or transfer: {refund_id!r}.", refund_id=refund_id)
        )


def known_action(action_id: ActionId, order: Order) -> ActionState:
    """Find an action; raise ActionUnknown."""
    action = order.actions_by_id.get(action_id)
    if action is None:
        raise ActionUnknown(action_id)
    return action


class RefundAccountedFor(Rejection):
    """Another refund counts this money; nothing is counted twice."""

    code = "refund_accounted_for"

    def __init__(self, reference: str, refund_id: str) -> None:
        super().__init__(
            say(
                "Refund {refund_id!r} already counts the money of {reference!r}.",
                refund_id=refund_id,
                reference=reference,
            )
        )


def require_placed(order: Order) -> None:
    """Refuse for now what only a placed order can take."""
    if not order.is_placed:
        raise OrderNotPlaced


def require_fit(order: Order, money: Money) -> None:
    """Refuse an amount that cannot be one of this order's."""
    if money.currency != order.currency:
        raise WrongCurrency(money.currency, order.currency)
    if money.amount < 0:
        raise NegativeAmount(money.amount)
    if money.amount > AMOUNT_MAX:
        raise AmountTooLarge(money)
