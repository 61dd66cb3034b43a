"""A credit note as a PDF: our own Typst template, filled in with data.

The rule to know: what people wrote reaches the template as values and never as markup, it loads
nothing, and the same values give the same bytes. Fonts are those within `typst`, so no machine lays
it out otherwise. It is PDF/A-2a, for archives and screen readers, unless a name has a letter that
these fonts lack: then it is a plain PDF with a box in that letter's place, and the email's own text
has the letter.
"""

from datetime import datetime
from functools import cache
from importlib.resources import files

import msgspec
import typst

TEMPLATE = "templates/credit_note.typ"
ARCHIVE_STANDARD: "typst.PDFStandard" = "a-2a"


def pdf_of(values: object, issued_at: datetime) -> bytes:
    """Lay values out. Takes some milliseconds of a processor: call it beside the event loop."""
    inputs = {"page": msgspec.json.encode(values).decode()}
    try:
        return _compiled(inputs, issued_at, [ARCHIVE_STANDARD])
    except typst.TypstError:
        return _compiled(inputs, issued_at, [])


def _compiled(
    inputs: dict[str, str], issued_at: datetime, standards: "list[typst.PDFStandard]"
) -> bytes:
    return typst.compile(
        _template(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=standards,
        # Whole seconds alone are taken.
        timestamp=int(issued_at.timestamp()),
    )


@cache
def _template() -> bytes:
    return files("adapters.documents").joinpath(TEMPLATE).read_bytes()
