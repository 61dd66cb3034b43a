"""How far a shop's money was compared with one provider's, and what could not be.

The rule to know: a payment that cannot be compared is named with why, and holds up no other.
"""

import structlog
from msgspec import Struct

from domain.identifiers import ShopId
from processors.refund_source import RefundPage

UNREADABLE = "answer_unreadable"
INTERNAL_ERROR = "internal_error"
OF_ONE_PAYMENT = frozenset(
    (UNREADABLE, INTERNAL_ERROR, "amount_unreadable", "list_too_long", "transaction_unusable")
)
"""Codes that say nothing of the next payment."""

logger = structlog.get_logger()


class NotCompared(Struct, frozen=True, kw_only=True):
    """A payment that could not be compared."""

    transaction_id: str
    code: str


class Compared(Struct, frozen=True, kw_only=True):
    """How far a shop's money was compared with that of one provider."""

    shop: ShopId
    provider: str
    refunds: int = 0
    """How many the provider listed."""
    payments: int = 0
    """How many were compared."""
    failure: str = ""
    """The code of what kept the rest from being compared."""
    not_compared: tuple[NotCompared, ...] = ()
    """Payments that could not be compared, and held up no other."""


class Look(Struct, kw_only=True):
    """What one look at one provider has come to so far."""

    shop: ShopId
    provider: str
    refunds: int = 0
    payments: int = 0
    failure: str = ""
    not_compared: list[NotCompared] = []

    @property
    def compared(self) -> Compared:
        """What is told of it."""
        return Compared(
            shop=self.shop,
            provider=self.provider,
            refunds=self.refunds,
            payments=self.payments,
            failure=self.failure,
            not_compared=tuple(self.not_compared),
        )

    def take(self, page: RefundPage) -> None:
        """Count a page of the provider's list."""
        self.refunds += len(page.refunds)
        if not page.is_whole:
            self.failure = UNREADABLE

    def note(self, transaction_id: str, failure: str) -> None:
        """Count a payment; `failure` says why it could not be compared."""
        if failure:
            logger.warning(
                "payment_not_compared",
                shop=self.shop,
                provider=self.provider,
                transaction=transaction_id,
                code=failure,
            )
            self.not_compared.append(NotCompared(transaction_id=transaction_id, code=failure))
        else:
            self.payments += 1
