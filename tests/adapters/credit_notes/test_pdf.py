"""The PDF: the same bytes for the same words, every letter shown, nothing run and nothing loaded."""

import re
import zlib

import pytest
from msgspec.structs import replace

from adapters.credit_notes.letters import credit_note_document
from domain.identifiers import LineId
from domain.order.state import Order
from domain.order.values import Customer, Line, LineKind, RefundLine
from tests.adapters.credit_notes.given import STORY, numbered
from tests.examples import NOW, REFUND, placed, received, refunded, started
from tests.spec import order_after

ARCHIVE = b"<pdfaid:part>2</pdfaid:part>"


def pdf_of(order: Order) -> bytes:
    return credit_note_document(order, order.refunds_by_id[REFUND], NOW).pdf()


def named(first_name: str) -> Order:
    return replace(STORY, customer=Customer(email="a@example.com", first_name=first_name))


def letters_of(pdf: bytes) -> str:
    """Read which letters its fonts are said to show."""
    found = ""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            stream = zlib.decompress(packed)
        except zlib.error:
            continue
        if b"beginbfchar" in stream:
            for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]+)>", stream):
                found += bytes.fromhex(code.decode()).decode("utf-16-be")
    return found


def test_the_same_words_give_the_same_bytes() -> None:
    assert pdf_of(STORY) == pdf_of(STORY)


def test_any_moment_of_issue_will_do() -> None:
    refund = STORY.refunds_by_id[REFUND]
    assert refund.credit_note is not None
    odd = replace(refund.credit_note, issued_at=NOW.replace(microsecond=123_456))
    order = replace(STORY, refunds_by_id={REFUND: replace(refund, credit_note=odd)})

    assert pdf_of(order) == pdf_of(STORY)


@pytest.mark.parametrize("name", ["Åke Öhman ä", "Łukasz Żółć", "Erdős Ő", "Жук Ирина", "Ćić €"])
def test_names_of_europe_are_shown_and_the_file_is_fit_for_archives(name: str) -> None:
    pdf = pdf_of(named(name))

    assert set(name.replace(" ", "")) <= set(letters_of(pdf))
    assert ARCHIVE in pdf


def test_a_letter_that_no_font_has_does_not_stop_the_document() -> None:
    pdf = pdf_of(named("李雷"))

    assert pdf.startswith(b"%PDF-")
    assert ARCHIVE not in pdf


@pytest.mark.parametrize(
    "written", ['#read("/etc/passwd")', "$x$ *b* _i_ @a <l> \\ // /*", '#import "@preview/a:1.0.0"']
)
def test_what_people_write_is_shown_and_not_run(written: str) -> None:
    pdf = pdf_of(named(written))

    assert set(written.replace(" ", "")) <= set(letters_of(pdf))


def test_many_lines_take_more_pages() -> None:
    lines = tuple(
        Line(
            line_id=LineId(f"line-{number}"),
            kind=LineKind.PRODUCT,
            product_id="p",
            name=f"Lesson {number}",
            quantity=1,
            list_price=100,
            discount=0,
            gross=100,
            vat_rate=2_550,
            vat=20,
        )
        for number in range(120)
    )
    back = [RefundLine(line_id=line.line_id, amount=100, vat=20) for line in lines]
    history = (started(), placed(lines=lines), received(amount=12_000))
    order = order_after(*history, *refunded(*back), numbered())

    assert len(re.findall(rb"/Type ?/Page\b", pdf_of(order))) > 1
    assert len(re.findall(rb"/Type ?/Page\b", pdf_of(STORY))) == 1
