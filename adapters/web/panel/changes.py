"""What differs between two views of an order, by the places at which the panel shows it.

The rule to know: a place that was not there before counts as changed; one that is gone has nowhere
to be marked.
"""

from collections.abc import Iterator

from msgspec.structs import asdict

from projections.order_view.details import GeneralDetails, OrderDetails

LISTED = frozenset({"lines", "discounts", "vat"})
"""Of the General part: told one by one."""


def changed_places(before: OrderDetails | None, after: OrderDetails) -> frozenset[str]:
    """Name what changed: `status`, `general.total`, `action.<id>`; nothing of a first view."""
    if before is None:
        return frozenset()
    old = dict(_places(before))
    changed = {place for place, value in _places(after) if old.get(place) != value}
    if before.customer is None and after.customer is not None:
        changed = {place for place in changed if not place.startswith("customer.")} | {"customer"}
    return frozenset(changed)


def _places(order: OrderDetails) -> Iterator[tuple[str, object]]:
    yield "status", order.status
    yield "payment_status", order.payment_status
    yield "attention", order.attention
    yield from _of_general(order.general)
    yield from _of_customer(order)
    for payment in order.payments:
        yield f"payment.{payment.payment_id}", payment
    for dispute in order.disputes:
        yield f"dispute.{dispute.dispute_id}", dispute
    for action in order.actions:
        yield f"action.{action.action_id}", action
    for refund in order.refunds:
        yield f"refund.{refund.refund_id}", refund
    for external in order.external_refunds:
        yield f"external_refund.{external.external_refund_id}", external
    for number, note in enumerate(order.notes, start=1):
        yield f"note.{number}", note


def _of_general(general: GeneralDetails) -> Iterator[tuple[str, object]]:
    for name, value in asdict(general).items():
        if name not in LISTED:
            yield f"general.{name}", value
    for line in general.lines:
        yield f"line.{line.line_id}", line
    for discount in general.discounts:
        yield f"discount.{discount.code}", discount
    for rate in general.vat:
        yield f"vat.{rate.vat_rate}", rate


def _of_customer(order: OrderDetails) -> Iterator[tuple[str, object]]:
    if order.customer is None:
        return
    for name, value in asdict(order.customer).items():
        yield f"customer.{name}", value
