"""The credit note of a refund: its number, and who issued it, as they were then."""

from datetime import datetime

from msgspec import Struct

from domain.order.values import Seller


class CreditNote(Struct, frozen=True, kw_only=True):
    """The document that corrects the receipt; once issued it is never edited."""

    number: int
    prefix: str
    seller: Seller
    issued_at: datetime

    @property
    def shown_number(self) -> str:
        """Write the number as the shop does, such as `KL-17`."""
        return f"{self.prefix}{self.number}"
