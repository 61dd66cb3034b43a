"""Whom an action reaches, and where: the customer in a system, or a system alone.

The rule to know: an address that is a secret is never shown whole, only where it leads.
"""

from collections.abc import Mapping

from msgspec import Struct

from domain.configuration.destinations import EMAIL, KAJABI_API, SYSTEME, destination_of
from domain.configuration.settings import AccessRemoval, ActionSettings
from domain.identifiers import ActionId
from domain.order.state import Order
from domain.phrase import say

BY_EMAIL = "email"
NAMES: Mapping[str, str] = {EMAIL: BY_EMAIL, KAJABI_API: "Kajabi", SYSTEME: "Systeme.io"}


class Reach(Struct, frozen=True, kw_only=True):
    """Who is reached, and where; empty where nobody knows, or no longer."""

    recipient: str
    """The customer's email address; of a webhook, the host that is told."""
    destination: str
    """The host or name of the system; `email` where nothing but an email goes out."""

    @property
    def is_known(self) -> bool:
        """It is known who is reached, and where."""
        return bool(self.recipient and self.destination)

    @property
    def whom(self) -> str:
        """For people: who, and where if that is another thing."""
        if not self.is_known:
            return say("nobody: who or where is not known any more")
        if self.destination in (BY_EMAIL, self.recipient):
            return self.recipient
        return say("{recipient} at {system}", recipient=self.recipient, system=self.destination)


NOBODY = Reach(recipient="", destination="")


def reach_of(order: Order, settings: ActionSettings) -> Reach:
    """Say who is reached; a removal reaches whom its grant did."""
    if isinstance(settings, AccessRemoval):
        grant = order.actions_by_id.get(ActionId(settings.granted_by))
        return reach_of(order, grant.settings) if grant else NOBODY
    destination = destination_of(settings)
    named = NAMES.get(destination, destination)
    if not settings.needs_customer:
        return Reach(recipient=named, destination=named)
    return Reach(recipient=order.customer.email if order.customer else "", destination=named)
