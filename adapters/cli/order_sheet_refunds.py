"""The refunds of one order in a terminal."""

from collections.abc import Iterator

from rich.table import Table

from adapters.cli.output import table, text
from adapters.display.times import exact
from adapters.display.words import words_of
from projections.order_view.details import OrderDetails
from projections.order_view.refund_details import ExternalRefundDetails, RefundDetails


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
            _external_status(external),
            str(external.amount),
            text(f"→ payment {external.payment_id}\n{external.says}"),
            exact(external.observed_at),
        )
    return result


def _status(refund: RefundDetails) -> str:
    word = "Restored" if refund.is_restored else words_of(refund.status)
    standings = {
        "returned": refund.returned,
        "in flight": refund.in_flight,
        "unresolved": refund.unresolved,
        "owed": refund.owed,
        "recorded only": refund.recorded_only,
    }
    figures = (f"{money} {standing}" for standing, money in standings.items() if money.amount)
    return "\n".join((word, *figures))


def _external_status(external: ExternalRefundDetails) -> str:
    if external.is_failed:
        return "Taken back"
    return "To be allocated" if external.is_unallocated else "Accounted for"


def _contents(refund: RefundDetails) -> Iterator[str]:
    for line in refund.lines:
        access = ", access removed" if line.remove_access else ""
        yield f"{line.product}: {line.amount} (VAT {line.vat}){access}"
    if refund.excess.amount:
        yield f"above the total: {refund.excess}"
    for transfer in refund.transfers:
        reference = f" ({transfer.reference})" if transfer.reference else ""
        where = f"{words_of(transfer.provider)} {transfer.payment_id}"
        yield f"→ {transfer.transfer_id}: {transfer.amount}, {where}{reference}"
        yield transfer.says
        if transfer.message:
            yield transfer.message
    if refund.reason:
        yield f"Reason: {refund.reason}"
