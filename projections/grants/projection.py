"""The row of an order whose grants give a customer access to courses, now or soon.

The rule to know: the customer is the id of the key that seals this person's data, one per shop
and email, so that orders of one person meet here without anything that tells who it is.
"""

from msgspec import Struct

from domain.configuration.settings import ActionSettings, KajabiGrant
from domain.identifiers import ActionId, CustomerKeyId
from domain.order.claims import claimed_access, claiming_grants, holds_target, is_leaving
from domain.order.parts import ActionState
from domain.order.state import Order
from projections.row_model import ModelRow, RowModel


class Grant(Struct, frozen=True, kw_only=True):
    """One access that one action of the order gives."""

    action_id: ActionId
    action: str
    """Its name."""
    target: str
    """The access, by the one name that it has in all orders."""
    offer: str
    """What the course platform's offer is called here."""
    product: str
    """The name of the line that bought it; empty of an action of the offer or the checkout."""
    is_held: bool
    """Off: it is about to be given."""
    is_leaving: bool
    """A refund in force takes it, and it is still there."""


class GrantsRow(ModelRow, frozen=True, kw_only=True):
    """The accesses that one order gives its customer."""

    customer: CustomerKeyId
    number: str
    """The order's, for people."""
    grants: tuple[Grant, ...]


def row(order: Order, version: int, position: int) -> GrantsRow | None:
    """List what the order gives access to; None if that is nothing."""
    grants = tuple(
        _grant(order, action, target)
        for action in claiming_grants(order)
        for target in sorted(claimed_access(action))
    )
    if not grants or order.customer_key is None:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return GrantsRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        customer=order.customer_key,
        number=order.number,
        grants=grants,
    )


def _grant(order: Order, action: ActionState, target: str) -> Grant:
    is_held = holds_target(order, action, target)
    settings = action.granted_settings if is_held else action.settings
    return Grant(
        action_id=action.action_id,
        action=action.name,
        target=target,
        offer=_offer_of(settings or action.settings),
        product=next((line.name for line in order.lines if line.line_id == action.line_id), ""),
        is_held=is_held,
        is_leaving=is_leaving(order, action),
    )


def _offer_of(settings: ActionSettings) -> str:
    return settings.offer_name if isinstance(settings, KajabiGrant) else ""


GRANTS = RowModel(name="grants", table="read_models.grants_v1", row_type=GrantsRow, row=row)
