"""How emails are written in the customer's language."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import asdict

from adapters.documents.language import language_of
from adapters.documents.words import ENGLISH, FINNISH
from domain.money import Money

FINNISH_CUSTOMER, OTHER_CUSTOMER = language_of("FI"), language_of("SE")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("country", ["FI", "AX"])
def test_finland_and_aland_are_written_to_in_finnish(country: str) -> None:
    assert language_of(country).words is FINNISH


@pytest.mark.parametrize("country", ["SE", "EE", "US", ""])
def test_every_other_country_is_written_to_in_english(country: str) -> None:
    assert language_of(country).words is ENGLISH


@pytest.mark.parametrize(
    ("money", "finnish", "english"),
    [
        (Money(123_456_789, "EUR"), "1 234 567,89 €", "€1,234,567.89"),
        (Money(-2_000, "EUR"), "-20,00 €", "-€20.00"),
        (Money(5_000, "JPY"), "5 000 ¥", "JP¥5,000"),
        (Money(100, "ISK"), "100 ISK", "ISK 100"),
        (Money(1_234, "KWD"), "1,234 KWD", "KWD 1.234"),
        (Money(12_345, "CLF"), "1,2345 CLF", "CLF 1.2345"),
        (Money(0, "SEK"), "0,00 SEK", "SEK 0.00"),
    ],
)
def test_money_has_the_digits_of_its_currency(money: Money, finnish: str, english: str) -> None:
    written = FINNISH_CUSTOMER.money(money).replace("\N{MINUS SIGN}", "-")
    assert plain(written) == finnish
    assert plain(OTHER_CUSTOMER.money(money)) == english


def test_a_day_is_the_day_in_helsinki() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert FINNISH_CUSTOMER.date(late) == "3. maaliskuuta 2026"
    assert OTHER_CUSTOMER.date(late) == "3 March 2026"


@pytest.mark.parametrize(
    ("rate", "finnish", "english"),
    [
        (2_550, "25,5 %", "25.5%"),
        (1_400, "14 %", "14%"),
        (1_375, "13,75 %", "13.75%"),
        (0, "0 %", "0%"),
    ],
)
def test_a_vat_rate_is_written_exactly(rate: int, finnish: str, english: str) -> None:
    assert plain(FINNISH_CUSTOMER.percent(rate)) == finnish
    assert OTHER_CUSTOMER.percent(rate) == english


def test_a_way_to_pay_is_named_in_words_and_a_brand_by_its_own_name() -> None:
    assert FINNISH_CUSTOMER.method("card", "visa") == "Kortti (Visa)"
    assert OTHER_CUSTOMER.method("bank", "") == "Online bank"
    assert FINNISH_CUSTOMER.method("mobile", "mobilepay") == "Mobiilimaksu (MobilePay)"
    assert FINNISH_CUSTOMER.method("klarna", "") == "Klarna"


def test_no_word_is_missing_in_either_language() -> None:
    assert all(asdict(FINNISH).values())
    assert all(asdict(ENGLISH).values())
    assert set(FINNISH.methods) == set(ENGLISH.methods)
    assert set(FINNISH.kinds) == set(ENGLISH.kinds)
