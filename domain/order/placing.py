"""Complete what the checkout states about lines, once: discount shares, paid gross and VAT.

What it leaves out is worked out here and never again; what it states must add up.
"""

from collections.abc import Sequence

from domain.identifiers import LineId
from domain.order.commands.lifecycle import DiscountAsked, LineAsked, PlaceOrder
from domain.order.values import Line
from domain.phrase import say
from domain.rejection import Rejection
from domain.vat import may_be_vat_within, vat_within


class DiscountsDoNotAddUp(Rejection):
    """The lines' shares are not the discounts."""

    code = "discounts_do_not_add_up"

    def __init__(self, shares: int, amounts: int) -> None:
        super().__init__(
            say(
                "The lines' discounts are {shares} together, the codes' {amounts}.",
                shares=shares,
                amounts=amounts,
            )
        )


class DiscountTooLarge(Rejection):
    """A line cannot cost less than nothing."""

    code = "discount_too_large"

    def __init__(self, line_id: str) -> None:
        super().__init__(
            say("The discount of {line_id!r} is more than its price.", line_id=line_id)
        )


class VatOutOfRange(Rejection):
    """A stated VAT is not what its rate gives, however it is rounded."""

    code = "vat_out_of_range"

    def __init__(self, line_id: str, stated: int, expected: int) -> None:
        super().__init__(
            say(
                "The VAT of line {line_id!r} is stated as {stated}; it is {expected}.",
                line_id=line_id,
                stated=stated,
                expected=expected,
            )
        )


class TotalDoesNotAddUp(Rejection):
    """The total is not the sum of the lines."""

    code = "total_does_not_add_up"

    def __init__(self, total: int, lines: int) -> None:
        super().__init__(
            say(
                "The total is stated as {total}; the lines are {lines} together.",
                total=total,
                lines=lines,
            )
        )


def completed_lines(command: PlaceOrder) -> tuple[Line, ...]:
    """Work out every line; refuse sums that do not add up."""
    shares = _discount_shares(command.lines, command.discounts)
    amounts = sum(discount.amount for discount in command.discounts)
    if sum(shares) != amounts:
        raise DiscountsDoNotAddUp(sum(shares), amounts)
    lines = tuple(
        _completed_line(asked, share) for asked, share in zip(command.lines, shares, strict=True)
    )
    gross = sum(line.gross for line in lines)
    if command.total != gross:
        raise TotalDoesNotAddUp(command.total, gross)
    return lines


def _completed_line(asked: LineAsked, discount: int) -> Line:
    gross = asked.list_price - discount
    if gross < 0:
        raise DiscountTooLarge(asked.line_id)
    vat = vat_within(gross, asked.vat_rate) if asked.vat is None else asked.vat
    if not may_be_vat_within(vat, gross, asked.vat_rate, asked.quantity):
        raise VatOutOfRange(asked.line_id, vat, vat_within(gross, asked.vat_rate))
    return Line(
        line_id=asked.line_id,
        kind=asked.kind,
        product_id=asked.product_id,
        name=asked.name,
        quantity=asked.quantity,
        list_price=asked.list_price,
        discount=discount,
        gross=gross,
        vat_rate=asked.vat_rate,
        vat=vat,
        replaces_product=asked.replaces_product,
    )


def _discount_shares(lines: Sequence[LineAsked], discounts: Sequence[DiscountAsked]) -> list[int]:
    """Share the discounts out, one after the other, in proportion to what is left of the prices.

    Shares that the checkout states count towards the first discounts that their lines may have.
    """
    shares = [line.discount or 0 for line in lines]
    stated_left = {line.line_id: line.discount for line in lines if line.discount is not None}
    for discount in discounts:
        eligible = _eligible(lines, discount)
        amount = discount.amount
        for index in eligible:
            stated = min(stated_left.get(lines[index].line_id, 0), amount)
            if stated:
                stated_left[lines[index].line_id] -= stated
                amount -= stated
        open_lines = [index for index in eligible if lines[index].discount is None]
        weights = [lines[index].list_price - shares[index] for index in open_lines]
        for index, share in zip(open_lines, _largest_remainder(amount, weights), strict=True):
            shares[index] += share
    return shares


def _eligible(lines: Sequence[LineAsked], discount: DiscountAsked) -> list[int]:
    named: set[LineId] = set(discount.line_ids)
    return [index for index, line in enumerate(lines) if not named or line.line_id in named]


def _largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount out in proportion; the units left over go to the largest remainders."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index)
    )
    for index in by_remainder[: amount - sum(shares)]:
        shares[index] += 1
    return shares
