"""The entries of the sales report: what each fact adds to an order's accounts, at its own time.

The rule to know: entries are the differences of `accounts`. So whatever happens to an order, its
entries together say what its facts fold to; and what is taken back is a dated entry of its own, the
same kind with a negative amount.
"""

from datetime import datetime

from domain.identifiers import LineId
from domain.order.values import Line, LineKind
from projections.entry_model import Change, Entry, EntryModel
from projections.sales.accounts import NOTHING, Amount, SalesKind, accounts


class SalesEntry(Entry, frozen=True, kw_only=True):
    """An amount of one kind, for one line or the order as a whole: minor units of the currency."""

    at: datetime
    """When it happened, by its source."""
    order_number: str
    kind: SalesKind
    product_id: str
    """Empty, like all else about a line, where the amount is of no line."""
    product_name: str
    line_kind: LineKind | None
    vat_rate: int | None
    """The line's own, in basis points."""
    provider: str
    """Of the payment that paid the order, whatever payment the money goes back to."""
    source: str
    country: str
    currency: str
    gross: int
    vat: int
    units: int
    """Pieces sold; a refund takes none back."""


def entries(change: Change) -> tuple[SalesEntry, ...]:
    """Say what a fact adds to each account."""
    before, after = accounts(change.before), accounts(change.after)
    differences = {
        account: after.get(account, NOTHING).plus(before.get(account, NOTHING), -1)
        for account in {**before, **after}
    }
    added = [found for found in differences.items() if found[1] != NOTHING]
    lines: dict[LineId | None, Line] = {line.line_id: line for line in change.after.lines}
    return tuple(
        _entry(change, number, account.kind, lines.get(account.line_id), amount)
        for number, (account, amount) in enumerate(added, start=1)
    )


def _entry(
    change: Change, number: int, kind: SalesKind, line: Line | None, amount: Amount
) -> SalesEntry:
    order = change.after
    assert order.order_id, "an order's first fact is that it was started"
    assert order.link
    assert order.paid_by, "only what is paid has accounts"
    return SalesEntry(
        shop=order.shop,
        order_id=order.order_id,
        position=change.position,
        number=number,
        at=change.fact.at,
        order_number=order.number,
        kind=kind,
        product_id=line.product_id if line else "",
        product_name=line.name if line else "",
        line_kind=line.kind if line else None,
        vat_rate=line.vat_rate if line else None,
        provider=order.payments_by_id[order.paid_by].provider,
        source=order.link.source,
        country=order.country,
        currency=order.currency,
        gross=amount.gross,
        vat=amount.vat,
        units=amount.units,
    )


SALES = EntryModel(
    name="sales",
    table="read_models.sales_v1",
    row_type=SalesEntry,
    entries=entries,
    triggers=frozenset(
        {
            "PaymentReceived",
            "RefundIssued",
            "RefundFailed",
            "RefundTransferred",
            "RefundTransferFailed",
            "ExternalRefundObserved",
            "ExternalRefundAllocated",
            "ExternalRefundFailed",
            "RefundedDataRestored",
            "DisputeClosed",
        }
    ),
)
