"""What each kind of post-purchase action needs to know; the tag `kind` names it for ever."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from msgspec import Struct


class ActionLevel(StrEnum):
    """Where the merchant defined an action; access removals and confirmations are the order's."""

    PRODUCT = "product"
    OFFER = "offer"
    CHECKOUT = "checkout"
    ORDER = "order"


class Settings(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of the settings of one kind of action."""

    needs_customer: ClassVar[bool] = True
    """It is about a person, so it cannot be carried out once the customer's data is erased."""


class Email(Settings, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the kinds that a mail server receives, and so a person: it knows none of our keys."""


class ReceiptEmail(Email, frozen=True, kw_only=True, omit_defaults=True, tag="receipt_email"):
    """Send the receipt to the customer. It has nothing to set."""


class CustomEmail(Email, frozen=True, kw_only=True, omit_defaults=True, tag="custom_email"):
    """Send the customer an email of the merchant's own words (plain-text templates)."""

    subject: str
    body: str


class Webhook(Settings, frozen=True, kw_only=True, omit_defaults=True, tag="webhook"):
    """Post the order to another system. The signing secret is kept by name, never here."""

    needs_customer: ClassVar[bool] = False
    """It tells of the order, with or without the customer."""
    url: str


class KajabiGrant(Settings, frozen=True, kw_only=True, omit_defaults=True, tag="kajabi_grant"):
    """Grant a Kajabi offer, by its webhooks or, where it names an offer id, by Kajabi's API.

    Both URLs are secrets and are masked in every output.
    """

    offer_name: str
    activation_url: str = ""
    deactivation_url: str = ""
    offer_id: str = ""
    """Kajabi's own id of the offer; the API's credentials are kept by name, never here."""
    send_grant_email: bool = False
    hide_last_name: bool = False

    @property
    def is_by_api(self) -> bool:
        """It is granted by Kajabi's public API."""
        return self.offer_id != ""


class SystemeContact(
    Settings, frozen=True, kw_only=True, omit_defaults=True, tag="systeme_contact"
):
    """Add the customer to Systeme.io with tags."""

    tags: tuple[str, ...]


class AccessRemoval(Settings, frozen=True, kw_only=True, omit_defaults=True, tag="access_removal"):
    """Take back the access that another action of the same order granted."""

    granted_by: str
    """The action id of the grant; its stored removal target is used, never the latest settings."""
    refund_id: str
    """The refund because of which the access goes."""


class RefundConfirmation(
    Email, frozen=True, kw_only=True, omit_defaults=True, tag="refund_confirmation"
):
    """Tell the customer about one refund."""

    refund_id: str


PublishedSettings: TypeAlias = ReceiptEmail | CustomEmail | Webhook | KajabiGrant | SystemeContact
"""What a merchant can configure."""

ActionSettings: TypeAlias = PublishedSettings | AccessRemoval | RefundConfirmation
"""What an action of an order can carry."""


def kind_of(settings: ActionSettings) -> str:
    """Name the kind of an action as it is stored, such as `receipt_email`."""
    return str(settings.__struct_config__.tag)
