"""What a payment provider is to the ledger: a transfer goes out, where its money stands comes back.

The rule to know: a provider never raises for what the other side does or does not do. What cannot
be known is `NotKnown`, and no transfer is ever asked for under a second key. What a provider reads
of the ledger it reads before anything goes out: a database that is away then raises, and nothing
was asked.
"""

from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from domain.order.parts import Payment, Refund, TransferState
from domain.order.state import Order


class TransferTask(Struct, frozen=True, kw_only=True):
    """One transfer that a provider is asked for or about, with all that its order tells."""

    order: Order
    refund: Refund
    transfer: TransferState
    """With its amount, its `key` for ever, and the provider's `reference` where one is known."""
    payment: Payment
    """The one that the money goes back to, with its provider, sub-method and transaction id."""
    now: datetime


class Returned(Struct, frozen=True, kw_only=True):
    """The money is back."""

    reference: str
    """The provider's own id of the refund."""


class InProgress(Struct, frozen=True, kw_only=True):
    """The provider has taken it and tells the end later."""

    reference: str


class Refused(Struct, frozen=True, kw_only=True):
    """Nothing was returned, and asking again will not help; also of a refund taken back."""

    code: str
    """Stable and never personal: `charge_disputed`, `insufficient_funds` …"""
    message: str = ""
    """For people, in the provider's words where there are any; kept sealed. No secrets."""


class NotKnown(Struct, frozen=True, kw_only=True):
    """Nobody can tell where the money is."""

    code: str
    """Stable and never personal: `timeout`, `http_503` …"""
    was_asked: bool = True
    """Off: it is certain that the provider never heard of it, so asking anew is safe."""


Standing: TypeAlias = Returned | InProgress | Refused | NotKnown
"""Where the money of a transfer stands, as far as a provider tells."""


class RefundProvider(Protocol):
    """A payment provider's refund interface. Safe to share between tasks of one event loop."""

    async def refund(self, task: TransferTask) -> Standing:
        """Ask once for the transfer under its key, within the provider's own time limit."""

    async def look_up(self, task: TransferTask) -> Standing | None:
        """Ask where a transfer stands that may have been asked for; this moves no money.

        None: the provider is sure to have no such refund. `NotKnown`: it could not be found out.
        """
