"""`GET /attention`: the counter, and the orders behind it with their reasons."""

from datetime import UTC, datetime

from litestar import get
from litestar.di import NamedDependency

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.order_rows import AttentionPage, attention_orders
from adapters.http_api.parameters import LIMIT_DEFAULT, LimitParameter, MinPositionParameter
from adapters.http_api.parts import ApiParts
from adapters.postgres.query import fetch, fetch_one
from domain.identifiers import ShopId
from projections.attention.queries import count_attention, list_attention


@get(
    "/attention",
    operation_id="listAttention",
    summary="Orders that require attention",
    tags=["attention"],
    responses=keyed_problems(),
    opt=needs(Permission.SEE),
)
async def attention_list(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    limit: LimitParameter = LIMIT_DEFAULT,
    min_position: MinPositionParameter = 0,
) -> AttentionPage:
    """Count the paid orders whose actions have not succeeded in time, and list the first."""
    await catch_up(parts, min_position)
    now = datetime.now(UTC)
    grace = (await parts.shop_settings.get(shop_id)).grace
    counted = await fetch_one(parts.pool, count_attention(shop_id, now=now, grace=grace))
    rows = await fetch(parts.pool, list_attention(shop_id, now=now, grace=grace, limit=limit))
    return AttentionPage(count=counted.count, orders=attention_orders(rows, now, grace))
