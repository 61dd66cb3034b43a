"""The sums of a billing form: what is left out is worked out once, what is stated must add up."""

from msgspec.structs import replace

from domain.configuration.settings import ActionLevel
from domain.identifiers import LineId
from domain.order.commands.lifecycle import DiscountAsked, LineAsked, PlaceOrder
from domain.order.events import OrderPlaced
from domain.order.values import Line
from tests.examples import (
    BUMP,
    BUMP_LINE,
    COURSE,
    COURSE_LINE,
    GRANT_ACTION,
    RECEIPT_ACTION,
    TOTAL,
    asked,
    place,
    started,
)
from tests.spec import given


def lines_of(command: PlaceOrder) -> tuple[Line, ...]:
    """The lines as the order keeps them."""
    return given(started()).when(command).then_kinds(OrderPlaced).lines


def refused(command: PlaceOrder, code: str) -> None:
    given(started()).when(command).then_rejected(code)


def line(number: int, list_price: int, discount: int | None = None) -> LineAsked:
    return replace(
        asked(COURSE_LINE), line_id=f"line-{number}", list_price=list_price, discount=discount
    )


def discounted(
    lines: tuple[LineAsked, ...], *discounts: DiscountAsked, total: int | None = None
) -> PlaceOrder:
    amounts = sum(discount.amount for discount in discounts)
    expected = sum(one.list_price for one in lines) - amounts
    return replace(
        place(lines=lines, total=expected if total is None else total), discounts=discounts
    )


class TestVat:
    def test_vat_that_is_left_out_is_worked_out_half_up_from_what_is_paid(self) -> None:
        assert [one.vat for one in lines_of(place())] == [2_032, 813]

    def test_a_stated_vat_is_kept_when_rounding_explains_it(self) -> None:
        stated = (asked(COURSE_LINE, vat=2_031), asked(BUMP_LINE, vat=813))
        assert lines_of(place(lines=stated))[0].vat == 2_031

    def test_a_stated_vat_is_refused_when_rounding_cannot_explain_it(self) -> None:
        stated = (asked(COURSE_LINE, vat=2_030), asked(BUMP_LINE))
        refused(place(lines=stated), "vat_out_of_range")

    def test_rounding_piece_by_piece_may_differ_by_a_unit_a_piece(self) -> None:
        pieces = replace(asked(COURSE_LINE, vat=2_027), quantity=5)
        assert lines_of(place(lines=(pieces,), total=10_000))[0].vat == 2_027

    def test_a_line_without_vat_states_none(self) -> None:
        untaxed = replace(asked(COURSE_LINE, vat=0), vat_rate=0)
        assert lines_of(place(lines=(untaxed,), total=10_000))[0].vat == 0

    def test_vat_cannot_exceed_what_is_paid(self) -> None:
        refused(place(lines=(replace(line(1, 0), vat=1),), total=0), "vat_out_of_range")


class TestDiscountShares:
    def test_a_share_that_is_left_out_follows_the_prices(self) -> None:
        command = discounted(
            (line(1, 7_500), line(2, 2_500)), DiscountAsked(code="X", amount=1_000)
        )
        assert [one.discount for one in lines_of(command)] == [750, 250]

    def test_units_left_over_go_to_the_largest_remainders(self) -> None:
        command = discounted(
            (line(1, 100), line(2, 100), line(3, 100)), DiscountAsked(code="X", amount=100)
        )
        assert [one.discount for one in lines_of(command)] == [34, 33, 33]

    def test_a_code_is_spread_over_its_own_lines_only(self) -> None:
        code = DiscountAsked(code="X", amount=1_000, line_ids=(LineId("line-2"),))
        command = discounted((line(1, 7_500), line(2, 2_500)), code)
        assert [one.discount for one in lines_of(command)] == [0, 1_000]

    def test_a_later_code_is_spread_over_what_the_earlier_left(self) -> None:
        first = DiscountAsked(code="X", amount=2_500, line_ids=(LineId("line-2"),))
        command = discounted(
            (line(1, 7_500), line(2, 2_500)), first, DiscountAsked(code="Y", amount=500)
        )
        assert [one.discount for one in lines_of(command)] == [500, 2_500]

    def test_stated_shares_are_kept_and_the_rest_is_spread_over_the_others(self) -> None:
        command = discounted(
            (line(1, 7_500, discount=100), line(2, 2_500), line(3, 2_500)),
            DiscountAsked(code="X", amount=1_000),
        )
        assert [one.discount for one in lines_of(command)] == [100, 450, 450]

    def test_stated_shares_must_be_the_discounts(self) -> None:
        command = discounted(
            (line(1, 7_500, discount=100), line(2, 2_500, discount=100)),
            DiscountAsked(code="X", amount=1_000),
        )
        refused(command, "discounts_do_not_add_up")

    def test_a_share_without_a_code_does_not_add_up(self) -> None:
        command = discounted((line(1, 7_500, discount=100),), total=7_400)
        refused(command, "discounts_do_not_add_up")

    def test_a_discount_on_nothing_does_not_add_up(self) -> None:
        refused(discounted((line(1, 0),), DiscountAsked(code="X", amount=1)), "negative_amount")
        refused(
            discounted((line(1, 0),), DiscountAsked(code="X", amount=1), total=0),
            "discounts_do_not_add_up",
        )

    def test_a_line_cannot_cost_less_than_nothing(self) -> None:
        command = discounted(
            (line(1, 100), line(2, 500)), DiscountAsked(code="X", amount=601), total=0
        )
        refused(command, "discount_too_large")

    def test_a_code_cannot_name_a_line_that_is_not_there(self) -> None:
        code = DiscountAsked(code="X", amount=1, line_ids=(LineId("gone"),))
        refused(discounted((line(1, 100),), code), "line_unknown")


class TestSums:
    def test_the_total_must_be_the_sum_of_the_lines(self) -> None:
        refused(place(total=TOTAL - 1), "total_does_not_add_up")

    def test_a_free_order_is_an_order(self) -> None:
        assert lines_of(place(lines=(line(1, 0),), total=0))[0].gross == 0

    def test_amounts_are_not_negative(self) -> None:
        refused(place(lines=(line(1, -1),), total=0), "negative_amount")

    def test_the_currency_is_the_orders(self) -> None:
        refused(replace(place(), currency="SEK"), "wrong_currency")


class TestForm:
    def test_an_order_has_a_line(self) -> None:
        refused(place(lines=(), total=0), "no_lines")

    def test_an_order_may_have_1000_lines(self) -> None:
        many = tuple(line(number, 7) for number in range(1_000))
        assert len(lines_of(place(lines=many, total=7_000))) == 1_000

    def test_an_order_cannot_have_1001_lines(self) -> None:
        many = tuple(line(number, 7) for number in range(1_001))
        refused(place(lines=many, total=7_007), "too_many_lines")

    def test_two_lines_cannot_have_one_id(self) -> None:
        refused(place(lines=(line(1, 5), line(1, 5)), total=10), "line_twice")

    def test_two_actions_cannot_have_one_id(self) -> None:
        refused(place(RECEIPT_ACTION, RECEIPT_ACTION), "action_twice")

    def test_an_action_of_a_product_names_its_line(self) -> None:
        refused(place(replace(GRANT_ACTION, line_id=None)), "action_without_line")

    def test_an_action_cannot_name_a_line_that_is_not_there(self) -> None:
        refused(place(replace(GRANT_ACTION, line_id="gone")), "line_unknown")

    def test_an_action_of_the_offer_may_name_a_line(self) -> None:
        named = replace(GRANT_ACTION, level=ActionLevel.OFFER, line_id=BUMP)
        assert lines_of(place(named))[0].line_id == COURSE
