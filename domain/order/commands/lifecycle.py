"""Wishes about the order as a whole."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct, field

from domain.identifiers import CustomerKeyId, LineId, OrderId, SettingId, ShopId
from domain.order.commands.base import OrderCommand
from domain.order.values import (
    Customer,
    LatestConfiguration,
    LineKind,
    Link,
    Offer,
    PlannedAction,
)


class StartOrder(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The customer opened the checkout."""

    at: datetime
    shop: ShopId
    order_id: OrderId
    offer: Offer
    link: Link
    currency: str


class LineAsked(Struct, frozen=True, kw_only=True):
    """A line as the checkout states it; a share that it leaves out is worked out once, here."""

    line_id: LineId
    kind: LineKind
    product_id: str
    name: str
    quantity: int
    list_price: int
    vat_rate: int
    discount: int | None = None
    vat: int | None = None
    replaces_product: str = ""


class DiscountAsked(Struct, frozen=True, kw_only=True):
    """A discount code, what it took off, and the lines it may be spread over (none named: all)."""

    code: str
    amount: int
    line_ids: tuple[LineId, ...] = ()


class PlaceOrder(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The billing form was filled in, or changed before payment."""

    at: datetime
    number: str
    customer: Customer
    customer_key: CustomerKeyId
    country: str
    analytics_consent: bool
    currency: str
    lines: tuple[LineAsked, ...]
    total: int
    discounts: tuple[DiscountAsked, ...] = ()
    actions: tuple[PlannedAction, ...] = ()
    imported: bool = False


class CompleteOrder(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person closes the order, whatever its actions then do."""

    command_id: str
    by: str
    run_actions: bool = True
    restore_refunded_data: bool = False
    use_latest_configuration: bool = False
    latest: dict[SettingId, LatestConfiguration] = field(default_factory=dict)
    """The latest revision of each setting that the order's actions came from."""


class AddNote(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person writes something down."""

    command_id: str
    by: str
    text: str


class EraseCustomerData(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The customer's personal data is to be forgotten."""

    customer_key: CustomerKeyId
    by: str


OrderWideWish: TypeAlias = StartOrder | PlaceOrder | CompleteOrder | AddNote | EraseCustomerData
