"""`/orders/{order_id}/external-refunds/{external_id}/allocate`: what a provider's own refund was for.

The rule to know: it is the money of a refund there is, or it makes a new one; never both. Which
refunds it can be the money of is asked of the decision itself, dry.
"""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import Wanted
from adapters.http_api.access import needs
from adapters.http_api.escaped import path_part
from adapters.web.access import PageRequest
from adapters.web.dialogs.allocate_view import (
    AllocateQuestion,
    Sent,
    allocation,
    read_allocation,
)
from adapters.web.dialogs.asking import Asking, Dialog, asking_of, show
from adapters.web.dialogs.granting import grant
from adapters.web.dialogs.refund_rows import judged
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import ExternalRefundId, OrderId
from domain.phrase import say

ALLOCATE = Dialog("dialogs/allocate.html", "Allocate a refund")


@get(
    "/orders/{order_id:uuid}/external-refunds/{external_id:str}/allocate",
    opt=needs(Permission.OPERATE),
)
async def ask_allocate(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    external_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[str]:
    """Ask what the money was for."""
    sent = await _sent(request, order_id)
    asking = asking_of(request, sent.fields, visit, f"/orders/{order_id}")
    return await show(parts, visit, ALLOCATE, await read_allocation(parts, visit, sent, asking))


@post(
    "/orders/{order_id:uuid}/external-refunds/{external_id:str}/allocate",
    opt=needs(Permission.OPERATE),
)
async def do_allocate(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    external_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[Any]:
    """Count it in the order's data as the form says, once."""
    sent = await _sent(request, order_id)
    asking = asking_of(request, sent.fields, visit, f"/orders/{order_id}")
    question = await read_allocation(parts, visit, sent, asking)

    async def read(asking: Asking) -> AllocateQuestion:
        now = await read_allocation(parts, visit, sent, asking)
        troubles = () if now.settles else now.troubles
        return replace(now, asking=judged(now.asking, asking.seen, troubles, now.rejection))

    return await grant(
        parts,
        visit,
        dialog=ALLOCATE,
        order_id=sent.order_id,
        asking=asking,
        wanted=Wanted(options=allocation(question.form, question.settles), about=sent.external_id),
        read=read,
        says=partial(_says, visit, question),
    )


async def _sent(request: PageRequest, order_id: UUID) -> Sent:
    external = ExternalRefundId(path_part(request, "/external-refunds/"))
    return Sent(OrderId(order_id), external, await read_form(request))


def _says(visit: Visit, question: AllocateQuestion, _: CommandAnswer) -> str:
    if question.settles:
        return visit.say(
            say("Recorded: it is the money of refund {refund}.", refund=question.settles)
        )
    amount = sum(row.minor for row in question.form.amount_by_line.values() if row.minor)
    money = replace(question.external.amount, amount=amount)
    return visit.say(say("Recorded: {money} of it counts as refunded.", money=money))
