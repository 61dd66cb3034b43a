"""A row model: one row per order, a pure function of the order as its facts leave it.

Whoever follows the journal folds the facts and writes the row whole; a row model knows neither.
"""

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from domain.identifiers import OrderId, ShopId
from domain.order.state import Order


class ModelRow(Struct, frozen=True, kw_only=True):
    """What every row of a row model begins and ends with."""

    shop: ShopId
    order_id: OrderId
    version: int
    """Of the last event that the row knows, in the order's stream."""
    position: int
    """Of the same event, in the journal."""


RowT = TypeVar("RowT", bound=ModelRow)

RowOf: TypeAlias = Callable[[Order, int, int], RowT | None]
"""Of an order, the version and the position of its last event; None when it has no row."""


class RowModel(Struct, Generic[RowT], frozen=True, kw_only=True):
    """A read model of one row per order."""

    name: str
    """Also of its follower."""
    table: str
    """With schema and version: another shape of row is another table."""
    row_type: type[RowT]
    row: RowOf[RowT]
    rows_from: str = ""
    """The view that puts rows together which the table keeps in parts; empty: the table itself."""
    personal: frozenset[str] = frozenset()
    """Names of the events whose personal part the row shows; all others stay sealed."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns are the row's fields."""
        return tuple(field.name for field in fields(self.row_type))
