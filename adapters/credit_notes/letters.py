"""A credit note as it goes out: a letter with the document attached, or the document alone.

The rule to know: letter, page and PDF are laid out from the same values and say the same.
"""

from datetime import datetime

from msgspec import Struct, to_builtins

from adapters.credit_notes.contents import CreditNotePage, credit_note_page
from adapters.credit_notes.pdf import pdf_of
from adapters.credit_notes.words import CreditNoteWords, credit_note_words
from adapters.documents.filling import fill_in
from adapters.documents.language import Language, language_of
from adapters.mail.letter import Attachment, Letter
from domain.order.parts import CreditNote, Refund
from domain.order.state import Order

PDF = "application/pdf"


class CreditNoteDocument(Struct, frozen=True, kw_only=True):
    """One credit note, in the language of its customer."""

    page: CreditNotePage
    language: Language
    note: CreditNote

    @property
    def words(self) -> CreditNoteWords:
        """What it says beside its values."""
        return credit_note_words(self.language)

    @property
    def file_name(self) -> str:
        """Name the PDF; the prefix of a number is fit for that."""
        return self.words.file_name.format(self.page.number)

    def html(self) -> str:
        """Lay it out as a page."""
        return self._filled_in("credit_note.html")

    def text(self) -> str:
        """Lay it out as plain text."""
        return self._filled_in("credit_note.txt")

    def pdf(self) -> bytes:
        """Lay it out on paper."""
        values = {
            "note": self.page,
            "w": to_builtins(self.language.words) | to_builtins(self.words),
            "language": self.language.locale.language,
        }
        return pdf_of(values, self.note.issued_at)

    def _filled_in(self, template: str) -> str:
        return fill_in(
            template,
            note=self.page,
            w=to_builtins(self.language.words) | to_builtins(self.words),
            title=self.words.title,
            language=self.language.locale.language,
        )


def credit_note_document(order: Order, refund: Refund, now: datetime) -> CreditNoteDocument:
    """Write the credit note of a refund that has a number."""
    assert refund.credit_note is not None, "a document is written once it has its number"
    language = language_of(order.country)
    page = credit_note_page(order, refund, refund.credit_note, language, now)
    return CreditNoteDocument(page=page, language=language, note=refund.credit_note)


def credit_note_letter(order: Order, refund: Refund, now: datetime) -> Letter:
    """Write the letter that tells the customer, with the credit note attached."""
    document = credit_note_document(order, refund, now)
    subject = document.words.subject.format(order.number)
    seller = document.page.seller.name
    return Letter(
        subject=f"{subject}, {seller}" if seller else subject,
        text=document.text(),
        html=document.html(),
        attachments=(Attachment(name=document.file_name, media_type=PDF, content=document.pdf()),),
    )
