"""Decide on the order as a whole: start it, fill it in, change it before payment, write on it."""

from typing import TypeVar

from msgspec.structs import replace

from domain.order.commands.lifecycle import (
    AddNote,
    EraseCustomerData,
    PlaceOrder,
    StartOrder,
)
from domain.order.events import (
    CustomerDataErased,
    NoteAdded,
    OrderFact,
    OrderPlaced,
    OrderRevised,
    OrderStarted,
    Placed,
)
from domain.order.form import check_form
from domain.order.placing import completed_lines
from domain.order.rejections import OrderNotStarted, require_placed
from domain.order.state import Order
from domain.order.values import Discount, FreeText, Line
from domain.phrase import say
from domain.rejection import Rejection

PlacedT = TypeVar("PlacedT", bound=Placed)


class OrderDiffers(Rejection):
    """What is the order's for good was stated in two ways."""

    code = "order_differs"

    def __init__(self) -> None:
        super().__init__(say("The order is already known with another content."))


class AlreadyPaid(Rejection):
    """Once money has come, the order is what was bought."""

    code = "already_paid"

    def __init__(self) -> None:
        super().__init__(say("The order has received money and can no longer be changed."))


class CustomerUnknown(Rejection):
    """The key is not one of this order's customers."""

    code = "customer_unknown"

    def __init__(self) -> None:
        super().__init__(say("Nothing of this order is kept under that customer's key."))


def start_order(command: StartOrder, order: Order) -> list[OrderFact]:
    """Open the order, once."""
    if order.is_started:
        if _identity(command) != _identity(order):
            raise OrderDiffers
        return []
    return [
        OrderStarted(
            at=command.at,
            shop=command.shop,
            order_id=command.order_id,
            offer=command.offer,
            link=command.link,
            currency=command.currency,
        )
    ]


def _identity(order: StartOrder | Order) -> tuple[object, ...]:
    return (order.shop, order.order_id, order.offer, order.link, order.currency)


def place_order(command: PlaceOrder, order: Order) -> list[OrderFact]:
    """Take in the billing form; take it in anew until money has come."""
    if not order.is_started:
        raise OrderNotStarted
    check_form(command, order)
    lines = completed_lines(command)
    if not order.is_placed:
        placed = _filled_in(OrderPlaced, command, lines)
        return [replace(placed, imported=command.imported)]
    revised = _filled_in(OrderRevised, command, lines)
    if _is_same(revised, order) and command.imported == order.is_imported:
        return []
    if order.received_recorded_at is not None:
        raise AlreadyPaid
    if command.imported != order.is_imported:
        raise OrderDiffers
    return [revised]


def _filled_in(kind: type[PlacedT], command: PlaceOrder, lines: tuple[Line, ...]) -> PlacedT:
    return kind(
        at=command.at,
        number=command.number,
        customer_key=command.customer_key,
        country=command.country,
        analytics_consent=command.analytics_consent,
        lines=lines,
        total=command.total,
        discounts=tuple(Discount(code=d.code, amount=d.amount) for d in command.discounts),
        actions=command.actions,
        personal=command.customer,
    )


def _is_same(revised: OrderRevised, order: Order) -> bool:
    """Compare a form with the one that is known; an erased customer cannot be compared."""
    known = OrderRevised(
        at=revised.at,
        number=order.number,
        customer_key=revised.customer_key,
        country=order.country,
        analytics_consent=order.analytics_consent,
        lines=order.lines,
        total=order.original_total,
        discounts=order.discounts,
        actions=order.planned_actions,
        personal=order.customer or revised.personal,
    )
    return revised == known


def add_note(command: AddNote, order: Order) -> list[OrderFact]:
    """Write a person's words down, under the key of the customer that they are about."""
    require_placed(order)
    if command.command_id in order.command_ids:
        return []
    return [
        NoteAdded(
            at=command.now,
            command_id=command.command_id,
            by=command.by,
            personal=FreeText(text=command.text),
        )
    ]


def erase_customer_data(command: EraseCustomerData, order: Order) -> list[OrderFact]:
    """Say that the customer's key is gone, once per key."""
    if command.customer_key not in order.customer_keys:
        raise CustomerUnknown
    if command.customer_key in order.erased_keys:
        return []
    return [CustomerDataErased(at=command.now, customer_key=command.customer_key, by=command.by)]
