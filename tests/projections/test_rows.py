"""What the rows of the orders table and of Requires attention say."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from domain.identifiers import CustomerKeyId
from domain.order.events import CustomerDataErased, OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order
from domain.order.values import LineKind
from projections.attention.projection import ATTENTION
from projections.orders.projection import ORDERS, OrderRow
from tests.projections.sample import BEGIN, BUMP_PRICE, PRICE, Kind, Sample, samples

KEY = CustomerKeyId(UUID(int=1))
RECORDED_AT = BEGIN + timedelta(days=1)


def order_of(facts: list[OrderFact]) -> Order:
    order = NEW_ORDER
    for fact in facts:
        order = evolve(order, fact, RECORDED_AT)
    return order


def row_of(sample: Sample) -> OrderRow:
    row = ORDERS.row(order_of(sample.facts(KEY)), 7, 70)
    assert row is not None
    return row


def one(kind: Kind, *, has_bump: bool = False) -> Sample:
    found = next(sample for sample in samples(len(Kind)) if sample.kind is kind)
    return msgspec.structs.replace(found, has_bump=has_bump)


class TestOrders:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_status_and_payment_status_are_the_orders(self, kind: Kind) -> None:
        row = row_of(one(kind))
        assert (row.status, row.payment_status) == (kind.status, kind.payment_status)

    def test_an_order_that_was_only_opened_shows_its_source_and_no_more(self) -> None:
        sample = one(Kind.OPENED)
        row = row_of(sample)
        assert (row.source, row.tags, row.created_at) == (
            sample.source,
            sample.tags,
            sample.created_at,
        )
        assert (row.number, row.email, row.first_name, row.last_name) == ("", "", "", "")
        assert (row.total, row.products, row.country) == (0, (), "")
        assert (row.payment_provider, row.payment_method, row.payment_stage) == ("", "", None)

    def test_it_says_who_ordered_what_from_where(self) -> None:
        sample = one(Kind.COMPLETED)
        row = row_of(sample)
        assert (row.shop, row.order_id, row.number) == (
            sample.shop,
            sample.order_id,
            sample.number,
        )
        assert (row.email, row.first_name, row.last_name) == (
            sample.email,
            sample.first_name,
            sample.last_name,
        )
        assert (row.country, row.currency, row.discount_codes) == (
            sample.country,
            sample.currency,
            sample.codes,
        )
        assert (row.version, row.position) == (7, 70)

    def test_order_bumps_and_pre_upsells_stand_apart_from_products(self) -> None:
        sample = one(Kind.PAID, has_bump=True)
        order = order_of(sample.facts(KEY))
        upsell = msgspec.structs.replace(
            order.lines[1], kind=LineKind.PRE_UPSELL, name="Master class"
        )
        row = ORDERS.row(msgspec.structs.replace(order, lines=(*order.lines, upsell)), 1, 1)
        assert row is not None
        assert (row.products, row.order_bumps, row.pre_upsells) == (
            ("Watercolours",),
            ("Brushes",),
            ("Master class",),
        )

    def test_a_refund_in_force_comes_off_the_total_and_the_original_stays_beside_it(self) -> None:
        row = row_of(one(Kind.PARTLY_REFUNDED, has_bump=True))
        assert row.original_total == PRICE + BUMP_PRICE
        assert row.refunded == PRICE // 2
        assert row.total == row.original_total - row.refunded
        assert row.received == row.original_total

    def test_the_payment_shown_is_the_one_that_paid(self) -> None:
        sample = one(Kind.COMPLETED)
        row = row_of(sample)
        assert (row.payment_provider, row.payment_method, row.payment_stage) == (
            sample.provider,
            sample.method,
            "received",
        )

    def test_a_failed_try_is_shown_while_nothing_better_is_known(self) -> None:
        assert row_of(one(Kind.NOT_PAID)).payment_stage == "failed"

    def test_an_erased_customer_leaves_no_name_in_the_row(self) -> None:
        facts = one(Kind.COMPLETED).facts(KEY)
        erased = CustomerDataErased(at=BEGIN, customer_key=KEY, by="anna")
        row = ORDERS.row(order_of([*facts, erased]), 1, 1)
        assert row is not None
        assert (row.email, row.first_name, row.last_name) == ("", "", "")
        assert row.total == PRICE


class TestAttention:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_only_a_paid_order_with_an_unfinished_action_has_a_row(self, kind: Kind) -> None:
        row = ATTENTION.row(order_of(one(kind).facts(KEY)), 1, 1)
        assert (row is not None) == kind.can_need_attention

    def test_it_says_since_when_so_that_any_grace_can_be_added(self) -> None:
        row = ATTENTION.row(order_of(one(Kind.PAID).facts(KEY)), 1, 1)
        assert row is not None
        assert (row.unfinished_since, row.asks_at_once_from) == (RECORDED_AT, None)
        (problem,) = row.problems
        assert problem.asks_at(timedelta(seconds=20)) == RECORDED_AT + timedelta(seconds=20)

    def test_it_says_what_is_wrong_without_words_of_others(self) -> None:
        row = ATTENTION.row(order_of(one(Kind.UNHAPPY).facts(KEY)), 1, 1)
        assert row is not None
        (problem,) = row.problems
        assert (problem.action, problem.code) == ("Receipt", "mailbox_full")
        assert (problem.action_kind, problem.destination) == ("receipt_email", "smtp")
        assert (problem.stage, problem.run, problem.attempt) == ("failed", 1, 1)
        assert "message" not in problem.__struct_fields__
