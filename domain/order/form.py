"""What a filled-in billing form must satisfy before its sums are looked at."""

from collections.abc import Hashable, Iterable

from domain.configuration.settings import ActionLevel
from domain.order.commands.lifecycle import LineAsked, PlaceOrder
from domain.order.rejections import LineUnknown, NegativeAmount, WrongCurrency
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection

LINES_MAX = 1_000


class NoLines(Rejection):
    """An order buys something."""

    code = "no_lines"

    def __init__(self) -> None:
        super().__init__(say("The order has no lines."))


class TooManyLines(Rejection):
    """Everything has a limit."""

    code = "too_many_lines"

    def __init__(self, lines: int) -> None:
        super().__init__(
            say(
                "The order has {lines} lines; {lines_max} is the most.",
                lines=lines,
                lines_max=LINES_MAX,
            )
        )


class LineTwice(Rejection):
    """A line id names one line."""

    code = "line_twice"

    def __init__(self) -> None:
        super().__init__(say("Two lines of the order have the same id."))


class ActionTwice(Rejection):
    """An action id names one action."""

    code = "action_twice"

    def __init__(self) -> None:
        super().__init__(say("Two actions of the order have the same id."))


class ActionWithoutLine(Rejection):
    """An action of a product belongs to the line that bought it."""

    code = "action_without_line"

    def __init__(self, action_id: str) -> None:
        super().__init__(
            say("Action {action_id!r} is a product's but names no line.", action_id=action_id)
        )


def check_form(command: PlaceOrder, order: Order) -> None:
    """Refuse a form that contradicts itself, its order or a limit."""
    if command.currency != order.currency:
        raise WrongCurrency(command.currency, order.currency)
    if not command.lines:
        raise NoLines
    if len(command.lines) > LINES_MAX:
        raise TooManyLines(len(command.lines))
    if _has_twice(line.line_id for line in command.lines):
        raise LineTwice
    _check_amounts(command)
    _check_names(command)


def _check_amounts(command: PlaceOrder) -> None:
    stated = [command.total, *(discount.amount for discount in command.discounts)]
    for line in command.lines:
        stated += _amounts_of(line)
    lowest = min(stated)
    if lowest < 0:
        raise NegativeAmount(lowest)


def _amounts_of(line: LineAsked) -> tuple[int, int, int, int]:
    return (line.list_price, line.vat_rate, line.discount or 0, line.vat or 0)


def _check_names(command: PlaceOrder) -> None:
    if _has_twice(action.action_id for action in command.actions):
        raise ActionTwice
    known = {line.line_id for line in command.lines}
    named = {line_id for discount in command.discounts for line_id in discount.line_ids}
    for action in command.actions:
        if action.line_id is not None:
            named.add(action.line_id)
        elif action.level is ActionLevel.PRODUCT:
            raise ActionWithoutLine(action.action_id)
    if named - known:
        raise LineUnknown(min(named - known))


def _has_twice(ids: Iterable[Hashable]) -> bool:
    seen = list(ids)
    return len(set(seen)) < len(seen)
