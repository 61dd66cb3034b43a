"""Amounts as people type them: read exactly or refused, never guessed."""

import pytest

from adapters.display.amounts import AmountNotUnderstood, parse_amount


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("25", "EUR", 2_500),
        ("25.5", "EUR", 2_550),
        ("25,50", "EUR", 2_550),
        ("0", "EUR", 0),
        ("0.01", "EUR", 1),
        (" 25,50 € ", "EUR", 2_550),
        ("€25.50", "EUR", 2_550),
        ("25.50\u00a0€", "EUR", 2_550),
        ("25.50 EUR", "EUR", 2_550),
        ("290 SEK", "SEK", 29_000),
        ("500", "JPY", 500),
        ("1.5", "KWD", 1_500),
        ("1,234", "KWD", 1_234),
        ("1.2345", "CLF", 12_345),
        ("9999999999.99", "EUR", 999_999_999_999),
    ],
)
def test_an_amount_is_read_as_minor_units_of_its_currency(
    typed: str, currency: str, minor: int
) -> None:
    assert parse_amount(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "EUR"),
        ("€", "EUR"),
        ("1,234", "EUR"),
        ("1 234,50", "EUR"),
        ("1\u00a0234", "EUR"),
        ("1.234,50", "EUR"),
        ("1'234", "EUR"),
        ("25.505", "EUR"),
        ("25.", "EUR"),
        (".5", "EUR"),
        ("-5", "EUR"),
        ("+5", "EUR"),
        ("1e3", "EUR"),
        ("12_3", "EUR"),
        ("NaN", "EUR"),
        ("\uff15", "EUR"),
        ("\u0665", "EUR"),
        ("25 €", "SEK"),
        ("25 USD", "EUR"),
        ("500.0", "JPY"),
        ("500,5", "JPY"),
        ("1.2345", "KWD"),
        ("12345678901", "EUR"),
        ("25\n", "EUR"),
    ],
)
def test_anything_else_is_refused_with_what_an_amount_looks_like(typed: str, currency: str) -> None:
    with pytest.raises(AmountNotUnderstood) as refusal:
        parse_amount(typed, currency)
    assert f"is not an amount in {currency}: write it as 1234" in str(refusal.value)
