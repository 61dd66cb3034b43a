"""The General and Customer parts of the order sheet: stored figures, never worked out anew."""

from collections.abc import Iterator

from domain.identifiers import LineId
from domain.money import Money
from domain.order.state import Order
from domain.order.values import Customer, RefundLine
from projections.order_view.details import (
    CustomerDetails,
    DiscountDetails,
    GeneralDetails,
    LineDetails,
    VatDetails,
)

NOBODY = Customer(email="")


def general_details(order: Order) -> GeneralDetails:
    """Show what was sold, from where, for how much."""
    return GeneralDetails(
        offer_id=order.offer.id if order.offer else "",
        offer=order.offer.name if order.offer else "",
        link_id=order.link.id if order.link else "",
        source=order.link.source if order.link else "",
        tags=order.link.tags if order.link else (),
        total=Money(order.total, order.currency) if order.is_placed else None,
        original_total=Money(order.original_total, order.currency) if order.is_placed else None,
        received=Money(order.received_total, order.currency),
        returned=Money(order.returned_total, order.currency),
        lines=tuple(_lines(order)),
        discounts=tuple(
            DiscountDetails(code=discount.code, amount=Money(discount.amount, order.currency))
            for discount in order.discounts
        ),
        vat=tuple(_vat(order)),
    )


def customer_details(order: Order) -> CustomerDetails | None:
    """Show the billing form; None until it is filled in."""
    if not order.is_placed:
        return None
    form = order.customer or NOBODY
    return CustomerDetails(
        email=form.email,
        first_name=form.first_name,
        last_name=form.last_name,
        phone=form.phone,
        company=form.company,
        business_id=form.business_id,
        street=form.address.street,
        postal_code=form.address.postal_code,
        city=form.address.city,
        region=form.address.region,
        country=order.country,
        custom_fields=form.custom_fields,
        analytics_consent=order.analytics_consent,
        is_erased=order.customer is None,
    )


def customer_named(customer: Customer | None) -> str:
    """Name a customer for people: `Aino Virtanen <aino@example.com>`; "" of one who is erased."""
    if customer is None:
        return ""
    name = f"{customer.first_name} {customer.last_name}".strip() or customer.company
    return f"{name} <{customer.email}>".strip()


def _lines(order: Order) -> Iterator[LineDetails]:
    refunded_by_line: dict[LineId, int] = {}
    for part in _refunded(order):
        refunded_by_line[part.line_id] = refunded_by_line.get(part.line_id, 0) + part.amount
    for line in order.lines:
        yield LineDetails(
            line_id=line.line_id,
            kind=line.kind,
            product_id=line.product_id,
            name=line.name,
            quantity=line.quantity,
            list_price=Money(line.list_price, order.currency),
            discount=Money(line.discount, order.currency),
            gross=Money(line.gross, order.currency),
            vat_rate=line.vat_rate,
            vat=Money(line.vat, order.currency),
            refunded=Money(refunded_by_line.get(line.line_id, 0), order.currency),
            replaces_product=line.replaces_product,
        )


def _vat(order: Order) -> Iterator[VatDetails]:
    rate_by_line = {line.line_id: line.vat_rate for line in order.lines}
    for rate in sorted(set(rate_by_line.values()), reverse=True):
        lines = [line for line in order.lines if line.vat_rate == rate]
        parts = [part for part in _refunded(order) if rate_by_line.get(part.line_id) == rate]
        gross, vat = sum(line.gross for line in lines), sum(line.vat for line in lines)
        yield VatDetails(
            vat_rate=rate,
            net=Money(gross - vat, order.currency),
            vat=Money(vat, order.currency),
            gross=Money(gross, order.currency),
            refunded=Money(sum(part.amount for part in parts), order.currency),
            refunded_vat=Money(sum(part.vat for part in parts), order.currency),
        )


def _refunded(order: Order) -> Iterator[RefundLine]:
    """Go through the lines of the refunds in force."""
    return (part for refund in order.refunds if refund.is_in_force for part in refund.lines)
