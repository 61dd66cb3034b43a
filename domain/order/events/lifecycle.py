"""Facts of the order as a whole: opened, filled in, completed, noted, erased."""

from domain.identifiers import CustomerKeyId, OrderId, ShopId
from domain.order.events.base import OrderEvent
from domain.order.values import Customer, Discount, FreeText, Line, Link, Offer, PlannedAction


class OrderStarted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The customer opened the checkout."""

    shop: ShopId
    order_id: OrderId
    offer: Offer
    link: Link
    currency: str


class Placed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the two facts that carry a filled-in billing form. Never recorded itself."""

    number: str
    customer_key: CustomerKeyId
    country: str
    """ISO 3166-1 alpha-2, from the billing form."""
    analytics_consent: bool
    lines: tuple[Line, ...]
    total: int
    discounts: tuple[Discount, ...] = ()
    actions: tuple[PlannedAction, ...] = ()
    personal: Customer | None = None


class OrderPlaced(Placed, frozen=True, kw_only=True, omit_defaults=True):
    """The billing form was filled in."""

    imported: bool = False
    """History from elsewhere: none of its actions fires or asks for a look by itself."""


class OrderRevised(Placed, frozen=True, kw_only=True, omit_defaults=True):
    """The billing form or the lines were changed before payment."""


class OrderCompleted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Every action has succeeded."""


class OrderMarkedCompleted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A person closed the order."""

    command_id: str
    """The wish, so that it is granted once."""
    by: str
    actions_run: bool
    restored: bool = False


class NoteAdded(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A person wrote something down."""

    command_id: str
    """The wish, so that it is granted once."""
    by: str
    personal: FreeText | None = None


class CustomerDataErased(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The key of this customer's personal data was destroyed."""

    customer_key: CustomerKeyId
    by: str
