"""Codes as people read them."""

import pytest

from adapters.display.words import counted, orders_need, percent_of, words_of
from domain.money import Money
from domain.order.stages import OrderStatus


def test_the_eight_statuses_read_as_the_product_says_them() -> None:
    assert [words_of(status) for status in OrderStatus] == [
        "Started",
        "In progress",
        "Processing",
        "Paid",
        "Completed",
        "Marked as completed",
        "Partially refunded",
        "Refunded",
    ]


def test_a_code_without_words_of_its_own_reads_as_itself() -> None:
    assert words_of("kajabi_grant") == "Kajabi grant"
    assert words_of("order_bump") == "Order bump"
    assert words_of("") == ""


def test_one_of_a_thing_is_no_plural() -> None:
    assert [counted(count, "action") for count in (0, 1, 2, 1_200)] == [
        "0 actions",
        "1 action",
        "2 actions",
        "1,200 actions",
    ]
    assert [orders_need(count) for count in (1, 2)] == ["1 order needs", "2 orders need"]


@pytest.mark.parametrize(
    ("basis_points", "words"),
    [(2550, "25.5 %"), (2400, "24 %"), (0, "0 %"), (1000, "10 %"), (210, "2.1 %")],
)
def test_a_vat_rate_is_a_percentage_with_no_more_digits_than_it_has(
    basis_points: int, words: str
) -> None:
    assert percent_of(basis_points) == words


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(123_450, "EUR"), "1234.50 EUR"),
        (Money(125_050, "RSD"), "1250.50 RSD"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(-2_000, "EUR"), "-20.00 EUR"),
        (Money(500, "JPY"), "500 JPY"),
        (Money(1_234, "KWD"), "1.234 KWD"),
        (Money(12_345, "CLF"), "1.2345 CLF"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(money: Money, words: str) -> None:
    assert str(money) == words
