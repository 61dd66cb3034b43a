"""Refunds of one order: what one would come to, asking for it, and a person's word on its money.

The rule to know: the preview moves nothing and is free; the request repeats what was seen in it
(`maximum_seen`) and is refused if just that has changed since.
"""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, ValidationError, convert

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.refund_options import AllocateOptions, ConfirmOptions, RefundOptions
from adapters.commands.requests import OrderRequester
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.escaped import path_part
from adapters.http_api.order_commands import REPLAYED, answered
from adapters.http_api.order_sheet import OrderIdParameter
from adapters.http_api.parameters import (
    NO_CONTROL_CHARACTERS,
    REFUND_ID_MAX,
    WHOLE_TEXT,
    RefundIdParameter,
)
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import InvalidQuery
from domain.identifiers import ExternalRefundId, OrderId, RefundId, ShopId
from projections.order_view.refund_preview import RefundPreview

ExternalIdParameter = Annotated[
    str,
    PathParameter(
        description="The provider's id of the refund; a slash in it is written %2F.",
        max_length=REFUND_ID_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]
Text = Annotated[str, Meta(max_length=REFUND_ID_MAX, pattern=WHOLE_TEXT)]
LinesParameter = Annotated[
    tuple[Text, ...],
    QueryParameter(
        description=(
            "`LINE=AMOUNT` in minor units, or `LINE` alone for all that is left of it; repeated. "
            "Without lines, excess and offer access: everything that can be refunded."
        )
    ),
]
RemoveAccessParameter = Annotated[
    tuple[Text, ...],
    QueryParameter(description="A line whose access is to go too; repeated."),
]
ExcessParameter = Annotated[
    int, QueryParameter(description="Of the money above the order's total, in minor units.", ge=0)
]


@get(
    "/orders/{order_id:uuid}/refund-preview",
    operation_id="previewRefund",
    summary="What a refund would come to",
    tags=["refunds"],
    responses=keyed_problems(409, 422),
    opt=needs(Permission.SEE),
)
async def refunds_preview(
    *,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
    line: LinesParameter = (),
    remove_access: RemoveAccessParameter = (),
    excess: ExcessParameter = 0,
    refund_payments: Annotated[
        bool, QueryParameter(description="Off: recorded in the order's data only.")
    ] = True,
    by_hand: Annotated[
        bool, QueryParameter(description="A person pays it back, also where a provider could.")
    ] = False,
    remove_offer_access: Annotated[
        bool, QueryParameter(description="Also access of the offer and the checkout.")
    ] = False,
) -> RefundPreview:
    """Show the most of each line, how the money would go back, and what becomes of access."""
    options = _options(
        lines=_lines(line, remove_access),
        excess=excess,
        refund_payments=refund_payments,
        by_hand=by_hand,
        remove_offer_access=remove_offer_access,
    )
    return await parts.refund_previews.preview(shop_id, OrderId(order_id), options)


@post(
    "/orders/{order_id:uuid}/refunds",
    operation_id="requestRefund",
    summary="Refund an order, in full or in part",
    tags=["refunds"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def refunds_request(
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    data: JSONBody[RefundOptions],
) -> Response[CommandAnswer]:
    """Give amounts of lines back, through the providers that took the money where they can."""
    return answered(await parts.operations.refund(requester, data))


@post(
    "/orders/{order_id:uuid}/refunds/{refund_id:str}/confirm",
    operation_id="confirmRefund",
    summary="Say what became of a payback",
    tags=["refunds"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def refunds_confirm(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    refund_id: RefundIdParameter,  # noqa: ARG001 - documented and held to its limits
    data: JSONBody[ConfirmOptions],
) -> Response[CommandAnswer]:
    """Take a person's word that owed money was paid, or that unresolved money went back or not."""
    refund = RefundId(path_part(request, "/refunds/"))
    return answered(await parts.operations.confirm_refund(requester, refund, data))


@post(
    "/orders/{order_id:uuid}/external-refunds/{external_refund_id:str}/allocate",
    operation_id="allocateExternalRefund",
    summary="Say what a provider's own refund was for",
    tags=["refunds"],
    response_headers=[REPLAYED],
    responses=keyed_problems(409, 422),
    status_code=200,
    opt=needs(Permission.OPERATE),
)
async def refunds_allocate(
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    requester: NamedDependency[OrderRequester],
    external_refund_id: ExternalIdParameter,  # noqa: ARG001 - documented and held to its limits
    data: JSONBody[AllocateOptions],
) -> Response[CommandAnswer]:
    """Count money that a provider returned by itself in the order's data."""
    external = ExternalRefundId(path_part(request, "/external-refunds/"))
    return answered(await parts.operations.allocate(requester, external, data))


def _lines(texts: Sequence[str], remove_access: Sequence[str]) -> list[dict[str, object]]:
    lines = [_line(text) for text in texts]
    unknown = set(remove_access) - {line["line_id"] for line in lines}
    if unknown:
        raise InvalidQuery(f"remove_access: {min(unknown)[:50]!r} is not among the lines.")
    return [line | {"remove_access": line["line_id"] in remove_access} for line in lines]


def _line(text: str) -> dict[str, object]:
    line_id, is_stated, amount = text.rpartition("=")
    if not is_stated:
        return {"line_id": text}
    if not (amount.isascii() and amount.isdecimal()):
        raise InvalidQuery(f"line: {amount[:50]!r} is not an amount in minor units.")
    return {"line_id": line_id, "amount": int(amount)}


def _options(**chosen: object) -> RefundOptions:
    try:
        return convert(chosen, RefundOptions)
    except ValidationError as error:
        raise InvalidQuery(str(error)) from error
