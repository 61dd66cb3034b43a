"""What stands on a credit note, written out in the customer's language.

The rule to know: amounts are positive, the document's kind carries the sign; every figure is the
refund's own, VAT at the line's original rate and never worked out anew. Number and seller are those
of its issue.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from adapters.credit_notes.payback import payback_sentences
from adapters.credit_notes.words import CreditNoteWords, credit_note_words
from adapters.documents.language import Language
from adapters.documents.receipt_contents import Seller, VatRow, customer_lines
from domain.money import Money
from domain.order.parts import CreditNote, Refund
from domain.order.stages import RefundStage
from domain.order.state import Order
from domain.order.values import Line, RefundLine


class CreditedLine(Struct, frozen=True, kw_only=True):
    """What is credited of a product bought."""

    name: str
    part_of: str
    """What was paid for it, where not all of that is credited."""
    rate: str
    net: str
    vat: str
    gross: str


class CreditNotePage(Struct, frozen=True, kw_only=True):
    """A credit note, ready to be laid out."""

    number: str
    date: str
    corrects: str
    void: str
    """Why it no longer counts; "" while it does."""
    seller: Seller
    customer: tuple[str, ...]
    lines: tuple[CreditedLine, ...]
    above_total: str
    vat: tuple[VatRow, ...]
    total: str
    total_vat: str
    reason: str
    money: str
    paybacks: tuple[str, ...]


def credit_note_page(
    order: Order, refund: Refund, note: CreditNote, language: Language, now: datetime
) -> CreditNotePage:
    """Write out the credit note of a refund; what it says of the money holds at `now`."""
    words = credit_note_words(language)
    return CreditNotePage(
        number=note.shown_number,
        date=language.date(note.issued_at),
        corrects=_corrects(order, words, language),
        void=_void(refund, words),
        seller=Seller(
            name=note.seller.name,
            business_id=note.seller.business_id,
            address=tuple(note.seller.address.splitlines()),
        ),
        customer=tuple(_customer(order, words, language)),
        lines=tuple(_lines(order, refund, language)),
        above_total=language.money(Money(refund.excess, order.currency)) if refund.excess else "",
        vat=tuple(_vat(order, refund, language)),
        total=language.money(Money(refund.amount + refund.excess, order.currency)),
        total_vat=language.money(Money(sum(line.vat for line in refund.lines), order.currency)),
        reason=refund.reason,
        money=words.money.format(date=language.date(now)),
        paybacks=tuple(payback_sentences(order, refund, language)),
    )


def _corrects(order: Order, words: CreditNoteWords, language: Language) -> str:
    assert order.created_at is not None, "only an order that began has refunds"
    return words.corrects.format(order=order.number, date=language.date(order.created_at))


def _void(refund: Refund, words: CreditNoteWords) -> str:
    if refund.stage is RefundStage.FAILED:
        return words.failed
    return words.restored if refund.is_restored else ""


def _customer(order: Order, words: CreditNoteWords, language: Language) -> Iterator[str]:
    if order.customer is None:
        yield words.forgotten
    else:
        yield from customer_lines(order.customer)
    yield language.country(order.country)


def _credited(order: Order, refund: Refund) -> Iterator[tuple[Line, RefundLine]]:
    """Pair what goes back with the line that it was sold by, in the order's own order."""
    part_by_line = {part.line_id: part for part in refund.lines}
    for line in order.lines:
        if line.line_id in part_by_line:
            yield line, part_by_line[line.line_id]


def _lines(order: Order, refund: Refund, language: Language) -> Iterator[CreditedLine]:
    for line, part in _credited(order, refund):
        yield CreditedLine(
            name=f"{line.quantity} x {line.name}" if line.quantity > 1 else line.name,
            part_of=_part_of(line, part, order, language),
            rate=language.percent(line.vat_rate),
            net=language.money(Money(part.amount - part.vat, order.currency)),
            vat=language.money(Money(part.vat, order.currency)),
            gross=language.money(Money(part.amount, order.currency)),
        )


def _part_of(line: Line, part: RefundLine, order: Order, language: Language) -> str:
    if part.amount == line.gross:
        return ""
    paid = language.money(Money(line.gross, order.currency))
    return credit_note_words(language).part_of.format(paid)


def _vat(order: Order, refund: Refund, language: Language) -> Iterator[VatRow]:
    """Sum by rate what the parts of lines hold; the highest rate first."""
    sums: dict[int, tuple[int, int]] = {}
    for line, part in _credited(order, refund):
        gross, vat = sums.get(line.vat_rate, (0, 0))
        sums[line.vat_rate] = (gross + part.amount, vat + part.vat)
    for rate, (gross, vat) in sorted(sums.items(), reverse=True):
        yield VatRow(
            rate=language.percent(rate),
            net=language.money(Money(gross - vat, order.currency)),
            vat=language.money(Money(vat, order.currency)),
            gross=language.money(Money(gross, order.currency)),
        )
