"""`GET /refunds`: money that is owed, under way, unknown or not accounted for."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.parameters import (
    LIMIT_DEFAULT,
    CursorParameter,
    LimitParameter,
    MinPositionParameter,
)
from adapters.http_api.parts import ApiParts
from adapters.reading.open_refunds import READ_MODELS, OpenRefundPage, read_open_refunds
from domain.identifiers import ShopId
from projections.open_refunds.queries import OpenState

StateParameter = Annotated[
    OpenState | None,
    QueryParameter(
        name="state",
        description=(
            "`owed`: a person must pay it back; `open`: a provider has it, or nobody knows; "
            "`unallocated`: a provider returned it by itself. All three if left out."
        ),
    ),
]


@get(
    "/refunds",
    operation_id="listOpenRefunds",
    summary="Money that is still open",
    tags=["refunds"],
    responses=keyed_problems(),
    opt=needs(Permission.SEE),
)
async def refunds_list(
    *,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    open_state: StateParameter = None,
    limit: LimitParameter = LIMIT_DEFAULT,
    cursor: CursorParameter = None,
    min_position: MinPositionParameter = 0,
) -> OpenRefundPage:
    """List the orders that have money open, what waits longest first, and what to do about it."""
    await catch_up(parts, min_position, READ_MODELS)
    return await read_open_refunds(parts.pool, shop_id, open_state, limit=limit, cursor=cursor)
