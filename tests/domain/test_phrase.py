"""Sentences that another language can say."""

import msgspec

from domain.money import Money
from domain.phrase import Phrase, joined, say


def test_a_phrase_is_its_english_text() -> None:
    phrase = say("{amount} came in", amount=Money(1_250, "EUR"))

    assert phrase == "12.50 EUR came in"
    assert (phrase.template, phrase.values) == (
        "{amount} came in",
        {"amount": Money(1_250, "EUR")},
    )


def test_phrases_are_put_one_after_another() -> None:
    both = joined(", ", [say("one"), say("{n} more", n=2)])

    assert both == "one, 2 more"
    assert isinstance(both.values["part_1"], Phrase)


def test_a_program_is_told_the_english_text() -> None:
    assert msgspec.json.encode([say("one")], enc_hook=str) == b'["one"]'
