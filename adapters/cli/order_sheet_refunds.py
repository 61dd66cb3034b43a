"""The refunds of one order in a terminal."""

from collections.abc import Iterator

from rich.table import Table

from adapters.cli.output import table, text
from adapters.display.times import exact
from adapters.display.words import words_of
from projections.order_view.details import OrderDetails
from projections.order_view.refund_details import RefundDetails


def refunds(order: OrderDetails) -> Table:
    """Show refunds with their lines and transfers, and what providers returned by themselves."""
    result = table("Refund", "Status", "Amount", "What and where to", "At", numbers=["Amount"])
    for refund in order.refunds:
        result.add_row(
            text(f"{refund.refund_id}\nby {refund.by}"),
            text(_status(refund)),
            str(refund.amount),
            text("\n".join(_contents(refund))),
            exact(refund.at),
        )
    for external in order.external_refunds:
        result.add_row(
            text(external.external_refund_id),
            "To be allocated" if external.is_unallocated else "Allocated",
            str(external.amount),
            text(f"by the provider itself, payment {external.payment_id}"),
            exact(external.observed_at),
        )
    return result


def _status(refund: RefundDetails) -> str:
    if refund.is_restored:
        return "Restored"
    owed = f"\n{refund.owed} owed" if refund.owed.amount else ""
    return words_of(refund.status) + owed


def _contents(refund: RefundDetails) -> Iterator[str]:
    for line in refund.lines:
        access = ", access removed" if line.remove_access else ""
        yield f"{line.product}: {line.amount} (VAT {line.vat}){access}"
    if refund.excess.amount:
        yield f"above the total: {refund.excess}"
    for transfer in refund.transfers:
        failure = f" {transfer.code} {transfer.message}".rstrip()
        where = f"{words_of(transfer.provider)} {transfer.payment_id}"
        yield f"→ {where}, {transfer.method}: {words_of(transfer.status).lower()}{failure}"
    if refund.reason:
        yield f"Reason: {refund.reason}"
    if refund.credit_note:
        yield f"Credit note {refund.credit_note.number}"
