"""What a person can choose about money that goes back, in the seed's own words.

The rule to know: an amount that is left out means all that can still be refunded, so that the same
request under the same key stays the same whatever has happened since.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from adapters.commands.writing import NOTE_PATTERN, ONE_LINE_PATTERN
from domain.identifiers import LineId, RefundId, TransferId
from domain.money import AMOUNT_MAX
from domain.order.form import LINES_MAX
from domain.order.refund_amounts import LineWanted
from domain.order.state import Order

REASON_CHARACTERS_MAX = 500
REFERENCE_CHARACTERS_MAX = 200

Amount: TypeAlias = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Reason: TypeAlias = Annotated[str, Meta(max_length=REASON_CHARACTERS_MAX, pattern=NOTE_PATTERN)]
Reference: TypeAlias = Annotated[
    str, Meta(max_length=REFERENCE_CHARACTERS_MAX, pattern=ONE_LINE_PATTERN)
]


class RefundLineOptions(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """How much of one line to give back."""

    line_id: LineId
    amount: Amount | None = None
    """Minor units; null or left out: all that can be refunded."""
    maximum_seen: Amount | None = None
    """The line's maximum when the person looked; the wish is refused if it has changed."""
    remove_access: bool = False
    """Only where the line is then refunded in full."""

    @property
    def wanted(self) -> LineWanted:
        """Say it in the domain's words."""
        return LineWanted(
            line_id=self.line_id,
            amount=self.amount,
            maximum_seen=self.maximum_seen,
            remove_access=self.remove_access,
        )


RefundLines: TypeAlias = Annotated[tuple[RefundLineOptions, ...], Meta(max_length=LINES_MAX)]


class RefundOptions(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What to give back, and how."""

    lines: RefundLines = ()
    excess: Amount | None = 0
    """Money above the order's total, in minor units; null: all of it."""
    refund_payments: bool = True
    """Off: recorded in the order's data only, no money is returned."""
    by_hand: bool = False
    """On: a person pays it back and confirms it, also where a provider could return it."""
    remove_offer_access: bool = False
    reason: Reason = ""
    """Kept sealed; the customer reads it on the credit note."""
    tell_customer: bool = True
    """Off: the customer is sent no confirmation with a credit note."""


class ConfirmOptions(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a person saw of a transfer's money."""

    transfer_id: TransferId
    reference: Reference = ""
    """The provider's own id of the refund, if it has one."""
    was_paid: bool = True
    """Off: only of an unresolved transfer, whose money did not go back."""


class AllocateOptions(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a refund was for that a provider made by itself."""

    lines: RefundLines = ()
    settles: RefundId | None = None
    """The refund whose money it is: owed, recorded only, or confirmed without a reference."""
    remove_offer_access: bool = False
    tell_customer: bool = True
    """Off: the customer is sent no confirmation with a credit note."""


def every_line(order: Order) -> RefundLines:
    """Choose all that can be refunded of every line."""
    return tuple(RefundLineOptions(line_id=line.line_id) for line in order.lines)
