"""`…/actions/{action}/removed-by-hand`: a person says that they removed an access themselves.

The rule to know: only an access removal that failed can be settled so.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.commands.options import RemovedByHand, Wanted
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.dialogs.actions import ActionQuestion, action_in_path, found_action
from adapters.web.dialogs.asking import Asking, Dialog, asking_of, show
from adapters.web.dialogs.granting import grant, requester_of, tried
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.identifiers import ActionId, OrderId

REMOVED_BY_HAND = Dialog("dialogs/removed_by_hand.html", "Removed by hand")


@get(
    "/orders/{order_id:uuid}/actions/{action_id:str}/removed-by-hand",
    opt=needs(Permission.OPERATE),
)
async def ask_removed_by_hand(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    action_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[str]:
    """Ask whether the access was removed."""
    asking = asking_of(request, await read_form(request), visit, f"/orders/{order_id}")
    question = await _read(parts, visit, OrderId(order_id), action_in_path(request), asking)
    return await show(parts, visit, REMOVED_BY_HAND, question)


@post(
    "/orders/{order_id:uuid}/actions/{action_id:str}/removed-by-hand",
    opt=needs(Permission.OPERATE),
)
async def do_removed_by_hand(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    action_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[Any]:
    """Take the removal as done."""
    action = action_in_path(request)

    async def read(asking: Asking) -> ActionQuestion:
        return await _read(parts, visit, OrderId(order_id), action, asking)

    said = translations_of(visit.language).gettext("Noted: the access was removed by hand.")
    return await grant(
        parts,
        visit,
        dialog=REMOVED_BY_HAND,
        order_id=OrderId(order_id),
        asking=asking_of(request, await read_form(request), visit, f"/orders/{order_id}"),
        wanted=Wanted(options=RemovedByHand(), about=action),
        read=read,
        says=lambda _: said,
    )


async def _read(
    parts: PageParts, visit: Visit, order_id: OrderId, action_id: ActionId, asking: Asking
) -> ActionQuestion:
    order = await parts.order_reader.sheet(visit.shop, order_id)
    action = found_action(order, action_id)
    trial = parts.operations.removed_by_hand(requester_of(visit, order_id), action_id)
    asking, effects = await tried(asking, order.version, trial, action.run)
    return ActionQuestion(asking=asking, order=order, action=action, effects=effects)
