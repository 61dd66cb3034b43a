"""A row model: one row per order, a pure function of the order as its facts leave it.

The rule to know: a row is written whole and forgets what it was. A model with triggers shows the
order as the last of them left it, so nothing that its row shows may change by any other event.
"""

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from domain.order.state import Order
from projections.read_model import ReadModel, StoredRow


class ModelRow(StoredRow, frozen=True, kw_only=True):
    """What every row of a row model begins and ends with."""

    version: int
    """Of the last event that the row knows, in the order's stream."""
    position: int
    """Of the same event, in the journal."""


RowT = TypeVar("RowT", bound=ModelRow)

RowOf: TypeAlias = Callable[[Order, int, int], RowT | None]
"""Of an order, the version and the position of its last event; None when it has no row."""


class RowModel(ReadModel[RowT], Generic[RowT], frozen=True, kw_only=True):
    """A read model of one row per order."""

    row: RowOf[RowT]
