"""The rows of a form that asks for amounts: each product's field, and the access that may go with it.

The rule to know: what may be asked for is what the preview of the same wish says.
"""

from collections.abc import Collection
from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace

from adapters.web.dialogs.asking import Asking, Refusal
from adapters.web.dialogs.refund_form import RefundForm, TypedAmount
from adapters.web.formats import Formats
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.money import Money
from domain.phrase import say
from domain.rejection import Rejection
from projections.order_view.access_preview import AccessPreview
from projections.order_view.line_preview import LinePreview
from projections.order_view.refund_preview import RefundPreview

AMOUNTS_REFUSED = Refusal(
    status=HTTPStatus.UNPROCESSABLE_ENTITY,
    says=say("An amount cannot be refunded: look at the fields that say why."),
)


class AmountTrouble(StrEnum):
    """Why an amount cannot be asked for."""

    NOT_UNDERSTOOD = "not_understood"
    TOO_MUCH = "too_much"


class AmountField(Struct, frozen=True, kw_only=True):
    """A field for an amount, and what is wrong with what stands in it."""

    typed: str
    maximum: Money
    trouble: AmountTrouble | None


class AccessChoice(Struct, frozen=True, kw_only=True):
    """Whether the access of one product goes; there only where its whole price goes back."""

    line_id: str
    is_chosen: bool
    accesses: tuple[AccessPreview, ...]


class ProductRow(Struct, frozen=True, kw_only=True):
    """A product of the order."""

    line: LinePreview
    field: AmountField
    access: AccessChoice | None
    """None unless the whole price goes back of a product that gave access."""
    seen_returnable: int
    seen_recordable: int
    """The most that this form shows, in minor units: what the wish is held against."""


async def try_refund(
    parts: PageParts, visit: Visit, order_id: OrderId, form: RefundForm
) -> RefundPreview | Rejection | None:
    """Try what the form asks for; None where that is not understood."""
    if not form.is_understood:
        return None
    try:
        return await _wished(parts, visit, order_id, form)
    except Rejection as rejection:
        return rejection


async def _wished(
    parts: PageParts, visit: Visit, order_id: OrderId, form: RefundForm
) -> RefundPreview:
    """Ask first which access may go at all: an amount may have become less than the whole."""
    now = replace(form, maximum_by_line={})
    wish = await parts.refund_previews.preview(visit.shop, order_id, now.options(removable=()))
    removable = {line.line_id for line in wish.lines if line.can_remove_access}
    if form.remove_access.isdisjoint(removable):
        return wish
    return await parts.refund_previews.preview(visit.shop, order_id, now.options(removable))


def judged(
    asking: Asking, seen: int, troubles: Collection[AmountTrouble], rejection: Rejection | None
) -> Asking:
    """Refuse what was wrong already when a form was sent; what has become wrong is news.

    `seen` is the order's version that the form showed.
    """
    has_changed = asking.seen != seen
    if AmountTrouble.NOT_UNDERSTOOD in troubles or (troubles and not has_changed):
        return asking.refused(AMOUNTS_REFUSED)
    if rejection and not has_changed:
        return asking.rejected(rejection)
    return asking


def product_rows(
    formats: Formats, form: RefundForm, wish: RefundPreview | None, possible: RefundPreview
) -> tuple[ProductRow, ...]:
    """Show each line with what stands in its field; access goes only with a wish that can be."""
    return tuple(_row(formats, form, line, wish) for line in (wish or possible).lines)


def _row(
    formats: Formats, form: RefundForm, line: LinePreview, wish: RefundPreview | None
) -> ProductRow:
    maximum = line.maximum if form.refund_payments else line.maximum_recorded
    return ProductRow(
        line=line,
        field=amount_field(formats, form.amount_by_line[line.line_id], maximum),
        access=_access(line, wish) if wish and line.can_remove_access else None,
        seen_returnable=line.maximum.amount,
        seen_recordable=line.maximum_recorded.amount,
    )


def _access(line: LinePreview, wish: RefundPreview) -> AccessChoice:
    return AccessChoice(
        line_id=line.line_id,
        is_chosen=line.remove_access,
        accesses=accesses_of(wish, line.line_id),
    )


def amount_field(formats: Formats, amount: TypedAmount, maximum: Money) -> AmountField:
    """Say whether what was typed can be asked for, as far as the amount itself tells."""
    trouble = None
    if amount.minor is None:
        trouble = AmountTrouble.NOT_UNDERSTOOD
    elif amount.minor > maximum.amount:
        trouble = AmountTrouble.TOO_MUCH
    typed = amount.typed
    if not typed and amount.minor is not None:
        typed = formats.amount(Money(amount.minor, maximum.currency))
    return AmountField(typed=typed, maximum=maximum, trouble=trouble)


def accesses_of(wish: RefundPreview, line_id: str | None) -> tuple[AccessPreview, ...]:
    """List the accesses that may go of a line; None: of the offer and the checkout."""
    return tuple(one for one in wish.accesses if one.line_id == line_id and one.can_remove)
