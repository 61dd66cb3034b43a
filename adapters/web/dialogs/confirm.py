"""`/orders/{order_id}/refunds/{refund_id}/confirm`: a person's word on money that no provider settles.

The rule to know: a choice is offered only where the same wish, tried dry, is granted.
"""

from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import Wanted
from adapters.commands.refund_options import ConfirmOptions
from adapters.http_api.access import needs
from adapters.http_api.escaped import path_part
from adapters.web.access import PageRequest
from adapters.web.dialogs.asking import (
    Asking,
    Dialog,
    Question,
    Refusal,
    asking_of,
    digest_of,
    show,
)
from adapters.web.dialogs.granting import grant, requester_of
from adapters.web.dialogs.refund_limits import within_limits
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId, RefundId, TransferId
from domain.order.rejections import RefundUnknown
from domain.phrase import Phrase, say
from domain.rejection import Rejection
from projections.order_view.details import OrderDetails
from projections.order_view.payment_details import PaymentDetails
from projections.order_view.refund_details import RefundDetails, TransferDetails

CONFIRM = Dialog("dialogs/confirm.html", "Confirm a refund")
TRANSFER = "transfer"
PAID, NOT_PAID = "paid", "not_paid"
RECORDS = {PAID: say("It was paid back"), NOT_PAID: say("It did not go back")}
SAY_WHICH = say("Say what became of the money.")


class Sent(NamedTuple):
    """What was asked for, as the address and the form say it."""

    order_id: OrderId
    refund_id: RefundId
    fields: Form


class ConfirmQuestion(Question, frozen=True, kw_only=True):
    """Asks what became of the money of one transfer."""

    order: OrderDetails
    refund: RefundDetails
    transfer: TransferDetails
    payment: PaymentDetails | None
    paid: CommandAnswer | None
    """What it comes to if the money was paid back; None where a person cannot say so."""
    not_paid: CommandAnswer | None
    """What it comes to if it did not go back; None where a person cannot say so."""
    became: str
    reference: str

    @property
    def doing(self) -> Phrase:
        """Say what the button records: the one answer there is, or the one that is chosen."""
        offered = {name for name, one in ((PAID, self.paid), (NOT_PAID, self.not_paid)) if one}
        chosen = offered & {self.became} or offered
        return RECORDS[chosen.pop()] if len(chosen) == 1 else say("Record what became of it")


@get("/orders/{order_id:uuid}/refunds/{refund_id:str}/confirm", opt=needs(Permission.OPERATE))
async def ask_confirm(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    refund_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[str]:
    """Ask what became of money that is owed or that nobody knows of."""
    sent = Sent(
        OrderId(order_id), RefundId(path_part(request, "/refunds/")), await read_form(request)
    )
    asking = _asking(request, visit, sent)
    return await show(parts, visit, CONFIRM, await _read(parts, visit, sent, asking))


@post("/orders/{order_id:uuid}/refunds/{refund_id:str}/confirm", opt=needs(Permission.OPERATE))
async def do_confirm(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    refund_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[Any]:
    """Record what a person says of it."""
    sent = Sent(
        OrderId(order_id), RefundId(path_part(request, "/refunds/")), await read_form(request)
    )
    asking = _asking(request, visit, sent)
    question = await _read(parts, visit, sent, asking)

    async def read(asking: Asking) -> ConfirmQuestion:
        return _judged(await _read(parts, visit, sent, asking))

    return await grant(
        parts,
        visit,
        dialog=CONFIRM,
        order_id=sent.order_id,
        asking=asking,
        wanted=Wanted(options=_options(sent.fields), about=sent.refund_id),
        read=read,
        says=partial(_says, visit, question),
    )


def _asking(request: PageRequest, visit: Visit, sent: Sent) -> Asking:
    """Leave the transfer out of the list's query: it is a field of this form."""
    rest = [one for one in sent.fields.fields.multi_items() if one[0] != TRANSFER]
    return asking_of(request, Form(FormMultiDict(rest)), visit, f"/orders/{sent.order_id}")


def _options(fields: Form) -> ConfirmOptions:
    return within_limits(
        ConfirmOptions(
            transfer_id=TransferId(fields.text(TRANSFER)),
            reference=fields.text("reference"),
            was_paid=fields.text("became") != NOT_PAID,
        )
    )


async def _read(parts: PageParts, visit: Visit, sent: Sent, asking: Asking) -> ConfirmQuestion:
    order = await parts.order_reader.sheet(visit.shop, sent.order_id)
    refund, transfer = _found(order, sent)
    tried = partial(_tried, parts, visit, sent)
    paid, not_paid = await tried(was_paid=True), await tried(was_paid=False)
    shown = (transfer.transfer_id, transfer.amount, transfer.says, paid is None, not_paid is None)
    return ConfirmQuestion(
        asking=replace(asking, seen=order.version, expected=digest_of(shown)),
        order=order,
        refund=refund,
        transfer=transfer,
        payment=next((p for p in order.payments if p.payment_id == transfer.payment_id), None),
        paid=paid,
        not_paid=not_paid,
        became=sent.fields.text("became"),
        reference=sent.fields.text("reference"),
    )


def _found(order: OrderDetails, sent: Sent) -> tuple[RefundDetails, TransferDetails]:
    wanted = (sent.refund_id, sent.fields.text(TRANSFER))
    for refund in order.refunds:
        for transfer in refund.transfers:
            if (refund.refund_id, transfer.transfer_id) == wanted:
                return refund, transfer
    raise RefundUnknown(sent.refund_id)


async def _tried(
    parts: PageParts, visit: Visit, sent: Sent, *, was_paid: bool
) -> CommandAnswer | None:
    """Try it without the reference: a wrong one is refused with its reason when it is sent."""
    transfer_id = TransferId(sent.fields.text(TRANSFER))
    options = ConfirmOptions(transfer_id=transfer_id, was_paid=was_paid)
    requester = requester_of(visit, sent.order_id)
    try:
        answer = await parts.operations.confirm_refund(requester, sent.refund_id, options)
    except Rejection:
        return None
    return answer if answer.recorded else None


def _judged(question: ConfirmQuestion) -> ConfirmQuestion:
    """Refuse a form that does not say what became of the money: it is never taken for granted."""
    if question.became in (PAID, NOT_PAID):
        return question
    refusal = Refusal(status=HTTPStatus.UNPROCESSABLE_ENTITY, says=SAY_WHICH)
    return replace(question, asking=question.asking.refused(refusal))


def _says(visit: Visit, question: ConfirmQuestion, _: CommandAnswer) -> str:
    money = question.transfer.amount
    if question.became == NOT_PAID:
        return visit.say(say("Recorded: {money} did not go back.", money=money))
    return visit.say(say("Recorded: {money} is back, as you confirmed.", money=money))
