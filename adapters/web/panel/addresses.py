"""Where the links of one order lead; each keeps what the list shows.

The rule to know: an id may hold anything, a slash too, so each is escaped whole.
"""

from urllib.parse import parse_qsl, quote, urlencode

from msgspec import Struct
from msgspec.structs import replace

from adapters.address import with_query
from adapters.web.visit import Visit
from domain.identifiers import OrderId

OF_DIALOGS = frozenset({"transfer"})
"""Fields of a query that belong to a dialog, not to the list."""


class Addresses(Struct, frozen=True, kw_only=True):
    """The pages and dialogs of an order."""

    shop: str
    """The shop's own path."""
    order: str
    """The order's own path."""
    query: str = ""
    """What the list shows, without the question mark; "" where that is everything."""

    @property
    def list(self) -> str:
        """The list without the order."""
        return with_query(f"{self.shop}/orders", self.query)

    @property
    def now(self) -> str:
        """The order as it is."""
        return with_query(self.order, self.query)

    def at(self, version: int | str) -> str:
        """Give the order as it was after a fact."""
        return self.to(f"at/{version}")

    def to(self, name: str) -> str:
        """Give what belongs to the whole order: `complete`, `refund`, `notes`."""
        return with_query(f"{self.order}/{name}", self.query)

    def action(self, action_id: str, name: str) -> str:
        """Give a dialog about an action."""
        return self.to(f"actions/{_escaped(action_id)}/{name}")

    def confirm(self, refund_id: str, transfer_id: str) -> str:
        """Give the dialog that takes a person's word on a transfer."""
        more = f"&{self.query}" if self.query else ""
        path = f"{self.order}/refunds/{_escaped(refund_id)}/confirm"
        return f"{path}?transfer={_escaped(transfer_id)}{more}"

    def allocate(self, external_refund_id: str) -> str:
        """Give the dialog that says what a provider's own refund was for."""
        return self.to(f"external-refunds/{_escaped(external_refund_id)}/allocate")

    def credit_note(self, refund_id: str) -> str:
        """Give the document of a refund."""
        return f"{self.order}/refunds/{_escaped(refund_id)}/credit-note"

    def customer(self, email: str) -> str:
        """Give all orders of a customer."""
        return f"{self.shop}/customers?{urlencode({'email': email})}"


def addresses_of(visit: Visit, order_id: OrderId) -> Addresses:
    """Say where an order's links lead from a page that is not of the list."""
    return Addresses(shop=visit.url(""), order=visit.url(f"/orders/{order_id}"))


def addresses_beside_list(visit: Visit, order_id: OrderId) -> Addresses:
    """Say where an order's links lead for this request."""
    fields = parse_qsl(visit.query, keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in fields if name not in OF_DIALOGS])
    return replace(addresses_of(visit, order_id), query=kept)


def _escaped(one: str) -> str:
    return quote(one, safe="")
