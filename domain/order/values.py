"""Values that events and commands of an order are made of.

Amounts are minor units of the order's currency and include VAT.
"""

from enum import StrEnum

from msgspec import Struct

from domain.configuration.settings import ActionLevel, ActionSettings
from domain.identifiers import ActionId, LineId, OrderId, PaymentId, SettingId, TransferId
from domain.money import Money


class LineKind(StrEnum):
    """How the product got into the order."""

    PRODUCT = "product"
    ORDER_BUMP = "order_bump"
    PRE_UPSELL = "pre_upsell"


class RunCause(StrEnum):
    """Why an action was asked to run."""

    PAYMENT = "payment"
    RERUN = "rerun"
    COMPLETE = "complete"
    REFUND = "refund"


class TransferMethod(StrEnum):
    """How money goes back; `none` is recorded only, `elsewhere` was done before we heard of it."""

    PROVIDER = "provider"
    MANUAL = "manual"
    NONE = "none"
    ELSEWHERE = "elsewhere"


class DisputeOutcome(StrEnum):
    """How a chargeback ended."""

    WON = "won"
    LOST = "lost"


class Offer(Struct, frozen=True, kw_only=True):
    """What the checkout link sells."""

    id: str
    name: str


class Link(Struct, frozen=True, kw_only=True):
    """The checkout link with its source and tags, as they were when the order began."""

    id: str
    source: str
    tags: tuple[str, ...] = ()


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product bought. All amounts include VAT, in minor units, for the whole quantity."""

    line_id: LineId
    kind: LineKind
    product_id: str
    name: str
    quantity: int
    list_price: int
    discount: int
    """The line's share of the order's discounts."""
    gross: int
    """What is paid for the line: list price less discount."""
    vat_rate: int
    """Basis points: 25.5 % is 2550."""
    vat: int
    """The VAT within `gross`, fixed when the order is placed."""
    replaces_product: str = ""
    """The product whose place an upgrade took."""


class Discount(Struct, frozen=True, kw_only=True):
    """A discount code and what it took off, in minor units."""

    code: str
    amount: int


class PlannedAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post-purchase action of the order with its settings as they were when it was placed."""

    action_id: ActionId
    name: str
    level: ActionLevel
    settings: ActionSettings
    line_id: LineId | None = None
    """The line that a product-level action belongs to."""
    setting_id: SettingId | None = None
    """The published setting it came from, where later revisions are found."""
    revision: int = 0


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The billing address without its country, which is no secret and stands on the event."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the customer filled in. Personal: always sealed."""

    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    company: str = ""
    business_id: str = ""
    address: Address = Address()
    custom_fields: dict[str, str] = {}


class FreeText(Struct, frozen=True, kw_only=True):
    """Words by or about a person, or the words of a receiver. Personal: always sealed."""

    text: str


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the other side said to a successful attempt. Personal: always sealed."""

    recipient: str = ""
    excerpt: str = ""
    """The start of its reply, for people."""
    reference: str = ""
    """Its own id of what it did: a message id, a grant."""
    removal_target: str = ""
    """What a later access removal must name, if access was given."""


class Seller(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who sold it, as a document names it."""

    name: str
    business_id: str = ""
    address: str = ""
    """In lines."""


class Justification(Struct, frozen=True, kw_only=True):
    """The grant, of this or another order of the customer, that still gives an access."""

    order_id: OrderId
    number: str
    """Of that order, for people."""
    action_id: ActionId
    action: str
    """The grant's name."""


class RefundLine(Struct, frozen=True, kw_only=True):
    """What a refund gives back for one line, in minor units."""

    line_id: LineId
    amount: int
    vat: int
    """The VAT within `amount`, by cumulative difference at the line's original rate."""


class Transfer(Struct, frozen=True, kw_only=True):
    """Money on its way back to one payment, under one identity for ever."""

    transfer_id: TransferId
    payment_id: PaymentId
    method: TransferMethod
    amount: Money
    key: str
    """The idempotency key at the provider."""


class LatestConfiguration(Struct, frozen=True, kw_only=True):
    """The newest revision of a published setting that is known here."""

    settings: ActionSettings
    revision: int

    def is_newer_than(self, revision: int) -> bool:
        """Compare with what an action has; an order can name a revision that is yet to come."""
        return self.revision > revision
