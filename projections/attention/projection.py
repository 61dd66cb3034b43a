"""The row of an order that asks for a look, now or once its time comes.

Nothing is written when a deadline passes: whoever counts compares `due_at` with their own *now*.
What receivers said is personal and stays out; the codes say enough for a list.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from domain.order.attention import AttentionKind
from domain.order.state import Order
from projections.row_model import ModelRow, RowModel

GRACE = timedelta(minutes=5)
"""How long after its payment or its last request an action may be unfinished."""

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that a person should look at."""

    kind: AttentionKind
    due_at: datetime
    """From when on it asks."""
    action: str
    """The action's name, if it is about one."""
    code: str


class AttentionRow(ModelRow, frozen=True, kw_only=True):
    """One order that can ask for a look."""

    due_at: datetime
    """Of its first problem."""
    problems: tuple[Problem, ...]


def row(order: Order, version: int, position: int) -> AttentionRow | None:
    """Say from when on the order asks for a look, and why; None if it never will as it stands."""
    due_at = order.attention_due_at(GRACE)
    if due_at is None:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return AttentionRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        due_at=due_at,
        problems=tuple(
            Problem(kind=why.kind, due_at=why.due_at, action=why.action, code=why.code)
            for why in order.attention_reasons(END_OF_TIME, GRACE)
        ),
    )


ATTENTION = RowModel(
    name="attention", table="read_models.attention_v1", row_type=AttentionRow, row=row
)
