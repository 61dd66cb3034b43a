"""One order in a terminal: General, Customer, Payments, Post-purchase actions, Refunds, Notes."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adapters.cli.order_sheet_actions import action_lines
from adapters.cli.order_sheet_refunds import refund_lines
from adapters.cli.output import fields, table, text
from adapters.display.times import exact
from adapters.display.words import percent_of, words_of
from domain.order.attention import AttentionKind
from projections.order_view.details import CustomerDetails, GeneralDetails, OrderDetails

IMPORTED = "yes: what the former system listed fires nothing; what is run here counts"
ABOVE_TOTAL_ADVICE = "Return the money above, or complete the order if it is to be kept."


def order_sheet(order: OrderDetails, now: datetime | None) -> Iterator[RenderableType]:
    """Show all of an order as of `now`, None in its past; parts that it has not are left out."""
    yield _head(order)
    yield from _section("General", _general(order.general))
    if order.customer:
        yield from _section("Customer", _customer(order.customer))
    if order.payments:
        yield from _section("Payments", _payments(order))
    if order.actions:
        yield from _section("Post-purchase actions", Group(*action_lines(order.actions, now)))
    if order.refunds or order.external_refunds:
        yield from _section("Refunds", Group(*refund_lines(order)))
    if order.notes:
        yield from _section("Notes", _notes(order))


def _section(title: str, content: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(title, align="left", style="dim")
    yield content


def _head(order: OrderDetails) -> Table:
    return fields(
        ("Order", f"{order.number} ({order.order_id})" if order.number else str(order.order_id)),
        ("Status", words_of(order.status)),
        ("Payment", words_of(order.payment_status)),
        ("Created", exact(order.created_at)),
        ("Version", f"{order.version}, recorded {exact(order.recorded_at)}"),
        ("Imported", IMPORTED if order.is_imported else ""),
        ("Attention", "\n".join(_reason(order))),
    )


def _reason(order: OrderDetails) -> Iterator[str]:
    for reason in order.attention:
        subject = reason.action or reason.refund_id or reason.external_refund_id or ""
        about = ", ".join(part for part in (subject, reason.code, reason.message) if part)
        yield f"▲ {words_of(reason.kind)}{f': {about}' if about else ''}"
        if reason.kind is AttentionKind.MONEY_ABOVE_TOTAL:
            yield f"  {ABOVE_TOTAL_ADVICE}"
    for note in (refund.credit_note for refund in order.refunds):
        if order.attention and note and note.void:
            yield f"  Credit note {note.number}: {note.void}"


def _general(general: GeneralDetails) -> Group:
    total = str(general.total or "-")
    if general.total != general.original_total:
        total += f" (originally {general.original_total})"
    facts = fields(
        ("Offer", general.offer),
        ("Source", f"{general.source}{''.join(f' #{tag}' for tag in general.tags)}".strip()),
        ("Total", total),
        ("Received", str(general.received)),
        ("Returned", str(general.returned) if general.returned.amount else ""),
        ("Discounts", "\n".join(f"{one.code}: -{one.amount}" for one in general.discounts)),
    )
    return (
        Group(facts, Text(), _lines(general), Text(), _vat(general))
        if general.lines
        else Group(facts)
    )


def _lines(general: GeneralDetails) -> Table:
    amounts = ("Price", "Discount", "Paid", "VAT", "Refunded")
    result = table("Line", "Product", *amounts, numbers=amounts, whole=["Line"])
    for line in general.lines:
        kind = "" if line.kind == "product" else f" ({words_of(line.kind).lower()})"
        replaced = f"\nin place of {line.replaces_product}" if line.replaces_product else ""
        quantity = f"{line.quantity} x " if line.quantity > 1 else ""
        result.add_row(
            text(line.line_id),
            text(f"{quantity}{line.name}{kind}{replaced}"),
            str(line.list_price),
            str(line.discount) if line.discount.amount else "",
            str(line.gross),
            percent_of(line.vat_rate),
            str(line.refunded) if line.refunded.amount else "",
        )
    return result


def _vat(general: GeneralDetails) -> Table:
    amounts = ("Net", "VAT", "Gross", "Refunded", "VAT refunded")
    result = table("VAT rate", *amounts, numbers=amounts)
    for rate in general.vat:
        is_refunded = bool(rate.refunded.amount)
        result.add_row(
            percent_of(rate.vat_rate),
            str(rate.net),
            str(rate.vat),
            str(rate.gross),
            str(rate.refunded) if is_refunded else "",
            str(rate.refunded_vat) if is_refunded else "",
        )
    return result


def _customer(customer: CustomerDetails) -> Table:
    return fields(
        ("Erased", "yes: the customer's data was erased" if customer.is_erased else ""),
        ("Email", customer.email),
        ("Name", f"{customer.first_name} {customer.last_name}".strip()),
        ("Phone", customer.phone),
        ("Company", f"{customer.company} {customer.business_id}".strip()),
        ("Street", customer.street),
        ("City", " ".join(filter(None, (customer.postal_code, customer.city, customer.region)))),
        ("Country", customer.country),
        *customer.custom_fields.items(),
        ("Analytics consent", "yes" if customer.analytics_consent else "no"),
    )


def _payments(order: OrderDetails) -> Group:
    """Show the payments, and below them the ids by which their providers know them."""
    ids = (
        text(f"{one.payment_id}: {words_of(one.provider)} calls it {one.transaction_id}")
        for one in order.payments
        if one.transaction_id
    )
    return Group(_payment_table(order), *ids)


def _payment_table(order: OrderDetails) -> Table:
    result = table("Payment", "Provider", "Method", "Status", "Amount", "At", numbers=["Amount"])
    disputes = {one.payment_id: f"\nchargeback {one.status}" for one in order.disputes}
    for payment in order.payments:
        failure = f"\n{payment.code} {payment.message}" if payment.status == "failed" else ""
        method = f"{words_of(payment.method)} {payment.sub_method}".strip()
        dispute = disputes.get(payment.payment_id, "")
        result.add_row(
            text(payment.payment_id),
            text(words_of(payment.provider)),
            text(method),
            text(f"{words_of(payment.status)}{failure.rstrip()}{dispute}"),
            str(payment.amount),
            exact(payment.at) if payment.at else "",
        )
    return result


def _notes(order: OrderDetails) -> Table:
    result = table("At", "By", "Note")
    for note in order.notes:
        result.add_row(exact(note.at), text(note.by), text(note.text or "(erased)"))
    return result
