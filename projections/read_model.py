"""What row models and entry models have in common: a table, its rows, and what changes them.

Whoever follows the journal folds the facts and writes the rows; a read model knows neither.
"""

from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from domain.identifiers import OrderId, ShopId


class StoredRow(Struct, frozen=True, kw_only=True):
    """What every row begins with: whose order it tells of."""

    shop: ShopId
    order_id: OrderId


RowT = TypeVar("RowT", bound=StoredRow)


class ReadModel(Struct, Generic[RowT], frozen=True, kw_only=True):
    """A table that is computed from the journal, and can be computed again."""

    name: str
    """Also of its follower."""
    table: str
    """With schema and version: another shape of row is another table."""
    row_type: type[RowT]
    rows_from: str = ""
    """The view that puts rows together which the table keeps in parts; empty: the table itself."""
    triggers: frozenset[str] = frozenset()
    """Names of the events that can change the rows: its follower reads no others, but whole orders
    of these. Empty: all."""
    personal: frozenset[str] = frozenset()
    """Names of the events whose personal part a row shows; all others stay sealed."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns are the row's fields."""
        return tuple(field.name for field in fields(self.row_type))

    def is_changed_by(self, name: str) -> bool:
        """Say whether events of this name can change the rows."""
        return not self.triggers or name in self.triggers
