"""What takes an access back later, kept with the grant that gave it.

The rule to know: a removal uses the target of its grant, never the latest settings, which may by
then name another offer. It is personal and, by its URL, secret: it stays sealed in the answer.
"""

from typing import TypeAlias

import msgspec
from msgspec import Struct

from adapters.executors.kajabi.member import member_name
from domain.configuration.settings import KajabiGrant
from domain.order.values import Customer


class ByWebhook(Struct, frozen=True, kw_only=True, tag="kajabi_webhook", tag_field="way"):
    """Post to the offer's deactivation URL what its activation was posted with."""

    deactivation_url: str
    name: str
    email: str
    external_user_id: str
    """Case-sensitive at Kajabi: the very one that the grant was made under."""

    @property
    def member(self) -> dict[str, str]:
        """Whom both URLs are posted with."""
        return {
            "name": self.name,
            "email": self.email,
            "external_user_id": self.external_user_id,
        }


class ByApi(Struct, frozen=True, kw_only=True, tag="kajabi_api", tag_field="way"):
    """Revoke the offer from the customer by the public API."""

    offer_id: str
    contact_id: str
    customer_id: str


RemovalTarget: TypeAlias = ByWebhook | ByApi

_DECODER: msgspec.json.Decoder[RemovalTarget] = msgspec.json.Decoder(RemovalTarget)


def webhook_target(settings: KajabiGrant, customer: Customer) -> ByWebhook:
    """Say what takes back what the activation URL gives this customer."""
    return ByWebhook(
        deactivation_url=settings.deactivation_url,
        name=member_name(customer, hide_last_name=settings.hide_last_name),
        email=customer.email,
        external_user_id=customer.email.casefold(),
    )


def encode_target(target: RemovalTarget) -> str:
    """Write it as it is kept in an answer."""
    return msgspec.json.encode(target).decode()


def decode_target(text: str) -> RemovalTarget:
    """Read what was kept in an answer; raise msgspec.ValidationError for anything else."""
    return _DECODER.decode(text)
