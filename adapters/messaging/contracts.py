"""What the checkout publishes: the data of each message type, strictly validated.

JSON Schemas and `docs/contracts/asyncapi.yaml` are generated from these classes. Amounts are
integers of the currency's minor unit and include VAT; times are RFC 3339 with an offset.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from msgspec import Meta, Raw, Struct

from adapters.messaging.published_settings import PublishedSettingsIn
from domain.money import AMOUNT_MAX
from domain.order.form import LINES_MAX
from domain.order.values import LineKind

BODY_BYTES_MAX = 1_048_576

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
MessageId: TypeAlias = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+(?!\n)$"),
]
"""What people ask for a message by, so nothing invisible."""
Token: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}(?!\n)$")]
"""A shop or a setting: one token of a NATS subject. (`$` alone lets a last newline through.)"""
Name: TypeAlias = Annotated[str, Meta(max_length=500)]
Text: TypeAlias = Annotated[str, Meta(max_length=4_000)]
Currency: TypeAlias = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3)]
Country: TypeAlias = Annotated[str, Meta(pattern="^[A-Z]{2}$", max_length=2)]
Email: TypeAlias = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+(?!\n)$", max_length=254)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Positive: TypeAlias = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
VatRate: TypeAlias = Annotated[int, Meta(ge=0, le=10_000)]
Level: TypeAlias = Literal["product", "offer", "checkout"]
"""Where a merchant defines an action; the fourth level is the ledger's own."""
Quantity: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]


class Inbound(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Base of everything that comes from outside: unknown fields are refused.

    Defaults are left out when a message is written again for its content hash, so that a new
    field with a default does not make other content of what came before it. Decoded JSON has no
    cycles, so the garbage collector need not walk it.
    """


class MoneyIn(Inbound, frozen=True, kw_only=True):
    """An amount in a currency."""

    amount: Minor
    currency: Currency


class OfferIn(Inbound, frozen=True, kw_only=True):
    """What the checkout link sells."""

    id: Id
    name: Name


class LinkIn(Inbound, frozen=True, kw_only=True):
    """The checkout link with its source and tags."""

    id: Id
    source: Name = ""
    tags: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()


class OrderStartedV1(Inbound, frozen=True, kw_only=True):
    """`order.started.v1`: the customer opened the checkout."""

    offer: OfferIn
    link: LinkIn
    currency: Currency


class AddressIn(Inbound, frozen=True, kw_only=True):
    """The billing address; its country stands on the order."""

    street: Name = ""
    postal_code: Name = ""
    city: Name = ""
    region: Name = ""


class CustomerIn(Inbound, frozen=True, kw_only=True):
    """The billing form."""

    email: Email
    first_name: Name = ""
    last_name: Name = ""
    phone: Name = ""
    company: Name = ""
    business_id: Name = ""
    address: AddressIn = AddressIn()
    custom_fields: Annotated[dict[Name, Text], Meta(max_length=100)] = {}


class LineIn(Inbound, frozen=True, kw_only=True):
    """A line. `discount` and `vat` may be left out: then the ledger works them out, once."""

    line_id: Id
    kind: LineKind
    product_id: Id
    name: Name
    quantity: Quantity = 1
    list_price: Minor
    """For the whole quantity, before discounts."""
    vat_rate: VatRate
    """Basis points: 25.5 % is 2550."""
    discount: Minor | None = None
    vat: Minor | None = None
    replaces_product: Annotated[str, Meta(max_length=200)] = ""


class DiscountIn(Inbound, frozen=True, kw_only=True):
    """A discount code and what it took off; spread over the named lines, or over all."""

    code: Annotated[str, Meta(min_length=1, max_length=50)]
    amount: Minor
    line_ids: tuple[Id, ...] = ()


class ActionIn(Inbound, frozen=True, kw_only=True):
    """A post-purchase action with its settings as of now."""

    action_id: Id
    name: Name
    level: Level
    settings: PublishedSettingsIn
    line_id: Id | None = None
    setting_id: Token | None = None
    revision: Annotated[int, Meta(ge=0)] = 0


class OrderPlacedV1(Inbound, frozen=True, kw_only=True):
    """`order.placed.v1`: the billing form was filled in, or changed before payment."""

    number: Annotated[str, Meta(min_length=1, max_length=50)]
    customer: CustomerIn
    country: Country
    currency: Currency
    lines: Annotated[tuple[LineIn, ...], Meta(min_length=1, max_length=LINES_MAX)]
    total: Minor
    analytics_consent: bool = False
    discounts: Annotated[tuple[DiscountIn, ...], Meta(max_length=50)] = ()
    actions: Annotated[tuple[ActionIn, ...], Meta(max_length=200)] = ()
    imported: bool = False
    """History from elsewhere: none of its actions fires or asks for a look by itself."""


class PaymentStartedV1(Inbound, frozen=True, kw_only=True):
    """`payment.started.v1`: the customer was sent to a provider."""

    payment_id: Id
    provider: Id
    method: Id
    amount: MoneyIn
    sub_method: Name = ""


class PaymentReceivedV1(Inbound, frozen=True, kw_only=True):
    """`payment.received.v1`: the provider confirmed the money (a free order: 0 by `free`)."""

    payment_id: Id
    provider: Id
    method: Id
    amount: MoneyIn
    transaction_id: Name = ""
    sub_method: Name = ""


class PaymentFailedV1(Inbound, frozen=True, kw_only=True):
    """`payment.failed.v1`: the provider said no, or the customer turned back."""

    payment_id: Id
    provider: Id
    method: Id
    code: Id
    message: Text = ""
    sub_method: Name = ""


class RefundedLineIn(Inbound, frozen=True, kw_only=True):
    """How much of one line went back."""

    line_id: Id
    amount: Positive


class RefundRecordedV1(Inbound, frozen=True, kw_only=True):
    """`refund.recorded.v1`: a refund that was made elsewhere; it counts as returned."""

    refund_id: Id
    currency: Currency
    lines: Annotated[tuple[RefundedLineIn, ...], Meta(min_length=1, max_length=LINES_MAX)]
    payment_id: Id | None = None
    """The payment it went back to; may be left out where the order received just one."""
    reference: Name = ""
    reason: Text = ""


class ActionConfiguredV1(Inbound, frozen=True, kw_only=True):
    """`action.configured.v1`: the merchant published settings of an action."""

    level: Level
    level_id: Id
    name: Name
    settings: PublishedSettingsIn
    revision: Annotated[int, Meta(ge=1)]


class ActionConfigurationRemovedV1(Inbound, frozen=True, kw_only=True):
    """`action.configuration_removed.v1`: the merchant took the setting away."""

    revision: Annotated[int, Meta(ge=1)]


class CloudEvent(Inbound, frozen=True, kw_only=True):
    """A CloudEvents 1.0 event in structured JSON; `data` is decoded by its type."""

    specversion: Literal["1.0"]
    id: MessageId
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    """`/checkout/<shop>`."""
    type: Id
    subject: Id
    """The order id, or the setting id."""
    time: Annotated[datetime, Meta(tz=True)]
    data: Raw
    dataschema: Name = ""
    datacontenttype: Name = "application/json"


ORDER_DATA_BY_TYPE: dict[str, type[Inbound]] = {
    "order.started.v1": OrderStartedV1,
    "order.placed.v1": OrderPlacedV1,
    "payment.started.v1": PaymentStartedV1,
    "payment.received.v1": PaymentReceivedV1,
    "payment.failed.v1": PaymentFailedV1,
    "refund.recorded.v1": RefundRecordedV1,
}
CONFIGURATION_DATA_BY_TYPE: dict[str, type[Inbound]] = {
    "action.configured.v1": ActionConfiguredV1,
    "action.configuration_removed.v1": ActionConfigurationRemovedV1,
}


def order_subject(shop: str, order_id: UUID, message_type: str) -> str:
    """Name the NATS subject of a message about an order."""
    return f"checkout.{shop}.order.{order_id}.{message_type.replace('.', '-')}"


def configuration_subject(shop: str, setting_id: str, message_type: str) -> str:
    """Name the NATS subject of a message about an action setting."""
    return f"checkout.{shop}.config.{setting_id}.{message_type.replace('.', '-')}"
