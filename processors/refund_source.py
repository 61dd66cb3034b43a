"""What a provider tells of its refunds when it is asked: for news that names none, and to compare.

The rule to know: as with `RefundProvider`, what cannot be known is a value; nothing here moves
money, and a list that is not whole is never taken for one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from domain.identifiers import ShopId
from processors.provider_news import RefundSeen
from processors.refund_provider import NotKnown


class RefundPage(Struct, frozen=True, kw_only=True):
    """Some of a shop's refunds at a provider, the newest first."""

    refunds: Sequence[RefundSeen]
    is_whole: bool = True
    """Off: others stand on it that cannot be read, and hold up none of these."""
    next_after: str = ""
    """What to ask for the next page with; empty after the last."""


class RefundSource(Protocol):
    """A provider that lists refunds. Safe to share between tasks of one event loop."""

    async def refunds_of(
        self, shop: ShopId, transaction_id: str
    ) -> Sequence[RefundSeen] | NotKnown:
        """Give every refund of a payment as it stands now, whoever asked for it."""

    async def refunds_since(
        self, shop: ShopId, since: datetime, after: str = ""
    ) -> RefundPage | NotKnown:
        """Give a page of all refunds that were made since a moment."""
