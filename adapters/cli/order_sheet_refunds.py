"""The refunds of one order in a terminal.

The rule to know: an id that must be typed begins its line, so that no width breaks it; where the
money stands is said in words below it.
"""

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from adapters.cli.output import text
from adapters.display.times import exact
from adapters.display.words import words_of
from domain.money import Money
from projections.order_view.details import OrderDetails
from projections.order_view.refund_details import (
    ExternalRefundDetails,
    RefundDetails,
    TransferDetails,
)

INDENT = 4


def refund_lines(order: OrderDetails) -> Iterator[Text | Padding]:
    """Show refunds with their lines and transfers, and what providers returned by themselves."""
    for refund in order.refunds:
        yield text(_head(refund), style="bold")
        yield from _below(_contents(refund))
    for external in order.external_refunds:
        yield text(_external_head(external), style="bold")
        yield from _below((f"→ payment {external.payment_id}: {external.says}",))


def _below(lines: Iterator[str] | tuple[str, ...]) -> Iterator[Padding]:
    for line in lines:
        yield Padding(text(line), (0, 0, 0, INDENT))


def _head(refund: RefundDetails) -> str:
    word = "Restored" if refund.is_restored else words_of(refund.status)
    back = Money(refund.amount.amount + refund.excess.amount, refund.amount.currency)
    return f"{refund.refund_id}  {word}  {back}  by {refund.by}, {exact(refund.at)}"


def _external_head(external: ExternalRefundDetails) -> str:
    word = "To be allocated" if external.is_unallocated else "Accounted for"
    if external.is_failed:
        word = "Taken back"
    when = exact(external.observed_at)
    return f"{external.external_refund_id}  {word}  {external.amount}  {when}"


def _contents(refund: RefundDetails) -> Iterator[str]:
    figures = _figures(refund)
    if figures:
        yield figures
    for line in refund.lines:
        access = ", with its access" if line.remove_access else ""
        yield f"{line.product}: {line.amount} (VAT {line.vat}){access}"
    if refund.excess.amount:
        yield f"Above the total: {refund.excess}"
    if refund.remove_offer_access:
        yield "With the access of the offer and the checkout"
    for transfer in refund.transfers:
        yield from _transfer(transfer)
    if refund.reason:
        yield f"Reason: {refund.reason}"
    if refund.credit_note:
        void = f": {refund.credit_note.void}" if refund.credit_note.void else ""
        yield f"Credit note {refund.credit_note.number}{void}"


def _figures(refund: RefundDetails) -> str:
    money_by_standing = {
        "returned": refund.returned,
        "in flight": refund.in_flight,
        "unresolved": refund.unresolved,
        "owed": refund.owed,
        "owed once the rest is settled": refund.waiting,
        "recorded only": refund.recorded_only,
    }
    return ", ".join(
        f"{money} {standing}" for standing, money in money_by_standing.items() if money.amount
    )


def _transfer(transfer: TransferDetails) -> Iterator[str]:
    reference = f" ({transfer.reference})" if transfer.reference else ""
    where = f"{words_of(transfer.provider)} {transfer.payment_id}{reference}"
    yield f"→ {transfer.transfer_id}: {transfer.amount}, {where}. {transfer.says}"
    if transfer.message:
        yield transfer.message
