"""The ledger's own sentences in the language of the page.

The rule to know: a catalogue knows a phrase by its English template; what is in its braces is
written for the reader: money and lengths of time by their formats, phrases by this very rule.
"""

from string import Formatter

from adapters.web.formats import Formats
from adapters.web.words import LanguageTag, translations_of
from domain.money import Money
from domain.phrase import Phrase


def said(text: str, language: LanguageTag, formats: Formats) -> str:
    """Say a text; one that is no phrase, or that the catalogue lacks, as it comes."""
    if not isinstance(text, Phrase):
        return text
    template = translations_of(language).gettext(text.template) if text.template else ""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format_map(
        {name: _written(text.values[name], language, formats) for name in names}
    )


def _written(value: object, language: LanguageTag, formats: Formats) -> str:
    if isinstance(value, Money):
        return formats.money(value)
    return said(value, language, formats) if isinstance(value, str) else str(value)
