"""What each fact adds to the sales report: kinds, amounts and the time they are dated with."""

import pytest
from msgspec.structs import replace

from domain.catalogue import name_of
from domain.identifiers import RefundId
from domain.order.events import (
    DisputeClosed,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
    PaymentDisputed,
    RefundedDataRestored,
    RefundFailed,
)
from domain.order.evolve import evolve
from domain.order.parts import Refund
from domain.order.state import NEW_ORDER
from domain.order.values import DisputeOutcome, LineKind, RefundLine, TransferMethod
from projections.entry_model import Change
from projections.sales.accounts import SalesKind
from projections.sales.cover import cover
from projections.sales.projection import SALES, SalesEntry
from tests.examples import (
    BUMP_BACK,
    BUMP_LINE,
    COURSE,
    COURSE_BACK,
    COURSE_LINE,
    DISPUTE,
    EXTERNAL,
    OPERATOR,
    ORDER_ID,
    PAYMENT,
    REFUND,
    SECOND_PAYMENT,
    SECOND_TRANSFER,
    SHOP,
    at,
    euros,
    issued,
    marked_completed,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    started,
    transfer,
    transfer_failed,
    transferred,
)
from tests.spec import order_after

Told = tuple[str, str, int, int]
"""Kind, product, gross and VAT."""


def entries_of(*facts: OrderFact) -> list[SalesEntry]:
    """Tell a whole story, and collect what it adds."""
    order = NEW_ORDER
    found: list[SalesEntry] = []
    for position, fact in enumerate(facts, start=1):
        after = evolve(order, fact, fact.at)
        added = SALES.entries(Change(position=position, fact=fact, before=order, after=after))
        assert name_of(fact) in SALES.triggers or not added, "its follower would not read this"
        found += added
        order = after
    return found


def told(*entries: SalesEntry) -> list[Told]:
    return [(one.kind.value, one.product_id, one.gross, one.vat) for one in entries]


def added_by(last: OrderFact, *story: OrderFact) -> list[Told]:
    """Say what the last fact adds, and hold its date against the fact's own."""
    before = len(entries_of(*story))
    added = entries_of(*story, last)[before:]
    assert {one.at for one in added} <= {last.at}
    return told(*added)


class TestSales:
    def test_an_order_is_sold_line_by_line_when_its_money_has_come(self) -> None:
        first, second = entries_of(*paid(provider="paytrail"))
        assert first == SalesEntry(
            shop=SHOP,
            order_id=ORDER_ID,
            position=3,
            number=1,
            at=at(4),
            order_number="1001",
            kind=SalesKind.SALE,
            product_id="p-course",
            product_name="Course",
            line_kind=LineKind.PRODUCT,
            vat_rate=2_550,
            provider="paytrail",
            source="newsletter",
            country="FI",
            currency="EUR",
            gross=10_000,
            vat=2_032,
            units=1,
        )
        assert (second.number, second.product_id, second.line_kind) == (
            2,
            "p-bump",
            LineKind.ORDER_BUMP,
        )

    def test_an_order_paid_in_part_is_not_sold_yet(self) -> None:
        part = received(amount=4_000)
        assert entries_of(started(), placed(), part) == []
        rest = received(SECOND_PAYMENT, amount=10_000, provider="epassi", minute=9)
        assert {(one.at, one.provider) for one in entries_of(started(), placed(), part, rest)} == {
            (at(9), "epassi")
        }

    def test_an_order_that_a_person_closed_without_money_is_no_sale(self) -> None:
        assert entries_of(started(), placed(), marked_completed()) == []

    def test_a_free_order_is_sold_for_nothing(self) -> None:
        free = replace(COURSE_LINE, list_price=0, gross=0, vat=0)
        (sold,) = entries_of(started(), placed(lines=(free,)), received(amount=0, provider="free"))
        assert (sold.gross, sold.units, sold.provider) == (0, 1, "free")

    def test_history_from_a_former_system_was_sold_too(self) -> None:
        assert len(entries_of(started(), placed(imported=True), received())) == 2

    def test_a_second_payment_sells_nothing_more(self) -> None:
        assert added_by(received(SECOND_PAYMENT, minute=9), *paid()) == []


class TestRefunds:
    @pytest.mark.parametrize(
        ("method", "kind"),
        [
            (TransferMethod.PROVIDER, "returned"),
            (TransferMethod.ELSEWHERE, "returned"),
            (TransferMethod.MANUAL, "owed"),
            (TransferMethod.NONE, "recorded_only"),
        ],
    )
    def test_a_refund_counts_once_issued_by_what_became_of_its_money(
        self, method: TransferMethod, kind: str
    ) -> None:
        *before, issuing = refunded(COURSE_BACK, method=method)
        assert entries_of(*paid(), *before) == entries_of(*paid())
        assert added_by(issuing, *paid(), *before) == [(kind, "p-course", 10_000, 2_032)]

    def test_what_was_owed_and_is_paid_back_moves_at_that_time(self) -> None:
        owed = refunded(COURSE_BACK, method=TransferMethod.MANUAL)
        assert added_by(transferred(), *paid(), *owed) == [
            ("owed", "p-course", -10_000, -2_032),
            ("returned", "p-course", 10_000, 2_032),
        ]

    def test_a_refund_that_fails_after_it_was_issued_is_taken_back_at_that_time(self) -> None:
        gone = refunded(COURSE_BACK)
        failing = RefundFailed(at=at(23), refund_id=REFUND)
        assert added_by(failing, *paid(), *gone, transfer_failed()) == [
            ("owed", "p-course", -10_000, -2_032)
        ]

    def test_one_that_fails_before_never_counted(self) -> None:
        asked = refund_requested(transfer(10_000), lines=(COURSE_BACK,))
        failing = RefundFailed(at=at(23), refund_id=REFUND)
        assert entries_of(*paid(), asked, transfer_failed(), failing) == entries_of(*paid())

    def test_of_two_transfers_the_first_is_for_the_first_lines(self) -> None:
        asked = refund_requested(
            transfer(12_000),
            transfer(2_000, TransferMethod.MANUAL, number=2),
            lines=(COURSE_BACK, BUMP_BACK),
        )
        assert added_by(issued(), *paid(), asked, transferred()) == [
            ("returned", "p-course", 10_000, 2_032),
            ("returned", "p-bump", 2_000, 407),
            ("owed", "p-bump", 2_000, 406),
        ]
        assert added_by(transferred(SECOND_TRANSFER), *paid(), asked, transferred(), issued()) == [
            ("returned", "p-bump", 2_000, 406),
            ("owed", "p-bump", -2_000, -406),
        ]

    def test_before_the_order_is_paid_a_refund_does_not_count_and_then_it_does(self) -> None:
        early = (started(), placed(), *refunded(BUMP_BACK, method=TransferMethod.NONE))
        assert entries_of(*early) == []
        assert [one.kind.value for one in entries_of(*early, received(minute=30))] == [
            "sale",
            "sale",
            "recorded_only",
        ]

    def test_money_above_the_total_is_no_refund_of_a_sale(self) -> None:
        asked = refund_requested(transfer(10_500), lines=(COURSE_BACK,), excess=500)
        assert added_by(issued(), *paid(), asked, transferred()) == [
            ("returned", "p-course", 10_000, 2_032),
            ("excess_returned", "", 500, 0),
        ]

    def test_money_above_the_total_that_is_only_owed_is_not_returned_yet(self) -> None:
        asked = refund_requested(transfer(500, TransferMethod.MANUAL), excess=500)
        assert added_by(issued(), *paid(), asked) == []


class TestRestoring:
    restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)

    def test_a_restored_refund_stays_and_is_reversed_at_its_own_date(self) -> None:
        assert added_by(self.restored, *paid(), *refunded(COURSE_BACK)) == [
            ("restored", "p-course", 10_000, 2_032)
        ]

    def test_nothing_of_it_is_owed_any_more(self) -> None:
        owed = refunded(COURSE_BACK, method=TransferMethod.MANUAL)
        assert added_by(self.restored, *paid(), *owed) == [
            ("owed", "p-course", -10_000, -2_032),
            ("recorded_only", "p-course", 10_000, 2_032),
            ("restored", "p-course", 10_000, 2_032),
        ]

    def test_one_that_fails_later_leaves_nothing_behind(self) -> None:
        story = (*paid(), *refunded(COURSE_BACK), self.restored, transfer_failed())
        failing = RefundFailed(at=at(40), refund_id=REFUND)
        assert added_by(failing, *story) == [
            ("recorded_only", "p-course", -10_000, -2_032),
            ("restored", "p-course", -10_000, -2_032),
        ]


class TestRefundsByProviders:
    observed = ExternalRefundObserved(
        at=at(50), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(10_000)
    )
    allocated = ExternalRefundAllocated(
        at=at(60),
        external_refund_id=EXTERNAL,
        refund_id=REFUND,
        lines=(RefundLine(line_id=COURSE, amount=9_000, vat=1_829),),
        by=OPERATOR,
        unallocated=1_000,
    )

    def test_what_nobody_has_allocated_stands_beside(self) -> None:
        assert added_by(self.observed, *paid()) == [("unallocated", "", 10_000, 0)]

    def test_allocating_makes_a_refund_of_it_at_that_time(self) -> None:
        assert added_by(self.allocated, *paid(), self.observed) == [
            ("unallocated", "", -10_000, 0),
            ("returned", "p-course", 9_000, 1_829),
            ("excess_returned", "", 1_000, 0),
        ]

    def test_one_that_settles_a_recorded_refund_only_moves_it(self) -> None:
        matched = replace(
            self.observed,
            matched_refund=REFUND,
            matched_transfer=transfer(10_000).transfer_id,
        )
        recorded = refunded(COURSE_BACK, method=TransferMethod.NONE)
        assert added_by(matched, *paid(), *recorded) == [
            ("recorded_only", "p-course", -10_000, -2_032),
            ("returned", "p-course", 10_000, 2_032),
        ]

    def test_what_the_provider_takes_back_is_taken_back(self) -> None:
        gone = ExternalRefundFailed(at=at(70), external_refund_id=EXTERNAL, code="canceled")
        assert added_by(gone, *paid(), self.observed) == [("unallocated", "", -10_000, 0)]


class TestDisputes:
    opened = PaymentDisputed(
        at=at(40), dispute_id=DISPUTE, payment_id=PAYMENT, amount=euros(14_000)
    )

    def test_an_open_one_takes_nothing_off(self) -> None:
        assert added_by(self.opened, *paid()) == []

    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [(DisputeOutcome.WON, []), (DisputeOutcome.LOST, [("loss", "", 14_000, 0)])],
    )
    def test_a_lost_one_is_a_loss_and_a_won_one_is_nothing(
        self, outcome: DisputeOutcome, expected: list[Told]
    ) -> None:
        closed = DisputeClosed(at=at(50), dispute_id=DISPUTE, outcome=outcome)
        assert added_by(closed, *paid(), self.opened) == expected


class TestCover:
    def test_a_refund_without_money_is_covered_by_none(self) -> None:
        (part,) = cover(refund_of(refund_requested(lines=(BUMP_BACK,))))
        assert (part.line, part.transfer, part.amount, part.vat) == (BUMP_BACK, None, 4_000, 813)

    def test_a_line_of_nothing_has_no_part(self) -> None:
        free = RefundLine(line_id=BUMP_LINE.line_id, amount=0, vat=0)
        assert list(cover(refund_of(refund_requested(lines=(free,))))) == []

    def test_the_parts_of_a_line_sum_to_its_vat(self) -> None:
        transfers = [transfer(3_333, number=number) for number in (1, 2, 3)]
        line = replace(COURSE_BACK, amount=9_999, vat=2_031)
        parts = list(cover(refund_of(refund_requested(*transfers, lines=(line,)))))
        assert [part.vat for part in parts] == [677, 677, 677]
        assert sum(part.amount for part in parts) == 9_999


def refund_of(*facts: OrderFact) -> Refund:
    return order_after(*paid(), *facts).refunds_by_id[RefundId(REFUND)]
