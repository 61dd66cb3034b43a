"""What stands on a receipt, written out in the customer's language.

The rule to know: all figures are stored ones, as the order sheet shows them; the only sums made
here take refunds in force off what was sold.
"""

from collections.abc import Iterator

from msgspec import Struct

from adapters.documents.language import Language
from adapters.shops.settings import ShopSettings
from domain.money import Money
from domain.order.state import Order
from domain.order.values import Customer
from projections.order_view.details import GeneralDetails, LineDetails
from projections.order_view.general import general_details


class Seller(Struct, frozen=True, kw_only=True):
    """Who sold it."""

    name: str
    business_id: str
    address: tuple[str, ...]


class ReceiptLine(Struct, frozen=True, kw_only=True):
    """A product bought."""

    name: str
    remarks: tuple[str, ...]
    gross: str


class AmountRow(Struct, frozen=True, kw_only=True):
    """An amount and what it is."""

    name: str
    amount: str


class VatRow(Struct, frozen=True, kw_only=True):
    """One VAT rate's share of what was sold."""

    rate: str
    net: str
    vat: str
    gross: str


class Receipt(Struct, frozen=True, kw_only=True):
    """A receipt, ready to be laid out."""

    seller: Seller
    number: str
    date: str
    customer: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    discounts: tuple[AmountRow, ...]
    vat: tuple[VatRow, ...]
    total: str
    payments: tuple[AmountRow, ...]
    refunds: tuple[AmountRow, ...]
    """Those in force."""
    total_after_refunds: str
    vat_after_refunds: str


def receipt_of(order: Order, customer: Customer, shop: ShopSettings, language: Language) -> Receipt:
    """Write out the receipt of an order as it stands."""
    general = general_details(order)
    return Receipt(
        seller=Seller(
            name=shop.display_name,
            business_id=shop.business_id,
            address=tuple(shop.address.splitlines()),
        ),
        number=order.number,
        date=language.date(order.created_at) if order.created_at else "",
        customer=(*customer_lines(customer), language.country(order.country)),
        lines=tuple(_line(line, language) for line in general.lines),
        discounts=tuple(
            AmountRow(name=one.code, amount=_less(one.amount, language))
            for one in general.discounts
        ),
        vat=tuple(_vat(general, language)),
        total=language.money(Money(order.original_total, order.currency)),
        payments=tuple(_payments(order, language)),
        refunds=tuple(_refunds(order, language)),
        total_after_refunds=language.money(Money(order.total, order.currency)),
        vat_after_refunds=language.money(_vat_left(general, order.currency)),
    )


def product_name(line: LineDetails) -> str:
    """Name a product with how many there are of it."""
    return f"{line.quantity} x {line.name}" if line.quantity > 1 else line.name


def customer_lines(customer: Customer) -> Iterator[str]:
    """Say whom it is for, in lines."""
    address = customer.address
    yield from filter(
        None,
        (
            customer.company,
            customer.business_id,
            f"{customer.first_name} {customer.last_name}".strip(),
            address.street,
            " ".join(filter(None, (address.postal_code, address.city, address.region))),
            customer.email,
        ),
    )


def _line(line: LineDetails, language: Language) -> ReceiptLine:
    return ReceiptLine(
        name=product_name(line),
        remarks=tuple(_remarks(line, language)),
        gross=language.money(line.gross),
    )


def _remarks(line: LineDetails, language: Language) -> Iterator[str]:
    words = language.words
    if line.kind in words.kinds:
        yield words.kinds[line.kind]
    if line.replaces_product:
        yield words.replaces.format(line.replaces_product)
    if line.discount.amount:
        yield f"{words.list_price} {language.money(line.list_price)}"
        yield f"{words.discount} {_less(line.discount, language)}"
    yield f"{words.vat} {language.percent(line.vat_rate)}"


def _less(money: Money, language: Language) -> str:
    return language.money(Money(-money.amount, money.currency))


def _vat(general: GeneralDetails, language: Language) -> Iterator[VatRow]:
    for vat in general.vat:
        yield VatRow(
            rate=language.percent(vat.vat_rate),
            net=language.money(vat.net),
            vat=language.money(vat.vat),
            gross=language.money(vat.gross),
        )


def _payments(order: Order, language: Language) -> Iterator[AmountRow]:
    for payment in order.payments:
        if payment.received_at is not None:
            how = language.method(payment.method, payment.sub_method)
            name = f"{how}, {language.date(payment.received_at)}"
            yield AmountRow(name=name, amount=language.money(payment.amount))


def _refunds(order: Order, language: Language) -> Iterator[AmountRow]:
    for refund in order.refunds:
        if refund.is_in_force:
            money = Money(refund.amount + refund.excess, order.currency)
            name = f"{language.words.refund}, {language.date(refund.at)}"
            yield AmountRow(name=name, amount=_less(money, language))


def _vat_left(general: GeneralDetails, currency: str) -> Money:
    return Money(sum(vat.vat.amount - vat.refunded_vat.amount for vat in general.vat), currency)
