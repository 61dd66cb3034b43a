"""What a person wants done with an order. Each wish has an idempotency key, remembered for ever.

The rule to know: with `dry_run=true` nothing is recorded and no key is needed; the answer says what
would be recorded and what would fire.
"""

from typing import Annotated

from litestar import post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer, OrderAsked
from adapters.commands.options import CompleteOptions, NoteOptions, RerunOptions
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.escaped import path_part
from adapters.http_api.order_sheet import OrderIdParameter
from adapters.http_api.parameters import NO_CONTROL_CHARACTERS
from adapters.http_api.parts import ApiParts
from domain.identifiers import ActionId, OrderId, ShopId

ACTION_ID_MAX = 1_000
"""Characters as escaped, three for each byte that is."""

ActionIdParameter = Annotated[
    str,
    PathParameter(
        description="The action's id; a slash in it is written %2F.",
        max_length=ACTION_ID_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]
DryRunParameter = Annotated[
    bool, QueryParameter(description="Record nothing; say what would be recorded and fired.")
]
IdempotencyKeyParameter = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        description=(
            "1 to 200 visible ASCII characters: a new one for each wish, the same one to try that "
            "wish again, which gives the first answer again. A dry run needs none."
        ),
    ),
]


async def ask_order(
    request: KeyedRequest,
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
    idempotency_key: IdempotencyKeyParameter = "",
    dry_run: DryRunParameter = False,
) -> OrderAsked:
    """Say which order is asked, by whom, and under which key."""
    return OrderAsked(
        shop=shop_id,
        order_id=OrderId(order_id),
        by=request.user.by,
        key=idempotency_key,
        is_dry_run=dry_run,
    )


@post(
    "/orders/{order_id:uuid}/complete",
    operation_id="completeOrder",
    summary="Complete an order",
    tags=["orders"],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_complete(
    parts: NamedDependency[ApiParts],
    asked: NamedDependency[OrderAsked],
    data: JSONBody[CompleteOptions | None] = None,
) -> CommandAnswer:
    """Mark the order as completed, whatever its actions then do; by default all of them run again."""
    return await parts.operations.complete(asked, data or CompleteOptions())


@post(
    "/orders/{order_id:uuid}/actions/{action_id:str}/rerun",
    operation_id="rerunAction",
    summary="Run one action again",
    tags=["orders"],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_rerun(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    asked: NamedDependency[OrderAsked],
    action_id: ActionIdParameter,  # noqa: ARG001 - documented and held to its limits
    data: JSONBody[RerunOptions | None] = None,
) -> CommandAnswer:
    """Begin a new run, in any status of the order and any state of the action."""
    return await parts.operations.rerun(
        asked, ActionId(path_part(request, "/actions/")), data or RerunOptions()
    )


@post(
    "/orders/{order_id:uuid}/notes",
    operation_id="addNote",
    summary="Write something down",
    tags=["orders"],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_note(
    parts: NamedDependency[ApiParts],
    asked: NamedDependency[OrderAsked],
    data: JSONBody[NoteOptions],
) -> CommandAnswer:
    """Add a note to the order; it is kept sealed, as all that is said of a person."""
    return await parts.operations.note(asked, data)
