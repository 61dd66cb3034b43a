"""What a person wants done with an order. Each wish has an idempotency key, remembered for ever.

The rule to know: with `dry_run=true` nothing is recorded and no key is needed; the answer says what
would be recorded and what would fire.
"""

from typing import Annotated, TypeVar

from litestar import Response, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import CompleteOptions, NoteOptions, RerunOptions
from adapters.commands.requests import OrderRequester
from adapters.commands.rerun_answer import RerunAnswer
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.escaped import path_part
from adapters.http_api.order_sheet import OrderIdParameter
from adapters.http_api.parameters import NO_CONTROL_CHARACTERS
from adapters.http_api.parts import ApiParts
from domain.identifiers import ActionId, OrderId, ShopId

REPLAYED = ResponseHeader(
    name="Idempotent-Replayed",
    value="true",
    description="There if the key was known: this is its first answer, and nothing new was done.",
    documentation_only=True,
)
Answer = TypeVar("Answer", CommandAnswer, RerunAnswer)
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


async def read_requester(
    request: KeyedRequest,
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
    idempotency_key: IdempotencyKeyParameter = "",
    dry_run: DryRunParameter = False,
) -> OrderRequester:
    """Say who wants something of which order, and under which key."""
    return OrderRequester(
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
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_complete(
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    data: JSONBody[CompleteOptions | None] = None,
) -> Response[CommandAnswer]:
    """Mark the order as completed, whatever its actions then do; by default all of them run again."""
    return answered(await parts.operations.complete(requester, data or CompleteOptions()))


@post(
    "/orders/{order_id:uuid}/actions/{action_id:str}/rerun",
    operation_id="rerunAction",
    summary="Run one action again",
    tags=["orders"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_rerun(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    action_id: ActionIdParameter,  # noqa: ARG001 - documented and held to its limits
    data: JSONBody[RerunOptions | None] = None,
) -> Response[CommandAnswer]:
    """Begin a new run, in any status of the order and any state of the action."""
    action = ActionId(path_part(request, "/actions/"))
    return answered(await parts.operations.rerun(requester, action, data or RerunOptions()))


@post(
    "/orders/{order_id:uuid}/actions/{action_id:str}/removed-by-hand",
    operation_id="confirmManualRemoval",
    summary="Say that an access was removed by hand",
    tags=["orders"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_removed_by_hand(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    action_id: ActionIdParameter,  # noqa: ARG001 - documented and held to its limits
) -> Response[CommandAnswer]:
    """Take an access removal that failed as done: somebody did in the course platform what it asks."""
    action = ActionId(path_part(request, "/actions/"))
    return answered(await parts.operations.removed_by_hand(requester, action))


@post(
    "/orders/{order_id:uuid}/notes",
    operation_id="addNote",
    summary="Write something down",
    tags=["orders"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def orders_note(
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    data: JSONBody[NoteOptions],
) -> Response[CommandAnswer]:
    """Add a note to the order; it is kept sealed, as all that is said of a person."""
    return answered(await parts.operations.note(requester, data))


def answered(answer: Answer) -> Response[Answer]:
    """Answer a wish, and say in a header if it had been granted before."""
    return Response(answer, headers={REPLAYED.name: "true"} if answer.is_repeat else {})
