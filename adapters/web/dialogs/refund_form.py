"""The refund form as a person filled it in: what was typed is kept, also where it is no amount.

The rule to know: what cannot be read is never guessed. Of lines nothing is known here but their
names, their currency and the most that the person saw.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from adapters.commands.refund_options import RefundLineOptions, RefundOptions
from adapters.display.amounts import AmountNotUnderstood, parse_amount
from adapters.web.dialogs.refund_limits import within_limits
from adapters.web.forms import Form
from domain.identifiers import LineId

AMOUNT = "amount."
"""Before a line's id: the field of its amount."""
MOST_RETURNED = "returnable."
MOST_RECORDED = "recordable."
"""Before a line's id: the most that the person saw, with money going back and recorded only."""
MINOR_UNITS = re.compile(r"[0-9]{1,12}")


class TypedAmount(Struct, frozen=True, kw_only=True):
    """What stands in the field of an amount."""

    typed: str
    minor: int | None
    """None where it is no amount."""


class RefundForm(Struct, frozen=True, kw_only=True):
    """The choices of the form."""

    amount_by_line: Mapping[str, TypedAmount]
    excess: TypedAmount
    maximum_by_line: Mapping[str, int]
    """The most that the person saw of each line, for what is chosen."""
    remove_access: frozenset[str]
    remove_offer_access: bool
    refund_payments: bool
    by_hand: bool
    reason: str
    tell_customer: bool

    @property
    def is_understood(self) -> bool:
        """Say whether every amount is one."""
        amounts = (*self.amount_by_line.values(), self.excess)
        return all(amount.minor is not None for amount in amounts)

    def options(self, removable: Iterable[str] | None = None) -> RefundOptions:
        """Give the wish, only if it is understood; of `removable` lines alone access is removed.

        One for nothing is for nothing of every line: for no lines at all it would mean all.
        """
        removing = self.remove_access.intersection(
            self.remove_access if removable is None else removable
        )
        asked = [
            line for line, amount in self.amount_by_line.items() if amount.minor or line in removing
        ]
        is_about_lines = asked or not (self.excess.minor or self.remove_offer_access)
        wish = RefundOptions(
            lines=tuple(
                RefundLineOptions(
                    line_id=LineId(line),
                    amount=self.amount_by_line[line].minor or 0,
                    maximum_seen=self.maximum_by_line.get(line) if asked else None,
                    remove_access=line in removing,
                )
                for line in (asked or self.amount_by_line if is_about_lines else ())
            ),
            excess=self.excess.minor or 0,
            refund_payments=self.refund_payments,
            by_hand=self.by_hand,
            remove_offer_access=self.remove_offer_access,
            reason=self.reason,
            tell_customer=self.tell_customer,
        )
        return within_limits(wish)


def refunds_payments(form: Form, *, is_filled_in: bool) -> bool:
    """Say whether money is to go back: unless a person took the tick away."""
    return form.flag("refund_payments") or not is_filled_in


def read_refund_form(
    form: Form, lines: Iterable[str], currency: str, *, is_filled_in: bool
) -> RefundForm:
    """Read the form; one that nobody has filled in yet has everything at its default."""
    refund_payments = refunds_payments(form, is_filled_in=is_filled_in)
    most = MOST_RETURNED if refund_payments else MOST_RECORDED
    known = tuple(lines)
    return RefundForm(
        amount_by_line={line: _amount(form, f"{AMOUNT}{line}", currency) for line in known},
        excess=_amount(form, "excess", currency),
        maximum_by_line={
            line: int(seen)
            for line in known
            if MINOR_UNITS.fullmatch(seen := form.text(f"{most}{line}"))
        },
        remove_access=frozenset(form.texts("remove_access")),
        remove_offer_access=form.flag("remove_offer_access"),
        refund_payments=refund_payments,
        by_hand=form.flag("by_hand") and refund_payments,
        reason=form.text("reason").replace("\r\n", "\n"),
        tell_customer=form.flag("tell_customer") or not is_filled_in,
    )


def with_amounts(form: RefundForm, minor_by_line: Mapping[str, int], excess: int) -> RefundForm:
    """Fill in other amounts; their text is the page's to write."""
    return replace(
        form,
        amount_by_line={
            line: TypedAmount(typed="", minor=minor) for line, minor in minor_by_line.items()
        },
        excess=TypedAmount(typed="", minor=excess),
    )


def _amount(form: Form, name: str, currency: str) -> TypedAmount:
    if name not in form.fields:
        return TypedAmount(typed="", minor=0)
    typed = form.text(name)
    try:
        return TypedAmount(typed=typed, minor=parse_amount(typed, currency))
    except AmountNotUnderstood:
        return TypedAmount(typed=typed, minor=None)
