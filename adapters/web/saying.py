"""The ledger's own sentences in the language of the page.

The rule to know: a catalogue knows a phrase by its English template; what is in its braces is
written for the reader: money and days by their formats, people by their name, phrases by this very
rule.
"""

from datetime import date, datetime
from string import Formatter

from adapters.web.formats import Formats
from adapters.web.words import LanguageTag, translations_of
from domain.money import Money
from domain.phrase import Phrase

BY = "by"
"""What sentences call a person, in braces."""
ID_START = " (p-"


def said(text: str, language: LanguageTag, formats: Formats | None = None) -> str:
    """Say a text; one that is no phrase, or that the catalogue lacks, as it comes.

    Pages of no shop have no formats: values stand there as they are.
    """
    if not isinstance(text, Phrase):
        return text
    template = translations_of(language).gettext(text.template) if text.template else ""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format_map(
        {name: _filled_in(name, text.values[name], language, formats) for name in names}
    )


def person_named(by: str) -> str:
    """Give the name alone of who did something: `Laura` of `Laura (p-1)`."""
    return by.rpartition(ID_START)[0] or by


def _filled_in(name: str, value: object, language: LanguageTag, formats: Formats | None) -> str:
    written = _written(value, language, formats)
    return person_named(written) if name == BY else written


def _written(value: object, language: LanguageTag, formats: Formats | None) -> str:
    if isinstance(value, str):
        return said(value, language, formats)
    if formats is None:
        return str(value)
    match value:
        case Money():
            return formats.money(value)
        case datetime():
            return formats.exact(value)
        case date():
            return formats.calendar_day(value)
        case _:
            return str(value)
