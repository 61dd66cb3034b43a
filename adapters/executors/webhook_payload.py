"""What a webhook's receiver gets to know: the order in the words of `GET /api/v1/orders/{id}`.

The rule to know: fields are only ever added. Each attempt tells the order as it is by then.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.order.stages import OrderStatus, PaymentStatus
from domain.order.values import RunCause
from processors.ports import Task
from projections.order_view.details import CustomerDetails, GeneralDetails
from projections.order_view.general import customer_details, general_details
from projections.order_view.payment_details import PaymentDetails, payment_details

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ORDER_PURCHASED: Literal["order.purchased"] = "order.purchased"


class ActionTold(Struct, frozen=True, kw_only=True):
    """Which action of the order this is, and which run of it."""

    action_id: str
    name: str
    run: int
    """1 at first; each wanted repeat counts on and comes under a new `webhook-id`."""
    cause: RunCause | None


class OrderTold(Struct, frozen=True, kw_only=True):
    """The order as it is at this attempt."""

    shop: str
    order_id: UUID | None
    number: str
    created_at: datetime | None
    status: OrderStatus
    payment_status: PaymentStatus
    action: ActionTold
    general: GeneralDetails
    customer: CustomerDetails | None
    payments: tuple[PaymentDetails, ...]


class WebhookPayload(Struct, frozen=True, kw_only=True):
    """The body, in the shape of Standard Webhooks."""

    type: Literal["order.purchased"]
    timestamp: datetime
    """When the run was asked for."""
    data: OrderTold


def payload_schema() -> dict[str, Any]:
    """Describe the body for receivers."""
    (body,), definitions = msgspec.json.schema_components(
        [WebhookPayload], ref_template="#/$defs/{name}"
    )
    whole = definitions.pop(WebhookPayload.__name__)
    assert body == {"$ref": f"#/$defs/{WebhookPayload.__name__}"}
    return {"$schema": DIALECT, **whole, "title": ORDER_PURCHASED, "$defs": definitions}


def payload_of(task: Task) -> bytes:
    """Write the body for an attempt."""
    order, action = task.order, task.action
    told = OrderTold(
        shop=order.shop,
        order_id=order.order_id,
        number=order.number,
        created_at=order.created_at,
        status=order.status,
        payment_status=order.payment_status,
        action=ActionTold(
            action_id=action.action_id, name=action.name, run=action.run, cause=action.cause
        ),
        general=general_details(order),
        customer=customer_details(order),
        payments=tuple(map(payment_details, order.payments)),
    )
    asked_at = action.requested_recorded_at or task.now
    return msgspec.json.encode(WebhookPayload(type=ORDER_PURCHASED, timestamp=asked_at, data=told))
