"""The ledger's own sentences in the language of the page.

The rule to know: a catalogue knows a phrase by its English template; what is in its braces is
written for the reader: money and days by their formats, phrases by this very rule.
"""

from datetime import date, datetime
from string import Formatter

from adapters.web.formats import Formats
from adapters.web.words import LanguageTag, translations_of
from domain.money import Money
from domain.phrase import Phrase


def said(text: str, language: LanguageTag, formats: Formats | None = None) -> str:
    """Say a text; one that is no phrase, or that the catalogue lacks, as it comes.

    Pages of no shop have no formats: values stand there as they are.
    """
    if not isinstance(text, Phrase):
        return text
    template = translations_of(language).gettext(text.template) if text.template else ""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format_map(
        {name: _written(text.values[name], language, formats) for name in names}
    )


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
