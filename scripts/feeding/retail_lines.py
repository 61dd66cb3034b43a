"""One line of the retail file: `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,…`.

A physical line is a record, so that an unclosed quote can never swallow the lines after it. A line
that cannot be used raises UnusableRetailLine with its reason.
"""

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.money import AMOUNT_MAX
from scripts.feeding.countries import CODE_BY_NAME
from scripts.feeding.usage import Reason

HEADING = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
FIELDS = HEADING.count(",") + 1
QUANTITY_MAX = 1_000_000
PENCE_PER_POUND = 100
UK_TIME = ZoneInfo("Europe/London")
INVOICE_NUMBER = re.compile(r"C?[0-9]{1,20}", re.ASCII)
DISCOUNT_CODE = "D"


class RetailLine(Struct, frozen=True, kw_only=True):
    """A line that can be read; amounts are pence, positive also for a cancellation."""

    number: int
    """In the file, counted from 1, the heading included."""
    text: str
    invoice: str
    product: str
    name: str
    quantity: int
    at: datetime
    price: Decimal
    """Pounds for one piece."""
    amount: int
    """Pence for the whole quantity."""
    customer: str
    """Empty where the file names none."""
    country: str

    @property
    def is_cancellation(self) -> bool:
        """Whether it gives money back."""
        return is_cancellation(self.invoice)


class UnusableRetailLine(Exception):
    """A line cannot become part of an order or a refund."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def is_cancellation(invoice: str) -> bool:
    """Tell an invoice that gives money back by its number."""
    return invoice.startswith("C")


def parse(text: str, number: int) -> RetailLine:
    """Read one line; raise UnusableRetailLine."""
    invoice, product, name, quantity_text, at_text, price_text, customer, country = _fields(text)
    if not INVOICE_NUMBER.fullmatch(invoice) or not product:
        raise UnusableRetailLine(Reason.MALFORMED_LINE, "no invoice number or no stock code")
    quantity, price, at = _values(quantity_text, price_text, at_text)
    if country not in CODE_BY_NAME:
        raise UnusableRetailLine(Reason.UNKNOWN_COUNTRY, country)
    return RetailLine(
        number=number,
        text=text,
        invoice=invoice,
        product=product,
        name=name.strip() or product,
        quantity=abs(quantity),
        at=at,
        price=price,
        amount=_amount(quantity, price, is_cancelled=is_cancellation(invoice)),
        customer=customer,
        country=CODE_BY_NAME[country],
    )


def _fields(text: str) -> list[str]:
    try:
        fields = next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise UnusableRetailLine(Reason.MALFORMED_LINE, str(error)) from error
    if len(fields) != FIELDS:
        detail = f"{len(fields)} of {FIELDS} fields"
        raise UnusableRetailLine(Reason.MALFORMED_LINE, detail)
    return fields


def _values(quantity: str, price: str, at: str) -> tuple[int, Decimal, datetime]:
    try:
        local = datetime.strptime(at, "%m/%d/%y %H:%M").replace(tzinfo=UK_TIME)
        pounds = Decimal(price)
        if not pounds.is_finite():
            raise UnusableRetailLine(Reason.MALFORMED_LINE, f"price {price}")
        return int(quantity), pounds, local.astimezone(UTC)
    except (ValueError, InvalidOperation) as error:
        raise UnusableRetailLine(Reason.MALFORMED_LINE, str(error)) from error


def _amount(quantity: int, price: Decimal, *, is_cancelled: bool) -> int:
    if is_cancelled and quantity > 0:
        raise UnusableRetailLine(Reason.CANCELLATION_OF_NOTHING, f"quantity {quantity}")
    if not is_cancelled and quantity < 0:
        raise UnusableRetailLine(Reason.NEGATIVE_QUANTITY, f"quantity {quantity}")
    if price == 0:
        raise UnusableRetailLine(Reason.ZERO_PRICE, "price 0")
    if price < 0:
        raise UnusableRetailLine(Reason.NEGATIVE_PRICE, f"price {price}")
    pence = abs(quantity) * price * PENCE_PER_POUND
    if not (1 <= abs(quantity) <= QUANTITY_MAX and pence <= AMOUNT_MAX):
        raise UnusableRetailLine(Reason.OUT_OF_RANGE, f"{quantity} at {price}")
    if pence != int(pence):
        raise UnusableRetailLine(Reason.FRACTION_OF_A_PENNY, f"{quantity} at {price}")
    return int(pence)
