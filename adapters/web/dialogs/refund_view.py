"""The refund dialog as it is shown: what can be asked for, and what the wish would come to.

The rule to know: it judges nothing. What is offered is what the preview offers, and what the preview
refuses is refused here, in the preview's words.
"""

from msgspec.structs import replace

from adapters.commands.refund_options import RefundOptions
from adapters.web.dialogs.asking import Asking, Question, digest_of
from adapters.web.dialogs.refund_form import (
    RefundForm,
    read_refund_form,
    refunds_payments,
    with_amounts,
)
from adapters.web.dialogs.refund_rows import (
    AmountField,
    AmountTrouble,
    ProductRow,
    accesses_of,
    amount_field,
    product_rows,
    try_refund,
)
from adapters.web.formats import Formats
from adapters.web.forms import Form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.money import Money
from domain.rejection import Rejection
from projections.order_view.access_preview import AccessPreview
from projections.order_view.refund_preview import RefundPreview

FILL = "fill"
"""A button's field: `all` that can be refunded, or `none` of it."""


class RefundQuestion(Question, frozen=True, kw_only=True):
    """The dialog."""

    form: RefundForm
    possible: RefundPreview
    """Of all that can be refunded: the most of everything."""
    wish: RefundPreview | None
    """Of what is asked for; None where that cannot be."""
    rejection: Rejection | None
    """Why it cannot be."""
    rows: tuple[ProductRow, ...]
    excess: AmountField | None
    """None where no money came in above the order's total."""
    offer_accesses: tuple[AccessPreview, ...]
    vat: Money
    """Within what is asked for."""

    @property
    def troubles(self) -> frozenset[AmountTrouble]:
        """Say what is wrong with amounts."""
        fields = [*(row.field for row in self.rows), *filter(None, [self.excess])]
        return frozenset(field.trouble for field in fields if field.trouble)

    @property
    def asks_for_something(self) -> bool:
        """Say whether there is anything to do."""
        return self.wish is not None and (
            self.wish.amount.amount > 0
            or self.wish.remove_offer_access
            or any(line.remove_access for line in self.wish.lines)
        )

    @property
    def moves_money(self) -> bool:
        """Say whether any of it goes back by itself."""
        return self.wish is not None and any(one.moves_by_itself for one in self.wish.transfers)

    @property
    def could_go_by_hand(self) -> bool:
        """Say whether there is a choice of paying back by hand what a provider could return."""
        return self.form.refund_payments and (self.moves_money or self.form.by_hand)


async def read_refund(
    parts: PageParts, visit: Visit, order_id: OrderId, fields: Form, asking: Asking
) -> RefundQuestion:
    """Read what the form comes to now; raises OrderUnknown, OrderNotPlaced."""
    version = (await parts.order_reader.facts(visit.shop, order_id))[-1].version
    everything = RefundOptions(
        refund_payments=refunds_payments(fields, is_filled_in=asking.is_filled_in)
    )
    possible = await parts.refund_previews.preview(visit.shop, order_id, everything)
    form = _form(fields, asking, possible)
    wish = await try_refund(parts, visit, order_id, form)
    asking = replace(asking, expected=_digest(wish, version), seen=version)
    return _view(visit.formats, asking, form, possible, wish)


def _form(fields: Form, asking: Asking, possible: RefundPreview) -> RefundForm:
    form = read_refund_form(
        fields,
        [line.line_id for line in possible.lines],
        possible.amount.currency,
        is_filled_in=asking.is_filled_in,
    )
    match fields.text(FILL):
        case "all":
            all_of = {line.line_id: line.amount.amount for line in possible.lines}
            return with_amounts(form, all_of, possible.excess.amount)
        case "none":
            return with_amounts(form, dict.fromkeys(form.amount_by_line, 0), 0)
    return form


def _digest(wish: RefundPreview | Rejection | None, version: int) -> str:
    """Sum up what a person decides on; news of other lines does not disturb."""
    if not isinstance(wish, RefundPreview):
        return digest_of(version)
    asked = [line for line in wish.lines if line.amount.amount or line.remove_access]
    return digest_of(
        [(line.line_id, line.amount, line.vat, line.remove_access) for line in asked],
        wish.excess,
        wish.transfers,
        [(one.action_id, one.effect) for one in wish.accesses],
        wish.remove_offer_access,
        wish.telling,
    )


def _view(
    formats: Formats,
    asking: Asking,
    form: RefundForm,
    possible: RefundPreview,
    tried: RefundPreview | Rejection | None,
) -> RefundQuestion:
    wish = tried if isinstance(tried, RefundPreview) else None
    currency = possible.amount.currency
    excess = amount_field(formats, form.excess, possible.excess_maximum)
    has_excess = possible.excess_maximum.amount > 0 or form.excess.typed != ""
    return RefundQuestion(
        asking=asking,
        form=form,
        possible=possible,
        wish=wish,
        rejection=tried if isinstance(tried, Rejection) else None,
        rows=product_rows(formats, form, wish, possible),
        excess=excess if has_excess else None,
        offer_accesses=accesses_of(wish, None) if wish else (),
        vat=Money(sum(line.vat.amount for line in wish.lines) if wish else 0, currency),
    )
