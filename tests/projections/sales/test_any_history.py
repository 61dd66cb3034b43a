"""Whatever is asked of an order: its sales entries together say what the folded order says."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis.stateful import invariant, rule

from domain.catalogue import name_of
from domain.identifiers import DisputeId, PaymentId
from domain.order.commands.payments import CloseDispute
from domain.order.decide import OrderWish
from domain.order.evolve import evolve
from domain.order.parts import Refund
from domain.order.stages import DisputeStage, RefundStage
from domain.order.state import NEW_ORDER
from domain.order.values import DisputeOutcome
from projections.entry_model import Change
from projections.order_view.refund_details import refund_details
from projections.sales.accounts import SalesKind
from projections.sales.projection import SALES, SalesEntry
from tests.domain.test_invariants import AnyOrder, AskedOrder, payment_ids

REFUNDED = (SalesKind.RETURNED, SalesKind.OWED, SalesKind.RECORDED_ONLY)


class AnyOrderInTheReport(AskedOrder):
    """An order that is asked anything, and the entries that its facts lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = NEW_ORDER
        self.entries: list[SalesEntry] = []

    def ask(self, command: OrderWish) -> None:
        """Add the entries of each new fact; a fact that is no trigger must add none."""
        told = len(self.history)
        super().ask(command)
        for position, (fact, recorded_at) in enumerate(self.history[told:], start=told + 1):
            after = evolve(self.shown, fact, recorded_at)
            change = Change(position=position, fact=fact, before=self.shown, after=after)
            added = SALES.entries(change)
            assert name_of(fact) in SALES.triggers or not added
            assert [entry.number for entry in added] == list(range(1, len(added) + 1))
            assert all(entry.at == fact.at for entry in added)
            self.entries += added
            self.shown = after

    @rule(payment_id=payment_ids)
    def lose_a_dispute(self, payment_id: PaymentId) -> None:
        dispute_id = DisputeId(f"dispute-of-{payment_id}")
        self.now += timedelta(minutes=1)
        self.ask(
            CloseDispute(
                now=self.now, at=self.now, dispute_id=dispute_id, outcome=DisputeOutcome.LOST
            )
        )

    def of(
        self, *kinds: SalesKind, of: Callable[[SalesEntry], int] = lambda one: one.gross
    ) -> dict[str, int]:
        """Add up some kinds for each product."""
        sums = dict.fromkeys((line.product_id for line in self.order.lines), 0)
        for entry in self.entries:
            if entry.kind in kinds:
                sums[entry.product_id] = sums.get(entry.product_id, 0) + of(entry)
        return sums

    def sum_of(self, *kinds: SalesKind) -> int:
        return sum(self.of(*kinds).values())

    def refunds(self, stage: RefundStage = RefundStage.ISSUED) -> list[Refund]:
        return [refund for refund in self.order.refunds if refund.stage is stage]

    @invariant()
    def nothing_counts_before_the_order_is_paid(self) -> None:
        assert self.order.is_paid or not self.entries

    @invariant()
    def what_is_sold_is_what_a_paid_order_costs(self) -> None:
        if self.order.is_paid:
            sold = [entry for entry in self.entries if entry.kind is SalesKind.SALE]
            assert sorted((e.product_id, e.gross, e.vat, e.units) for e in sold) == sorted(
                (line.product_id, line.gross, line.vat, line.quantity) for line in self.order.lines
            )

    @invariant()
    def refunds_that_were_not_restored_are_the_refunds_in_force(self) -> None:
        if self.order.is_paid:
            for value, field in ((gross_of, "amount"), (vat_of, "vat")):
                in_force = dict.fromkeys((line.product_id for line in self.order.lines), 0)
                products = {line.line_id: line.product_id for line in self.order.lines}
                for refund in self.order.refunds:
                    for line in refund.lines if refund.is_in_force else ():
                        in_force[products[line.line_id]] += getattr(line, field)
                restored = self.of(SalesKind.RESTORED, of=value)
                assert in_force == {
                    product: amount - restored[product]
                    for product, amount in self.of(*REFUNDED, of=value).items()
                }

    @invariant()
    def the_net_is_the_orders_total_less_what_was_lost(self) -> None:
        if self.order.is_paid:
            sold = self.sum_of(SalesKind.SALE) + self.sum_of(SalesKind.RESTORED)
            assert sold - self.sum_of(*REFUNDED) == self.order.total
            assert self.sum_of(SalesKind.LOSS) == sum(
                d.amount.amount for d in self.order.disputes if d.stage is DisputeStage.LOST
            )

    @invariant()
    def what_was_returned_is_all_that_came_back_of_refunds_that_count(self) -> None:
        if self.order.is_paid:
            requested = sum(
                transfer.amount.amount
                for refund in self.refunds(RefundStage.REQUESTED)
                for transfer in refund.transfers
                if transfer.is_done
            )
            returned = self.sum_of(
                SalesKind.RETURNED, SalesKind.EXCESS_RETURNED, SalesKind.UNALLOCATED
            )
            assert returned == self.order.returned_total - requested

    @invariant()
    def what_is_owed_is_what_people_have_to_pay_back(self) -> None:
        if self.order.is_paid:
            owed = sum(t.amount.amount for refund in self.refunds() for t in refund.owed)
            excess = sum(refund.excess for refund in self.refunds())
            assert owed - excess <= self.sum_of(SalesKind.OWED) <= owed

    @invariant()
    def what_is_recorded_only_is_what_the_orders_own_page_says(self) -> None:
        if self.order.is_paid and not any(refund.is_restored for refund in self.order.refunds):
            shown = sum(
                refund_details(refund, self.order, {}).recorded_only.amount
                for refund in self.order.refunds
            )
            excess = sum(refund.excess for refund in self.refunds())
            assert shown - excess <= self.sum_of(SalesKind.RECORDED_ONLY) <= shown

    @invariant()
    def no_account_ever_falls_below_nothing(self) -> None:
        for kind in SalesKind:
            assert all(amount >= 0 for amount in self.of(kind).values()), kind


def gross_of(entry: SalesEntry) -> int:
    return entry.gross


def vat_of(entry: SalesEntry) -> int:
    return entry.vat


AnyOrderInTheReport.TestCase.settings = settings(parent=AnyOrder.TestCase.settings)
TestAnyOrderInTheReport = AnyOrderInTheReport.TestCase
