"""The allocation dialog as it is shown: the lines it may be for, and the refunds it may settle."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from adapters.commands.operating import CommandAnswer
from adapters.commands.refund_options import AllocateOptions, RefundOptions
from adapters.web.dialogs.asking import Asking, Question, digest_of, digest_of_effects
from adapters.web.dialogs.granting import requester_of
from adapters.web.dialogs.refund_form import RefundForm, read_refund_form
from adapters.web.dialogs.refund_limits import within_limits
from adapters.web.dialogs.refund_rows import (
    AmountTrouble,
    ProductRow,
    accesses_of,
    product_rows,
    try_refund,
)
from adapters.web.forms import Form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import ExternalRefundId, OrderId, RefundId
from domain.order.rejections import RefundUnknown
from domain.rejection import Rejection
from projections.order_view.access_preview import AccessPreview
from projections.order_view.details import OrderDetails
from projections.order_view.payment_details import PaymentDetails
from projections.order_view.refund_details import ExternalRefundDetails, RefundDetails
from projections.order_view.refund_preview import RefundPreview

SETTLES = "settles"
RECORDED = RefundOptions(refund_payments=False)


class Sent(NamedTuple):
    """What was asked for, as the address and the form say it."""

    order_id: OrderId
    external_id: ExternalRefundId
    fields: Form


class AllocateQuestion(Question, frozen=True, kw_only=True):
    """Asks what money was for that a provider returned by itself."""

    order: OrderDetails
    external: ExternalRefundDetails
    payment: PaymentDetails | None
    form: RefundForm
    settles: str
    """The refund whose money it is; "" where it is for products."""
    candidates: tuple[RefundDetails, ...]
    """The refunds whose money it can be."""
    rows: tuple[ProductRow, ...]
    offer_accesses: tuple[AccessPreview, ...]
    can_remove_offer_access: bool
    effects: CommandAnswer | None
    """What it comes to; None where it cannot be."""
    rejection: Rejection | None

    @property
    def troubles(self) -> frozenset[AmountTrouble]:
        """Say what is wrong with amounts."""
        return frozenset(row.field.trouble for row in self.rows if row.field.trouble)


async def read_allocation(
    parts: PageParts, visit: Visit, sent: Sent, asking: Asking
) -> AllocateQuestion:
    """Read what the form comes to now; raises OrderUnknown, RefundUnknown."""
    order = await parts.order_reader.sheet(visit.shop, sent.order_id)
    external = _external(order, sent.external_id)
    possible = await parts.refund_previews.preview(visit.shop, sent.order_id, RECORDED)
    form = _form(sent.fields, asking, possible)
    lines = await try_refund(parts, visit, sent.order_id, form)
    refund = lines if isinstance(lines, RefundPreview) else None
    shown = refund or possible
    removable = [line.line_id for line in shown.lines if line.can_remove_access]
    wanted = allocation(form, sent.fields.text(SETTLES), removable)
    is_understood = form.is_understood or wanted.settles is not None
    tried = await _tried(parts, visit, sent, wanted) if is_understood else None
    effects = tried if isinstance(tried, CommandAnswer) else None
    expected = digest_of_effects(effects, wanted) if effects else digest_of(order.version)
    return AllocateQuestion(
        asking=replace(asking, seen=order.version, expected=expected),
        order=order,
        external=external,
        payment=next((p for p in order.payments if p.payment_id == external.payment_id), None),
        form=form,
        settles=wanted.settles or "",
        candidates=await _candidates(parts, visit, sent, order),
        rows=product_rows(visit.formats, form, refund, possible),
        offer_accesses=accesses_of(shown, None),
        can_remove_offer_access=shown.can_remove_offer_access,
        effects=effects,
        rejection=tried if isinstance(tried, Rejection) else None,
    )


def allocation(
    form: RefundForm, settles: str, removable: Iterable[str] | None = None
) -> AllocateOptions:
    """Give the wish: what settles a refund is for no products."""
    if settles:
        return within_limits(AllocateOptions(settles=RefundId(settles)))
    lines = [line for line in form.options(removable).lines if line.amount or line.remove_access]
    return within_limits(
        AllocateOptions(
            lines=tuple(lines),
            remove_offer_access=form.remove_offer_access,
            tell_customer=form.tell_customer,
        )
    )


def _external(order: OrderDetails, external_id: ExternalRefundId) -> ExternalRefundDetails:
    for external in order.external_refunds:
        if external.external_refund_id == external_id:
            return external
    raise RefundUnknown(external_id)


def _form(fields: Form, asking: Asking, possible: RefundPreview) -> RefundForm:
    form = read_refund_form(
        fields,
        [line.line_id for line in possible.lines],
        possible.amount.currency,
        is_filled_in=asking.is_filled_in,
    )
    return replace(form, refund_payments=False, by_hand=False)


async def _tried(
    parts: PageParts, visit: Visit, sent: Sent, wanted: AllocateOptions
) -> CommandAnswer | Rejection:
    requester = requester_of(visit, sent.order_id)
    try:
        return await parts.operations.allocate(requester, sent.external_id, wanted)
    except Rejection as rejection:
        return rejection


async def _candidates(
    parts: PageParts, visit: Visit, sent: Sent, order: OrderDetails
) -> tuple[RefundDetails, ...]:
    """Ask of each refund whether the money can be its own."""
    found = []
    for refund in order.refunds:
        wanted = AllocateOptions(settles=RefundId(refund.refund_id))
        tried = await _tried(parts, visit, sent, wanted)
        if isinstance(tried, CommandAnswer) and tried.recorded:
            found.append(refund)
    return tuple(found)
