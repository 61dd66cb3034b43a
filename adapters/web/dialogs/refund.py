"""`/orders/{order_id}/refund`: give money back, in full or in part, and take access away with it.

The rule to know: whoever presses the button has read what becomes of the money. Where none moves by
itself, the dialog says so before, and the sentence afterwards says it again.
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
from adapters.web.access import PageRequest
from adapters.web.dialogs.asking import Asking, Dialog, asking_of, show
from adapters.web.dialogs.granting import grant
from adapters.web.dialogs.refund_rows import judged
from adapters.web.dialogs.refund_view import FILL, RefundQuestion, read_refund
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.order.values import TransferMethod
from domain.phrase import Phrase, joined, say
from projections.order_view.payback_words import how_to_pay_back
from projections.order_view.transfer_preview import TransferPreview

REFUND = Dialog("dialogs/refund.html", "Refund")


@get("/orders/{order_id:uuid}/refund", opt=needs(Permission.OPERATE))
async def ask_refund(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[str]:
    """Ask how much of what to give back, and say what that comes to."""
    fields = await read_form(request)
    asking = asking_of(request, fields, visit, f"/orders/{order_id}")
    view = await read_refund(parts, visit, OrderId(order_id), fields, asking)
    return await show(parts, visit, REFUND, view)


@post("/orders/{order_id:uuid}/refund", opt=needs(Permission.OPERATE))
async def do_refund(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[Any]:
    """Refund as the form says, once."""
    fields, order = await read_form(request), OrderId(order_id)
    asking = asking_of(request, fields, visit, f"/orders/{order_id}")
    view = await read_refund(parts, visit, order, fields, asking)
    if fields.text(FILL):
        return await show(parts, visit, REFUND, view)
    return await grant(
        parts,
        visit,
        dialog=REFUND,
        order_id=order,
        asking=asking,
        wanted=Wanted(options=view.form.options()),
        read=partial(_read, parts, visit, order, fields),
        says=partial(_says, visit, view),
    )


async def _read(
    parts: PageParts, visit: Visit, order_id: OrderId, fields: Form, asking: Asking
) -> RefundQuestion:
    """Read it for a form that was sent: it may hold what cannot be asked for."""
    view = await read_refund(parts, visit, order_id, fields, asking)
    now = judged(view.asking, asking.seen, view.troubles, view.rejection)
    return replace(view, asking=now)


def _says(visit: Visit, view: RefundQuestion, _: CommandAnswer) -> str:
    """Tell what becomes of the money, and what a person must do now."""
    transfers = view.wish.transfers if view.wish else ()
    return visit.say(joined(" ", [say("Recorded."), *map(_becomes, transfers)]))


def _becomes(transfer: TransferPreview) -> Phrase:
    money = transfer.amount
    if transfer.went_back_as:
        return say("{money} went back already, and is counted once.", money=money)
    if transfer.moves_by_itself:
        return say("{money} goes back by itself.", money=money)
    if transfer.method is TransferMethod.MANUAL:
        how = how_to_pay_back(transfer.provider)
        return say("{money} must be paid back by hand. {how}", money=money, how=how)
    return say("{money} counts as refunded; no money is returned.", money=money)
