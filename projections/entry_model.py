"""An entry model: rows that each event adds, for what is told by the time at which it happened.

The rule to know: an entry is never changed and never taken away; what turns out otherwise later is
an entry of its own. So entries hold nothing personal: there would be no way to erase it.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

from domain.order.events import OrderFact
from domain.order.state import Order
from projections.read_model import ReadModel, StoredRow


class Entry(StoredRow, frozen=True, kw_only=True):
    """What every entry begins with: its place, which is its identity too."""

    position: int
    """Of its event, in the journal."""
    number: int
    """1, 2, 3 … among the entries of its event."""


class Change(Struct, frozen=True, kw_only=True):
    """One fact, with its order before and after it."""

    position: int
    fact: OrderFact
    before: Order
    after: Order


EntryT = TypeVar("EntryT", bound=Entry)

EntriesOf: TypeAlias = Callable[[Change], Sequence[EntryT]]


class EntryModel(ReadModel[EntryT], Generic[EntryT], frozen=True, kw_only=True):
    """A read model of entries."""

    entries: EntriesOf[EntryT]
