"""The languages of the page: English in the templates, others in catalogues (`locales/<tag>.po`).

The rule to know: an English text is its own key, so a text that a catalogue lacks shows in English.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


class LanguageTag(StrEnum):
    """A language of the page (BCP 47)."""

    ENGLISH = "en"
    FINNISH = "fi"


NAME_BY_LANGUAGE: Mapping[LanguageTag, str] = {
    LanguageTag.ENGLISH: "English",
    LanguageTag.FINNISH: "Suomi",
}


@cache
def translations_of(language: LanguageTag) -> NullTranslations:
    """Read a language's catalogue, once."""
    if language is LanguageTag.ENGLISH:
        return NullTranslations()
    with files(__package__).joinpath("locales", f"{language.value}.po").open("rb") as source:
        catalogue = read_po(source, locale=language.value)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return GNUTranslations(BytesIO(compiled.getvalue()))


def preferred_language(accept_language: str) -> LanguageTag:
    """Take the first language that a browser asks for and we speak; else English."""
    for wish in accept_language.split(","):
        tag = wish.partition(";")[0].strip().partition("-")[0].lower()
        if tag in set(LanguageTag):
            return LanguageTag(tag)
    return LanguageTag.ENGLISH
