"""Everything the order sheet shows, as values: shown by the command line, served by the API.

Amounts are `Money`, times are UTC, secrets are masked. A personal part whose key is destroyed
reads as empty.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.money import Money
from domain.order.attention import AttentionReason
from domain.order.stages import OrderStatus, PaymentStatus
from projections.order_view.action_details import ActionDetails
from projections.order_view.payment_details import DisputeDetails, PaymentDetails
from projections.order_view.refund_details import ExternalRefundDetails, RefundDetails


class LineDetails(Struct, frozen=True, kw_only=True):
    """A purchased product."""

    line_id: str
    kind: str
    product_id: str
    name: str
    quantity: int
    list_price: Money
    discount: Money
    gross: Money
    """What was paid for it, VAT included."""
    vat_rate: int
    """Basis points: 25.5 % is 2550."""
    vat: Money
    refunded: Money
    """By refunds in force."""
    replaces_product: str


class DiscountDetails(Struct, frozen=True, kw_only=True):
    """A discount code and what it took off."""

    code: str
    amount: Money


class VatDetails(Struct, frozen=True, kw_only=True):
    """One VAT rate's share of the order, from the stored figures of its lines."""

    vat_rate: int
    """Basis points: 25.5 % is 2550."""
    net: Money
    vat: Money
    gross: Money
    refunded: Money
    """By refunds in force, VAT included."""
    refunded_vat: Money


class GeneralDetails(Struct, frozen=True, kw_only=True):
    """What was sold, from where, for how much."""

    offer_id: str
    offer: str
    link_id: str
    source: str
    tags: tuple[str, ...]
    total: Money | None
    """The original total less the refunds in force; None until the order is placed."""
    original_total: Money | None
    received: Money
    returned: Money
    """What was paid back, whether or not the refund is still in force."""
    lines: tuple[LineDetails, ...]
    discounts: tuple[DiscountDetails, ...]
    vat: tuple[VatDetails, ...]


class CustomerDetails(Struct, frozen=True, kw_only=True):
    """The billing form."""

    email: str
    first_name: str
    last_name: str
    phone: str
    company: str
    business_id: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str
    custom_fields: dict[str, str]
    analytics_consent: bool
    is_erased: bool
    """The person was forgotten: everything that told who it was is gone."""


class NoteDetails(Struct, frozen=True, kw_only=True):
    """What a person wrote down."""

    at: datetime
    by: str
    text: str


class CompletionDetails(Struct, frozen=True, kw_only=True):
    """Which options of Complete Order apply."""

    can_restore_refunded_data: bool
    """There are refunds in force."""
    can_use_latest_configuration: bool
    """An action has failed."""


class OrderDetails(Struct, frozen=True, kw_only=True):
    """One order as it is, or as it was at one of its versions."""

    shop: str
    order_id: UUID
    number: str
    version: int
    recorded_at: datetime
    """When the last fact that is shown was recorded."""
    created_at: datetime
    status: OrderStatus
    payment_status: PaymentStatus
    is_imported: bool
    attention: tuple[AttentionReason, ...]
    general: GeneralDetails
    customer: CustomerDetails | None
    """None until the order is placed."""
    payments: tuple[PaymentDetails, ...]
    disputes: tuple[DisputeDetails, ...]
    actions: tuple[ActionDetails, ...]
    refunds: tuple[RefundDetails, ...]
    external_refunds: tuple[ExternalRefundDetails, ...]
    notes: tuple[NoteDetails, ...]
    completion: CompletionDetails
