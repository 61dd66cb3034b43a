"""Who is on an order's case, as it is shown in the list and in the panel."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from adapters.auth.roles import Permission
from adapters.cases.case import Case
from adapters.cases.store import Desk
from adapters.postgres.query import fetch
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from projections.attention.listing import list_named


class CaseView(Struct, frozen=True, kw_only=True):
    """A case, and what the visitor may do about it."""

    order_id: UUID
    case: Case | None
    is_mine: bool
    may_operate: bool

    @property
    def is_free(self) -> bool:
        """Nobody is on it, and it does not wait."""
        return self.case is None

    @property
    def is_snoozed(self) -> bool:
        """It waits."""
        return self.case is not None and self.case.is_snoozed

    @property
    def is_of_another(self) -> bool:
        """Somebody else is on it."""
        return self.case is not None and self.case.is_taken and not self.is_mine


def desk_of(parts: PageParts, visit: Visit) -> Desk:
    """Give the visitor's desk."""
    return Desk(
        pool=parts.pool,
        shop=visit.shop,
        person_id=visit.visitor.person_id,
        now=visit.formats.now,
    )


def case_view(visit: Visit, order_id: UUID, case: Case | None) -> CaseView:
    """Show a case, or that an order is free."""
    return CaseView(
        order_id=order_id,
        case=case,
        is_mine=case is not None and case.person_id == visit.visitor.person_id,
        may_operate=visit.may(Permission.OPERATE),
    )


async def read_cases(
    parts: PageParts, visit: Visit, order_ids: Sequence[OrderId]
) -> Mapping[UUID, Case]:
    """Read who has which of these orders' cases."""
    cases = await desk_of(parts, visit).cases_of(order_ids) if order_ids else []
    return {case.order_id: case for case in cases}


async def read_case(parts: PageParts, visit: Visit, order_id: OrderId) -> CaseView | None:
    """Read an order's case; None where there is none, for the order needs no attention."""
    case = await desk_of(parts, visit).case_of(order_id)
    if case is None and not await needs_attention(parts, visit, order_id):
        return None
    return case_view(visit, order_id, case)


async def needs_attention(parts: PageParts, visit: Visit, order_id: OrderId) -> bool:
    """Say whether an order needs attention now."""
    grace = (await parts.shop_settings.get(visit.shop)).grace
    named = list_named(visit.shop, [order_id], now=visit.formats.now, grace=grace)
    return any(found.problems for found in await fetch(parts.pool, named))
