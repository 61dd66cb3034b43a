"""Orders counted from JSON lines alone, by rules written anew: what the filters are held against.

Knows nothing of the ledger's code. An order of the made-up shops has a webhook that goes
nowhere here, so a paid one stays `paid`; one that was taken over runs nothing and a retail order
has none, so they are `completed`.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

Order = dict[str, Any]


class Asked(NamedTuple):
    """A filter with a value, and which orders it must find."""

    name: str
    value: str
    finds: Callable[[Order], bool]


def orders_of(lines: Iterable[bytes]) -> list[Order]:
    """Put the messages of each order together."""
    orders: dict[str, Order] = {}
    for event in map(json.loads, lines):
        order = orders.setdefault(event["subject"], {"received": 0, "refunded": 0, "open": set()})
        _take(order, event["type"], event["data"], event["time"])
    return [order for order in orders.values() if "link" in order]


def _take(order: Order, kind: str, data: dict[str, Any], time: str) -> None:
    match kind:
        case "order.started.v1":
            order["link"], order["created"] = data["link"], datetime.fromisoformat(time)
        case "order.placed.v1":
            order["form"] = data
        case "payment.started.v1":
            order["open"].add(data["payment_id"])
        case "payment.failed.v1":
            order["open"].discard(data["payment_id"])
        case "payment.received.v1":
            order["open"].discard(data["payment_id"])
            order["is_paid_something"] = True
            order["received"] += data["amount"]["amount"]
        case "refund.recorded.v1":
            order["refunded"] += sum(line["amount"] for line in data["lines"])


def status_of(order: Order) -> str:
    """Say the word that the table must show."""
    form = order.get("form")
    if form is None:
        return "started"
    if order["refunded"]:
        return "refunded" if order["refunded"] == form["total"] else "partially_refunded"
    if order.get("is_paid_something") and order["received"] >= form["total"]:
        has_something_to_run = form.get("actions") and not form.get("imported")
        return "paid" if has_something_to_run else "completed"
    return "processing" if order["open"] else "in_progress"


def filters(orders: list[Order]) -> list[Asked]:
    """Ask by every filter, each time for something that the first fitting order has."""
    placed = [order for order in orders if "form" in order]
    sample = next(order for order in placed if order["form"].get("discounts"))
    customer = sample["form"]["customer"]
    linked = next(order for order in orders if order["link"].get("tags"))
    source, tag = linked["link"]["source"], linked["link"]["tags"][0]
    code = sample["form"]["discounts"][0]["code"]
    refund = next(order for order in placed if order["refunded"])
    middle = sorted(order["created"] for order in orders)[len(orders) // 2]
    number, email = sample["form"]["number"], customer["email"].split("@")[0][1:]
    first, last = customer["first_name"], customer["last_name"][:3]
    return [
        Asked("number", number, lambda order: _form(order).get("number") == number),
        Asked("email", email.upper(), lambda order: email in _customer(order).get("email", "")),
        Asked("first_name", first.upper(), _begins("first_name", first)),
        Asked("last_name", last, _begins("last_name", last)),
        Asked("status", status_of(refund), lambda order: status_of(order) == status_of(refund)),
        Asked("status", status_of(sample), lambda order: status_of(order) == status_of(sample)),
        Asked("source", source, lambda order: order["link"].get("source") == source),
        Asked("tag", tag, lambda order: tag in order["link"].get("tags", [])),
        Asked("discount_code", code, lambda order: code in _codes(order)),
        Asked("created_from", middle.isoformat(), lambda order: bool(order["created"] >= middle)),
        Asked("created_to", middle.isoformat(), lambda order: bool(order["created"] < middle)),
        Asked("q", first[:3], _begins_or_in_email(first[:3])),
    ]


def _form(order: Order) -> dict[str, Any]:
    form: dict[str, Any] = order.get("form", {})
    return form


def _customer(order: Order) -> dict[str, str]:
    customer: dict[str, str] = _form(order).get("customer", {})
    return customer


def _codes(order: Order) -> list[str]:
    return [discount["code"] for discount in _form(order).get("discounts", [])]


def _begins(name: str, start: str) -> Callable[[Order], bool]:
    return lambda order: _customer(order).get(name, "").lower().startswith(start.lower())


def _begins_or_in_email(text: str) -> Callable[[Order], bool]:
    def finds(order: Order) -> bool:
        customer = _customer(order)
        names = (customer.get(name, "").lower() for name in ("first_name", "last_name"))
        is_named = any(name.startswith(text.lower()) for name in names)
        return is_named or text.lower() in customer.get("email", "")

    return finds
