"""VAT within prices: half up, fixed once, refunded by cumulative difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.vat import may_be_vat_within, vat_of_part, vat_within

amounts = st.integers(0, 10**9)
rates = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        (9_900, 2_550, 2_012),
        (3_300, 2_550, 671),
        (10_000, 2_400, 1_935),
        (10_000, 1_350, 1_189),
        (100, 0, 0),
        (0, 2_550, 0),
        (3, 10_000, 2),
    ],
)
def test_vat_within_a_price_is_rounded_half_up(gross: int, rate: int, vat: int) -> None:
    assert vat_within(gross, rate) == vat


def test_three_thirds_of_a_line_have_its_vat_to_the_cent() -> None:
    """99.00 with 25.5 %: 6.71 + 6.70 + 6.71 = 20.12, as the field computes it."""
    shares, left, vat_left = [], 9_900, 2_012
    for _ in range(3):
        share = vat_of_part(3_300, gross_left=left, vat_left=vat_left, gross=9_900, vat=2_012)
        shares.append(share)
        left, vat_left = left - 3_300, vat_left - share
    assert shares == [671, 670, 671]


def test_a_line_without_a_price_has_no_vat_to_refund() -> None:
    assert vat_of_part(0, gross_left=0, vat_left=0, gross=0, vat=0) == 0


@given(gross=amounts, rate=rates)
def test_what_we_work_out_is_always_explained_by_rounding(gross: int, rate: int) -> None:
    vat = vat_within(gross, rate)
    assert may_be_vat_within(vat, gross, rate, 1)
    assert 0 <= vat <= gross


@given(data=st.data(), gross=st.integers(1, 10**6))
def test_parts_sum_to_the_lines_vat_whatever_became_of_others(
    data: st.DataObject, gross: int
) -> None:
    """Parts are refunded, some of them fail and are freed; in the end all is refunded."""
    vat = data.draw(st.integers(0, gross))
    parts: list[tuple[int, int]] = []

    def refund(amount: int) -> None:
        left = gross - sum(part for part, _ in parts)
        vat_left = vat - sum(share for _, share in parts)
        share = vat_of_part(amount, gross_left=left, vat_left=vat_left, gross=gross, vat=vat)
        assert 0 <= share <= amount
        parts.append((amount, share))

    steps: list[bool] = data.draw(st.lists(st.booleans(), max_size=6))
    for is_failing in steps:
        left = gross - sum(part for part, _ in parts)
        if parts and is_failing:
            parts.pop(data.draw(st.integers(0, len(parts) - 1)))
        elif left:
            refund(data.draw(st.integers(1, left)))
    refund(gross - sum(part for part, _ in parts))
    assert sum(share for _, share in parts) == vat
