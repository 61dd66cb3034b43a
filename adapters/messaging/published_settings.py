"""The settings of actions as the checkout publishes them: strict twins of the domain's own.

The domain's classes are the storage format and never forbid unknown fields; these do.
"""

from typing import Annotated, TypeAlias, assert_never

from msgspec import Meta, Struct

from domain.configuration.settings import (
    CustomEmail,
    KajabiGrant,
    PublishedSettings,
    ReceiptEmail,
    SystemeContact,
    Webhook,
)

Url: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2_000)]
OptionalUrl: TypeAlias = Annotated[str, Meta(max_length=2_000)]
Label: TypeAlias = Annotated[str, Meta(max_length=500)]
OfferId: TypeAlias = Annotated[str, Meta(max_length=20, pattern=r"^[0-9]*(?!\n)$")]
Template: TypeAlias = Annotated[str, Meta(max_length=100_000)]


class SettingsIn(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
    tag_field="kind",
):
    """Base of the settings of one kind of action."""


class ReceiptEmailIn(SettingsIn, frozen=True, kw_only=True, tag="receipt_email"):
    """Send the receipt to the customer."""


class CustomEmailIn(SettingsIn, frozen=True, kw_only=True, tag="custom_email"):
    """Send the customer an email of the merchant's own words."""

    subject: Label
    body: Template


class WebhookIn(SettingsIn, frozen=True, kw_only=True, tag="webhook"):
    """Post the order to another system."""

    url: Url


class KajabiGrantIn(SettingsIn, frozen=True, kw_only=True, tag="kajabi_grant"):
    """Grant a Kajabi offer: one of `activation_url` and `offer_id`. Both URLs are secrets."""

    offer_name: Label
    activation_url: OptionalUrl = ""
    deactivation_url: OptionalUrl = ""
    offer_id: OfferId = ""
    """For the public API; the shop's credentials are kept as secrets of the ledger."""
    send_grant_email: bool = False
    hide_last_name: bool = False

    def __post_init__(self) -> None:
        if bool(self.activation_url) == bool(self.offer_id):
            raise ValueError("exactly one of activation_url and offer_id is needed")
        if self.offer_id and self.deactivation_url:
            raise ValueError("deactivation_url belongs to activation_url, not to offer_id")


class SystemeContactIn(SettingsIn, frozen=True, kw_only=True, tag="systeme_contact"):
    """Add the customer to Systeme.io with tags."""

    tags: Annotated[tuple[Label, ...], Meta(max_length=50)]


PublishedSettingsIn: TypeAlias = (
    ReceiptEmailIn | CustomEmailIn | WebhookIn | KajabiGrantIn | SystemeContactIn
)


def settings_of(settings: PublishedSettingsIn) -> PublishedSettings:
    """Translate into the domain's words."""
    match settings:
        case ReceiptEmailIn():
            return ReceiptEmail()
        case CustomEmailIn():
            return CustomEmail(subject=settings.subject, body=settings.body)
        case WebhookIn():
            return Webhook(url=settings.url)
        case KajabiGrantIn():
            return KajabiGrant(
                offer_name=settings.offer_name,
                activation_url=settings.activation_url,
                deactivation_url=settings.deactivation_url,
                offer_id=settings.offer_id,
                send_grant_email=settings.send_grant_email,
                hide_last_name=settings.hide_last_name,
            )
        case SystemeContactIn():
            return SystemeContact(tags=settings.tags)
    assert_never(settings)
