"""Amounts at Stripe: in its own minor units, exactly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.providers.stripe.amounts import NotPayable, money_of, stripe_amount
from domain.money import EXPONENTS_BY_CURRENCY, Money
from domain.order.providers import step_of

SAME = [
    (Money(1_234, "EUR"), 1_234),
    (Money(5_000, "JPY"), 5_000),
    (Money(5_120, "KWD"), 5_120),
    (Money(500, "ISK"), 50_000),
    (Money(500, "UGX"), 50_000),
    (Money(500, "MGA"), 5),
    (Money(10_000, "CLF"), 100),
]


@pytest.mark.parametrize(("money", "amount"), SAME)
def test_an_amount_is_written_and_read_in_stripes_units(money: Money, amount: int) -> None:
    assert stripe_amount(money) == amount
    assert money_of(amount, money.currency.lower()) == money


@pytest.mark.parametrize(
    "money", [Money(5_123, "KWD"), Money(505, "MGA"), Money(10_001, "CLF")], ids=str
)
def test_what_stripe_cannot_write_is_refused_rather_than_rounded(money: Money) -> None:
    with pytest.raises(NotPayable, match=money.currency):
        stripe_amount(money)


@pytest.mark.parametrize(("amount", "currency"), [(50_050, "isk"), (1, "ugx")])
def test_parts_of_a_krona_or_shilling_are_not_read(amount: int, currency: str) -> None:
    with pytest.raises(NotPayable):
        money_of(amount, currency)


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "SEK", "MGA", *EXPONENTS_BY_CURRENCY]))
def test_what_can_be_written_is_read_as_the_same(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    try:
        written = stripe_amount(money)
    except NotPayable:
        return
    assert money_of(written, currency.lower()) == money


@pytest.mark.parametrize("currency", sorted({*EXPONENTS_BY_CURRENCY, "EUR", "MGA"}))
def test_a_refund_is_planned_by_hand_exactly_where_the_amount_cannot_be_written(
    currency: str,
) -> None:
    step = step_of("stripe", "", currency)

    payable = [amount for amount in range(1, 301) if _is_payable(Money(amount, currency))]

    assert payable == [amount for amount in range(1, 301) if amount % step == 0]


def _is_payable(money: Money) -> bool:
    try:
        stripe_amount(money)
    except NotPayable:
        return False
    return True
