"""VAT within prices that include it; rates are basis points (25.5 % is 2550).

Rounded half up per line, fixed when an order is placed and never worked out again. A line's VAT
is refunded by cumulative difference, so that the parts of a line refunded in full sum to it.
"""

BASIS = 10_000


def vat_within(gross: int, rate: int) -> int:
    """Work out the VAT within an amount: gross · rate / (100 % + rate), half up."""
    return _half_up(gross * rate, BASIS + rate)


def may_be_vat_within(vat: int, gross: int, rate: int, quantity: int) -> bool:
    """Say whether rounding alone, piece by piece and in any manner, can explain a stated VAT."""
    difference = abs(vat * (BASIS + rate) - gross * rate)
    return 0 <= vat <= gross and (difference == 0 or difference < quantity * (BASIS + rate))


def vat_of_part(amount: int, *, gross_left: int, vat_left: int, gross: int, vat: int) -> int:
    """Work out the VAT of the next part of a line, given what is left of the line.

    The cumulative VAT follows the line's proportion, and no part's VAT falls below 0 or exceeds
    what keeps the rest possible: so the parts sum to the line's VAT whatever became of others.
    """
    if gross == 0:
        return 0
    rest = gross_left - amount
    wanted = vat_left - (vat - _half_up(vat * (gross - rest), gross))
    return min(max(wanted, 0, vat_left - rest), amount, vat_left)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
