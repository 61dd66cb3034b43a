"""`/attention`: the counter and the orders behind it, their causes, and the repair of one."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from adapters.auth.roles import Permission
from adapters.commands.requests import Requester
from adapters.commands.rerun_answer import RerunAnswer
from adapters.commands.rerun_options import RerunAtOnceOptions
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.freshness import catch_up
from adapters.http_api.order_commands import (
    REPLAYED,
    DryRunParameter,
    IdempotencyKeyParameter,
    answered,
)
from adapters.http_api.parameters import LIMIT_DEFAULT, LimitParameter, MinPositionParameter
from adapters.http_api.parts import ApiParts
from adapters.reading.attention import read_attention, read_causes
from adapters.reading.order_rows import AttentionPage, CausePage
from domain.identifiers import ShopId


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
    return await read_attention(parts.pool, parts.shop_settings, shop_id, limit)


@get(
    "/attention/causes",
    operation_id="listCauses",
    summary="Why orders require attention",
    tags=["attention"],
    responses=keyed_problems(),
    opt=needs(Permission.SEE),
)
async def attention_causes(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    min_position: MinPositionParameter = 0,
) -> CausePage:
    """Give each error at each destination once, with how many orders wait for its repair."""
    await catch_up(parts, min_position)
    return await read_causes(parts.pool, parts.shop_settings, parts.setting_store, shop_id)


@post(
    "/attention/rerun",
    operation_id="rerunMany",
    summary="Run many actions again",
    tags=["attention"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def attention_rerun(
    *,
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    data: JSONBody[RerunAtOnceOptions],
    idempotency_key: IdempotencyKeyParameter = "",
    dry_run: DryRunParameter = False,
) -> Response[RerunAnswer]:
    """Run all of a cause again, or the actions chosen: so many at a time, and say what remains."""
    requester = Requester(shop=shop_id, by=request.user.by, key=idempotency_key, is_dry_run=dry_run)
    return answered(await parts.reruns.rerun(requester, data))
