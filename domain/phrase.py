"""Sentences for people that remember what they are made of, so that another language can say them.

The rule to know: a phrase *is* its English text, so whoever only shows it need not know. What it is
made of are values, not text: money, days and other phrases are written by who says it.
"""

from collections.abc import Iterable, Mapping
from typing import Self


class Phrase(str):
    """A sentence, or a part of one, in English."""

    __slots__ = ("template", "values")

    template: str
    """With the names of the values in braces; catalogues of other languages know it by this."""
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """Write the sentence."""
        phrase = super().__new__(cls, template.format_map(values))
        phrase.template, phrase.values = template, values
        return phrase


def say(template: str, /, **values: object) -> Phrase:
    """Say a sentence: `say("{amount} came in", amount=money)`."""
    return Phrase(template, values)


def joined(separator: str, phrases: Iterable[str]) -> Phrase:
    """Put phrases one after another."""
    values = {f"part_{place}": phrase for place, phrase in enumerate(phrases)}
    return Phrase(separator.join(f"{{{name}}}" for name in values), values)
