"""What a refund would come to, in a terminal: lines, the way of the money, access.

The rule to know: an id that must be typed begins its line.
"""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from adapters.cli.output import table, text
from adapters.display.words import percent_of, words_of
from projections.order_view.line_preview import LinePreview
from projections.order_view.refund_preview import RefundPreview
from projections.order_view.transfer_preview import TransferPreview

AMOUNTS = ("Paid", "Refunded", "At most", "Asked for", "VAT within")


def preview_parts(preview: RefundPreview) -> Iterator[RenderableType]:
    """Lay the preview out."""
    yield text(whose(preview), style="bold")
    yield _lines(preview)
    if preview.excess_maximum.amount:
        above = f"Above the total: {preview.excess} of {preview.excess_maximum} asked for"
        yield text(above)
    yield text(f"At most {preview.returnable} can be returned altogether.")
    yield from (text(limit) for limit in preview.limits)
    for transfer in preview.transfers:
        yield from _transfer(transfer)
    for access in preview.accesses:
        yield text(f"{access.name}: {access.says}")
    yield Text()
    yield text(preview.says, style="bold")
    if preview.telling:
        yield text(preview.telling)


def whose(preview: RefundPreview) -> str:
    """Name the order and its customer."""
    return ", ".join(filter(None, (f"Order {preview.number}", preview.customer)))


def _lines(preview: RefundPreview) -> RenderableType:
    result = table("Line", "Product", *AMOUNTS, "Access", numbers=AMOUNTS, whole=["Line"])
    for line in preview.lines:
        most = line.maximum if preview.refund_payments else line.maximum_recorded
        result.add_row(
            text(line.line_id),
            text(line.product),
            str(line.paid),
            str(line.refunded) if line.refunded.amount else "",
            str(most),
            str(line.amount) if line.amount.amount else "",
            f"{line.vat} ({percent_of(line.vat_rate)})" if line.amount.amount else "",
            _access(line),
        )
    return result


def _access(line: LinePreview) -> str:
    if line.remove_access:
        return "is removed"
    if line.can_remove_access:
        return "can be removed"
    return "stays" if line.has_access else ""


def _transfer(transfer: TransferPreview) -> Iterator[Text]:
    way = f"{words_of(transfer.provider)} {words_of(transfer.payment_method).lower()}"
    sub_method = f" {transfer.sub_method}" if transfer.sub_method else ""
    yield text(f"→ {transfer.amount} to {transfer.payment_id} ({way}{sub_method})")
    yield text(f"    {transfer.says}", style="" if transfer.moves_by_itself else "yellow")
