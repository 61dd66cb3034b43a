"""Messages of the retail file: each invoice an order that was paid, each refund one made elsewhere.

Every amount is the file's own to the penny: a synthetic discount raises the list price by as much
as it takes off.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from adapters.messaging.contracts import (
    DiscountIn,
    Inbound,
    LineIn,
    MoneyIn,
    OrderPlacedV1,
    OrderStartedV1,
    PaymentReceivedV1,
    PaymentStartedV1,
    RefundedLineIn,
    RefundRecordedV1,
)
from domain.order.values import LineKind
from scripts.feeding.countries import EU_IN_2010
from scripts.feeding.invented import Invented, invent_customer, invent_purchase
from scripts.feeding.messages import DEMO_SHOP, Message, order_message, type_of
from scripts.feeding.retail_book import Invoice, Refund, read_book
from scripts.feeding.retail_lines import RetailLine
from scripts.feeding.usage import Usage

CURRENCY = "GBP"
NAMESPACE = uuid5(NAMESPACE_URL, "https://doi.org/10.24432/C5BW33")
VAT_RATE_UK_2010 = 1750
VAT_RATE_EXPORT = 0
LIST_PRICE_PER_DISCOUNT = 9
"""A tenth off the list price is a ninth of what is paid."""


class RetailRules(Struct, frozen=True, kw_only=True):
    """How the file is turned into messages."""

    seed: int = 1
    shop: str = DEMO_SHOP
    moved_to: datetime | None = None
    """When the file's last entry shall have happened; None keeps the file's own times."""


def retail_messages(
    raw_lines: Iterable[bytes], rules: RetailRules, usage: Usage
) -> Iterator[Message]:
    """Turn the file's lines into messages, in order of time."""
    book = read_book(raw_lines, usage)
    shift = rules.moved_to - book[-1].at if rules.moved_to and book else timedelta()
    for entry in book:
        if isinstance(entry, Invoice):
            yield from _order(entry, rules, shift)
        else:
            yield _refund(entry, rules, shift)


def _order(invoice: Invoice, rules: RetailRules, shift: timedelta) -> Iterator[Message]:
    invented = invent_purchase(rules.seed, invoice.number, len(invoice.lines))
    number = _number(invoice.number, rules)
    total = MoneyIn(amount=sum(line.amount for line in invoice.lines), currency=CURRENCY)
    facts = (
        OrderStartedV1(offer=invented.offer, link=invented.link, currency=CURRENCY),
        _placed(invoice, invented, rules),
        _payment_started(number, invented, total),
        _payment_received(number, invented, total),
    )
    for data in facts:
        yield _message(
            number,
            data,
            rules=rules,
            at=invoice.at + shift,
            name=type_of(data),
            lines=tuple(line.number for line in invoice.lines),
        )


def _placed(invoice: Invoice, invented: Invented, rules: RetailRules) -> OrderPlacedV1:
    first = invoice.lines[0]
    lines = tuple(
        _line(line, kind, has_discount=bool(invented.code))
        for line, kind in zip(invoice.lines, invented.kinds, strict=True)
    )
    discount = sum(line.discount or 0 for line in lines)
    return OrderPlacedV1(
        number=_number(invoice.number, rules),
        customer=invent_customer(rules.seed, first.customer, invoice.number, first.country),
        country=first.country,
        currency=CURRENCY,
        lines=lines,
        total=sum(line.amount for line in invoice.lines),
        analytics_consent=invented.consent,
        discounts=(DiscountIn(code=invented.code, amount=discount),) if discount else (),
        imported=rules.moved_to is None,
    )


def _line(line: RetailLine, kind: LineKind, *, has_discount: bool) -> LineIn:
    discount = line.amount // LIST_PRICE_PER_DISCOUNT if has_discount else 0
    return LineIn(
        line_id=_line_id(line.number),
        kind=kind,
        product_id=line.product,
        name=line.name,
        quantity=line.quantity,
        list_price=line.amount + discount,
        discount=discount,
        vat_rate=VAT_RATE_UK_2010 if line.country in EU_IN_2010 else VAT_RATE_EXPORT,
    )


def _payment_started(number: str, invented: Invented, total: MoneyIn) -> PaymentStartedV1:
    provider, method, sub_method = invented.purse
    return PaymentStartedV1(
        payment_id=_payment_id(number),
        provider=provider,
        method=method,
        sub_method=sub_method,
        amount=total,
    )


def _payment_received(number: str, invented: Invented, total: MoneyIn) -> PaymentReceivedV1:
    provider, method, sub_method = invented.purse
    return PaymentReceivedV1(
        payment_id=_payment_id(number),
        provider=provider,
        method=method,
        sub_method=sub_method,
        amount=total,
        transaction_id=f"synthetic-{number}",
    )


def _refund(refund: Refund, rules: RetailRules, shift: timedelta) -> Message:
    number = _number(refund.invoice, rules)
    data = RefundRecordedV1(
        refund_id=_number(refund.number, rules),
        currency=CURRENCY,
        lines=tuple(
            RefundedLineIn(line_id=_line_id(line), amount=amount)
            for line, amount in refund.amount_by_line.items()
        ),
        payment_id=_payment_id(number),
        reference=refund.number,
    )
    return _message(
        number,
        data,
        rules=rules,
        at=refund.at + shift,
        name=refund.number,
        lines=tuple(cancelled.number for cancelled, _ in refund.pairs),
    )


def _message(
    number: str,
    data: Inbound,
    *,
    rules: RetailRules,
    at: datetime,
    name: str,
    lines: tuple[int, ...],
) -> Message:
    return order_message(
        rules.shop,
        uuid5(NAMESPACE, number),
        data,
        message_id=f"{rules.shop}/{number}/{name}",
        time=at,
        lines=lines,
    )


def _number(invoice: str, rules: RetailRules) -> str:
    """Keep the invoice's number; a file that was moved is a new set of orders with new ones."""
    if rules.moved_to is None:
        return invoice
    return f"{invoice}-{rules.moved_to.astimezone(UTC):%y%m%d%H%M%S}"


def _line_id(number: int) -> str:
    return f"line-{number}"


def _payment_id(number: str) -> str:
    return f"payment-{number}"
