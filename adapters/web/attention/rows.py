"""The rows of Requires attention: an order, its first problem, since when, and who is on it.

The rule to know: an order without a problem is resolved; its row stays, greyed, until the list is
loaded again, so that nothing jumps under the pointer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from adapters.cases.case import Case
from adapters.postgres.query import fetch
from adapters.reading.order_rows import AttentionOrder, AttentionProblem, attention_orders
from adapters.web.attention.address import address_of
from adapters.web.attention.cases import CaseView, case_view, read_cases
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.attention.listing import list_named
from projections.attention.queries import AttentionListed

ROWS_MAX = 200
"""That are named at a time."""


class ProblemView(Struct, frozen=True, kw_only=True):
    """The first thing that is wrong, and how much more is."""

    action: str
    """The name of the action that it is about; "" if it is about none."""
    says: str
    """A code, for words: the error, or what is wrong."""
    destination: str
    more: int
    since: datetime


class AttentionRow(Struct, frozen=True, kw_only=True):
    """One row."""

    order: AttentionOrder
    problem: ProblemView | None
    """None: it is resolved."""
    case: CaseView


class RowsView(Struct, frozen=True, kw_only=True):
    """Some rows, and which order is open beside them."""

    rows: tuple[AttentionRow, ...]
    query: str
    """Of the list that they stand in, for the addresses of their orders."""
    open_id: UUID | None = None


async def read_attention_rows(
    parts: PageParts, visit: Visit, order_ids: Sequence[OrderId]
) -> RowsView:
    """Read these rows alone, also of orders that are resolved; for `attention/patch.html`."""
    named, now = order_ids[:ROWS_MAX], visit.formats.now
    grace = (await parts.shop_settings.get(visit.shop)).grace
    found = await fetch(parts.pool, list_named(visit.shop, named, now=now, grace=grace))
    cases = await read_cases(parts, visit, named)
    return RowsView(rows=rows_of(visit, found, cases, grace), query=address_of(visit).query)


def rows_of(
    visit: Visit, found: Sequence[AttentionListed], cases: Mapping[UUID, Case], grace: timedelta
) -> tuple[AttentionRow, ...]:
    """Show orders with their cases."""
    return tuple(
        AttentionRow(
            order=order,
            problem=_first_of(order.problems),
            case=case_view(visit, order.order_id, cases.get(order.order_id)),
        )
        for order in attention_orders(found, visit.formats.now, grace)
    )


def _first_of(problems: Sequence[AttentionProblem]) -> ProblemView | None:
    if not problems:
        return None
    first = min(problems, key=lambda problem: problem.due_at)
    return ProblemView(
        action=first.action,
        says=first.error if first.action and first.error else first.kind,
        destination=first.destination,
        more=len(problems) - 1,
        since=min(problem.since for problem in problems),
    )
