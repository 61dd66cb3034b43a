"""What holds of every order, whatever is asked of it, in any order and any number of times.

A machine asks an order at random; the numbers are those of the design's invariants.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from domain.identifiers import (
    ActionId,
    DisputeId,
    ExternalRefundId,
    LineId,
    PaymentId,
    RefundId,
    TransferId,
)
from domain.money import Money
from domain.order.access import has_offer_access
from domain.order.commands.actions import (
    CancelAction,
    RequestActions,
    RerunAction,
    StartAction,
)
from domain.order.commands.lifecycle import AddNote, CompleteOrder, EraseCustomerData
from domain.order.commands.payments import (
    CloseDispute,
    FailPayment,
    OpenDispute,
    ReceivePayment,
    StartPayment,
)
from domain.order.commands.refunds import (
    AllocateExternalRefund,
    FailExternalRefund,
    LineAmount,
    LineRefund,
    ObserveExternalRefund,
    RecordRefund,
    RequestRefund,
)
from domain.order.commands.transfers import (
    ConfirmManualRefund,
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    ReportTransferUnresolved,
    StartTransfer,
)
from domain.order.decide import OrderWish, decide
from domain.order.events import (
    ActionOutcomeLate,
    OrderFact,
    RefundedDataRestored,
)
from domain.order.evolve import evolve
from domain.order.money import reserved_by_line
from domain.order.parts import ActionState, Refund
from domain.order.refund_amounts import LineWanted, filled
from domain.order.refundable import refundable
from domain.order.refunds import amount_of, gives_nothing
from domain.order.stages import ActionStage, CancelReason, Closing, PaymentStage, RefundStanding
from domain.order.state import NEW_ORDER, Order
from domain.order.transfer_standing import TransferStanding
from domain.order.transfer_standing import standing_of as standing_of_money
from domain.order.values import DisputeOutcome, LatestConfiguration, Line, TransferMethod
from domain.rejection import Rejection
from tests.domain.matrix import documented_facts
from tests.examples import (
    ALL_PROVIDERS,
    BUMP_LINE,
    CLUB_ACTION,
    COURSE_LINE,
    CUSTOMER_KEY,
    GRACE,
    GRANT_ACTION,
    HOOK_ACTION,
    HOOK_SETTING,
    OPERATOR,
    RECEIPT_ACTION,
    START,
    asked,
    fail,
    place,
    start,
    succeed,
)

FREE_LINE = replace(BUMP_LINE, line_id="gift", list_price=0, gross=0, vat=0)
LINES = (COURSE_LINE, BUMP_LINE, FREE_LINE)
ACTIONS = (RECEIPT_ACTION, HOOK_ACTION, GRANT_ACTION, CLUB_ACTION)
FACTS = documented_facts()
OURS = (TransferMethod.PROVIDER, TransferMethod.MANUAL)
RANK = {PaymentStage.PENDING: 0, PaymentStage.FAILED: 1, PaymentStage.RECEIVED: 2}

payment_ids = st.sampled_from([PaymentId("payment-1"), PaymentId("payment-2")])
refund_ids = st.sampled_from([RefundId("refund-1"), RefundId("refund-2"), RefundId("refund-3")])
external_ids = st.sampled_from([ExternalRefundId("re_1"), ExternalRefundId("re_2")])
dispute_ids = st.sampled_from([DisputeId("dispute-1"), DisputeId("dispute-2")])
command_ids = st.sampled_from(["command-1", "command-2", "command-3"])
providers = st.sampled_from(["stripe", "paytrail", "epassi", "invoice"])
amounts = st.sampled_from([0, 1, 4_000, 6_667, 10_000, 14_000])
line_parts = st.dictionaries(st.sampled_from([line.line_id for line in LINES]), amounts, max_size=3)


class Told(NamedTuple):
    """A fact and when the ledger recorded it."""

    fact: OrderFact
    recorded_at: datetime


def fold(history: Sequence[Told]) -> Order:
    order = NEW_ORDER
    for told in history:
        order = evolve(order, told.fact, told.recorded_at)
    return order


def without_person(fact: OrderFact) -> OrderFact:
    """A fact as it reads once the customer's key is gone."""
    return replace(fact, personal=None) if getattr(fact, "personal", None) else fact


def standing_of(order: Order) -> tuple[object, ...]:
    """All that restoring brings back: the order's data."""
    return (
        order.status,
        order.payment_status,
        order.refund_standing,
        order.total,
        order.refunded_total,
        order.lines,
        reserved_by_line(order),
        order.original_total,
    )


def but_for_money(order: Order, restored: set[RefundId]) -> Order:
    """All of an order but restored refunds, and what was returned for them or by itself.

    That an action was wanted although all was refunded counts only while all is.
    """
    actions = {
        action_id: replace(action, is_wanted_although_refunded=False)
        for action_id, action in order.actions_by_id.items()
    }
    kept = {r: dateless(one) for r, one in order.refunds_by_id.items() if r not in restored}
    return replace(
        order,
        actions_by_id=actions,
        refunds_by_id=kept,
        external_refunds_by_id={},
        returned_recorded_at=None,
        is_return_acknowledged=False,
    )


def dateless(refund: Refund) -> Refund:
    """Forget on which days its money was seen to be back, which refunds by themselves can tell."""
    transfers = tuple(replace(one, returned_recorded_at=None) for one in refund.transfers)
    return replace(refund, transfers=transfers)


def impersonal(order: Order) -> tuple[object, ...]:
    """All that must not depend on knowing the person."""
    return (
        standing_of(order),
        order.returned_total,
        order.returnable_total,
        [(a.stage, a.run, a.attempt, a.holds_access) for a in order.actions],
        [(r.stage, [(t.transfer_id, t.stage) for t in r.claims]) for r in order.refunds],
        order.attention_due_at(GRACE),
    )


def reference_of(transfer_id: TransferId) -> str:
    """Name a transfer as its provider does."""
    return f"re_{transfer_id}"


def returned_parts(order: Order) -> Iterator[tuple[str, int]]:
    """All that was paid back, by the provider's reference; by hand, it has none."""
    for refund in order.refunds:
        for transfer in refund.transfers:
            if transfer.is_done:
                yield "" if transfer.confirmed_by else transfer.reference, transfer.amount.amount
    for external in order.external_refunds:
        if external.is_returned:
            yield external.external_refund_id, external.amount.amount


def where(action: ActionState) -> tuple[object, ...]:
    return (action.stage, action.run, action.attempt, action.code, action.retry_at, action.key)


class AskedOrder(RuleBasedStateMachine):
    """An order that is asked anything."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Told] = []
        self.order = NEW_ORDER
        self.now = START

    def ask(self, command: OrderWish) -> None:
        """Invariants 3, 4 and 5, and the documented matrix: one decision, whatever it says."""
        try:
            facts = decide(command, self.order)
        except Rejection:
            return
        before = self.order
        for fact in facts:
            self.history.append(Told(fact, self.now))
            after = evolve(self.order, fact, self.now)
            documented = FACTS[type(fact).__name__]
            assert type(command).__name__ in documented.commands
            assert after.status in (self.order.status, *documented.statuses)
            if isinstance(fact, ActionOutcomeLate):
                assert [where(a) for a in after.actions] == [where(a) for a in self.order.actions]
                assert standing_of(after) == standing_of(self.order)
            self.order = after
        assert decide(command, self.order) == []
        for payment_id, payment in before.payments_by_id.items():
            now = self.order.payments_by_id[payment_id]
            assert RANK[now.status] >= RANK[payment.status]
        assert self.order.is_paid or not before.is_paid

    @initialize(
        lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=3, unique=True),
        actions=st.sets(st.sampled_from(range(len(ACTIONS)))),
        imported=st.sampled_from([False, False, False, True]),
        shares=st.sampled_from([(), (1,), (2, 2), (1, 1)]),
    )
    def begin(
        self, lines: list[Line], actions: set[int], shares: tuple[int, ...], *, imported: bool
    ) -> None:
        ids = {line.line_id for line in lines}
        planned = [ACTIONS[i] for i in sorted(actions) if ACTIONS[i].line_id in (None, *ids)]
        self.ask(start())
        self.ask(
            place(
                *planned,
                lines=tuple(asked(line) for line in lines),
                total=sum(line.gross for line in lines),
                imported=imported,
            )
        )
        for number, share in enumerate(shares, start=1):
            self.receive_payment(PaymentId(f"payment-{number}"), "stripe", share)
        self.ask(RequestActions(now=self.now))

    @rule(data=st.data(), payment_id=payment_ids)
    def seldom(self, data: st.DataObject, payment_id: PaymentId) -> None:
        """What could happen at any time and seldom matters."""
        what = data.draw(st.sampled_from(SELDOM))
        self.now += timedelta(minutes=data.draw(st.integers(0, 20)))
        self.ask(what(self.now, payment_id))

    @rule(payment_id=payment_ids, provider=providers, share=st.sampled_from([1, 1, 2, 2]))
    def take_money(self, payment_id: PaymentId, provider: str, share: int) -> None:
        self.receive_payment(payment_id, provider, share)

    def receive_payment(self, payment_id: PaymentId, provider: str, share: int) -> None:
        known = self.order.payments_by_id.get(payment_id)
        amount = self.order.original_total // share
        if known and known.is_received:
            amount = known.amount.amount
        self.ask(
            ReceivePayment(
                now=self.now,
                at=self.now,
                payment_id=payment_id,
                provider=provider,
                method="card",
                amount=Money(amount, "EUR"),
                transaction_id="t",
            )
        )

    @precondition(lambda self: any(a.is_in_hand for a in self.order.actions))
    @rule(data=st.data(), well=st.sampled_from([True, True, False]))
    def work(self, data: st.DataObject, *, well: bool) -> None:
        """A worker does what is next for one action."""
        self.ask(RequestActions(now=self.now))
        in_hand = [action for action in self.order.actions if action.is_in_hand]
        action = data.draw(st.sampled_from(in_hand))
        is_new = action.stage is not ActionStage.RUNNING
        if is_new:
            self.now = max(self.now, action.retry_at or self.now)
            self.start(action)
        self.end(data, action.action_id, action.run, action.attempt + is_new, well=well)

    @precondition(lambda self: self.order.actions)
    @rule(data=st.data(), well=st.booleans())
    def trail_behind(self, data: st.DataObject, *, well: bool) -> None:
        """A worker takes an attempt and dies, or tells of one long after."""
        action = data.draw(st.sampled_from(self.order.actions))
        if data.draw(st.booleans()):
            self.start(action)
        else:
            self.end(data, action.action_id, action.run - 1, 1, well=well)

    def start(self, action: ActionState) -> None:
        self.ask(
            StartAction(
                now=self.now,
                action_id=action.action_id,
                run=action.run,
                attempt=action.attempt + 1,
                worker="worker-1",
            )
        )

    def end(
        self, data: st.DataObject, action_id: ActionId, run: int, attempt: int, *, well: bool
    ) -> None:
        before = self.order.actions_by_id[action_id]
        is_current = before.stage is ActionStage.RUNNING and (
            (before.run, before.attempt) == (run, attempt)
        )
        if well:
            self.ask(replace(succeed(action_id, run, attempt), now=self.now))
        else:
            failure = fail(action_id, run, attempt, is_retryable=data.draw(st.booleans()))
            self.ask(replace(failure, now=self.now))
        assert is_current or where(self.order.actions_by_id[action_id]) == where(before)

    @precondition(lambda self: self.order.actions)
    @rule(data=st.data(), command_id=command_ids, latest=st.booleans())
    def rerun_action(self, data: st.DataObject, command_id: str, *, latest: bool) -> None:
        action = data.draw(st.sampled_from(self.order.actions))
        self.ask(
            RerunAction(
                now=self.now,
                command_id=f"rerun-{command_id}",
                action_id=action.action_id,
                by=OPERATOR,
                confirmed=data.draw(st.booleans()),
                force=data.draw(st.booleans()),
                use_latest_configuration=latest,
                latest=LatestConfiguration(settings=action.settings, revision=9),
            )
        )

    @precondition(lambda self: self.order.actions)
    @rule(data=st.data())
    def cancel_action(self, data: st.DataObject) -> None:
        action = data.draw(st.sampled_from(self.order.actions))
        self.ask(
            CancelAction(
                now=self.now,
                action_id=action.action_id,
                run=action.run,
                reason=CancelReason.ACCESS_STILL_JUSTIFIED,
            )
        )

    @rule(command_id=command_ids, run=st.booleans(), restore=st.booleans(), latest=st.booleans())
    def complete(self, command_id: str, *, run: bool, restore: bool, latest: bool) -> None:
        newest = LatestConfiguration(settings=HOOK_ACTION.settings, revision=9)
        self.ask(
            CompleteOrder(
                now=self.now,
                command_id=command_id,
                by=OPERATOR,
                run_actions=run,
                restore_refunded_data=restore,
                use_latest_configuration=latest,
                latest={HOOK_SETTING: newest},
            )
        )

    def draw_parts(self, data: st.DataObject) -> dict[LineId, int]:
        """Choose lines, mostly with what is left of them, sometimes with half or with too much."""
        too_much = data.draw(st.sampled_from([0] * 9 + [1]))
        parts = {}
        for line in refundable(self.order).lines:
            share = data.draw(st.sampled_from([0, 1, 1, 2]))
            if share and line.left:
                parts[line.line_id] = line.left // share + too_much
        return parts

    def draw_refund_id(self, data: st.DataObject) -> RefundId:
        """Choose a new id, or now and then one that is known."""
        known = len(self.order.refunds)
        number = data.draw(st.sampled_from([known, known, known, max(0, known - 1)]))
        return RefundId(f"refund-{number}")

    @precondition(lambda self: self.order.is_paid)
    @rule(
        data=st.data(),
        excess=st.sampled_from([0, 0, 0, 0, 1, 14_000]),
        pay=st.sampled_from([True, True, True, False]),
        access=st.booleans(),
    )
    def request_refund(self, data: st.DataObject, excess: int, *, pay: bool, access: bool) -> None:
        left = {line.line_id: line.left for line in refundable(self.order).lines}
        self.ask(
            RequestRefund(
                now=self.now,
                refund_id=self.draw_refund_id(data),
                by=OPERATOR,
                lines=tuple(
                    LineRefund(
                        line_id=line_id,
                        amount=amount,
                        remove_access=access and amount == left[line_id],
                    )
                    for line_id, amount in self.draw_parts(data).items()
                ),
                excess=excess,
                refund_payments=pay,
                remove_offer_access=access and has_offer_access(self.order),
                providers=ALL_PROVIDERS,
                reason="Aino",
            )
        )

    def record_refund(self, data: st.DataObject) -> None:
        parts = self.draw_parts(data)
        self.ask(
            RecordRefund(
                now=self.now,
                at=self.now,
                refund_id=self.draw_refund_id(data),
                lines=tuple(LineAmount(line_id=i, amount=a) for i, a in parts.items()),
                currency="EUR",
                payment_id=PaymentId("payment-1"),
                reference=data.draw(st.sampled_from(["", "re_1", *self.references()])),
            )
        )

    def references(self) -> list[str]:
        """Name what providers have told of so far."""
        transfers = [t.reference for r in self.order.refunds for t in r.transfers]
        return sorted({*transfers, *self.order.external_refunds_by_id} - {""})

    @precondition(lambda self: any(t.is_open for r in self.order.refunds for t in r.transfers))
    @rule(data=st.data(), tell=st.sampled_from(["take", "pending", "done", "no", "lost", "hand"]))
    def tell_of_open_transfer(self, data: st.DataObject, tell: str) -> None:
        self.tell(
            data,
            tell,
            [t.transfer_id for r in self.order.refunds for t in r.transfers if t.is_open],
        )

    @precondition(lambda self: any(r.transfers for r in self.order.refunds))
    @rule(data=st.data(), tell=st.sampled_from(["done", "no", "no", "hand"]))
    def tell_of_transfer(self, data: st.DataObject, tell: str) -> None:
        self.tell(data, tell, [t.transfer_id for r in self.order.refunds for t in r.transfers])

    def tell(self, data: st.DataObject, tell: str, transfer_ids: list[TransferId]) -> None:
        transfer_id = data.draw(st.sampled_from(transfer_ids))
        refund_id = next(
            r.refund_id
            for r in self.order.refunds
            if transfer_id in [t.transfer_id for t in r.transfers]
        )
        self.ask(NEWS[tell](self.now, refund_id, transfer_id))

    @precondition(lambda self: self.order.is_paid)
    @rule(data=st.data(), external_id=external_ids, payment_id=payment_ids)
    def elsewhere(
        self, data: st.DataObject, external_id: ExternalRefundId, payment_id: PaymentId
    ) -> None:
        """Money goes back without us: news of it, or a person's word on it."""
        external_id = self.draw_provider_refund(data, external_id)
        if data.draw(st.booleans()):
            self.record_refund(data)
        elif external_id not in self.order.external_refunds_by_id:
            amount = data.draw(amounts)
            for refund in self.order.refunds:
                for transfer in refund.owed:
                    amount = transfer.amount.amount
            self.ask(self.seen(external_id, payment_id, Money(amount, "EUR")))
        elif data.draw(st.booleans()):
            self.allocate(data, external_id)
        else:
            self.ask(
                FailExternalRefund(
                    now=self.now, at=self.now, external_refund_id=external_id, code="canceled"
                )
            )

    def draw_provider_refund(
        self, data: st.DataObject, external_id: ExternalRefundId
    ) -> ExternalRefundId:
        """Choose a refund of the provider's own, or one of ours by the provider's name for it."""
        ours = [
            ExternalRefundId(reference_of(t.transfer_id))
            for _, t in self.order.transfers
            if t.method is TransferMethod.PROVIDER
        ]
        return data.draw(st.sampled_from([external_id, *ours]))

    def seen(
        self, external_id: ExternalRefundId, payment_id: PaymentId, amount: Money
    ) -> OrderWish:
        """Take in a refund as its provider tells of it: ours by its name, else by itself."""
        for refund, transfer in self.order.transfers:
            if reference_of(transfer.transfer_id) == external_id and not transfer.is_failed:
                return _done(self.now, refund.refund_id, transfer.transfer_id)
        return ObserveExternalRefund(
            now=self.now,
            at=self.now,
            external_refund_id=external_id,
            payment_id=payment_id,
            amount=amount,
        )

    def allocate(self, data: st.DataObject, external_id: ExternalRefundId) -> None:
        budget = self.order.external_refunds_by_id[external_id].amount.amount
        lines = []
        for line_id, amount in self.draw_parts(data).items():
            part = min(amount, budget)
            if part:
                lines.append(LineRefund(line_id=line_id, amount=part))
                budget -= part
        self.ask(
            AllocateExternalRefund(
                now=self.now,
                external_refund_id=external_id,
                refund_id=self.draw_refund_id(data),
                by=OPERATOR,
                lines=tuple(lines),
            )
        )


class AnyOrder(AskedOrder):
    """What must hold of it after each question."""

    @invariant()
    def what_we_ask_to_return_never_exceeds_what_came_in(self) -> None:
        """Invariant 1."""
        ours: dict[PaymentId, int] = {}
        for refund in self.order.refunds:
            for transfer in refund.claims:
                if transfer.method in OURS:
                    asked_for = ours.get(transfer.payment_id, 0) + transfer.amount.amount
                    ours[transfer.payment_id] = asked_for
        for payment_id, amount in ours.items():
            payment = self.order.payments_by_id[payment_id]
            assert payment.is_received
            assert amount <= payment.amount.amount
        assert sum(ours.values()) <= self.order.received_total
        assert self.order.returnable_total >= 0

    @invariant()
    def returned_is_what_distinct_references_say(self) -> None:
        """One reference is one sum of money, whoever tells of it, and however often."""
        said = {
            reference or f"unnamed {number}": amount
            for number, (reference, amount) in enumerate(returned_parts(self.order))
        }
        assert self.order.returned_total == sum(said.values())

    @invariant()
    def refunds_never_exceed_what_was_paid_for_a_line(self) -> None:
        """Invariants 2 and 6."""
        order = self.order
        reserved = reserved_by_line(order)
        for line in order.lines:
            taken = reserved.get(line.line_id)
            if taken is not None:
                assert 0 <= taken.amount <= line.gross
                assert 0 <= taken.vat <= line.vat
                assert taken.vat == line.vat or taken.amount < line.gross
        assert sum(line.gross for line in order.lines) == order.original_total
        assert 0 <= order.refunded_total <= order.original_total
        assert order.refund_standing in RefundStanding

    @invariant()
    def folding_the_history_gives_the_order(self) -> None:
        """Invariants 3 and 7: replay needs nothing but the facts."""
        assert fold(self.history) == self.order

    @invariant()
    def restoring_equals_a_history_without_the_restored_refunds(self) -> None:
        """Invariant 8."""
        restored = {
            refund_id
            for told in self.history
            if isinstance(told.fact, RefundedDataRestored)
            for refund_id in told.fact.refund_ids
        }
        without = [
            told
            for told in self.history
            if not isinstance(told.fact, RefundedDataRestored)
            and getattr(told.fact, "refund_id", None) not in restored
        ]
        assert standing_of(fold(without)) == standing_of(self.order)
        assert but_for_money(fold(without), restored) == but_for_money(self.order, restored)

    @invariant()
    def all_that_is_left_can_be_refunded(self) -> None:
        """What the form offers in full is granted, and leaves nothing that could be refunded."""
        every = [LineWanted(line_id=line.line_id) for line in self.order.lines]
        for pay in (True, False):
            amounts = filled(every, None, self.order, refund_payments=pay)
            wish = RequestRefund(
                now=self.now,
                refund_id=RefundId("everything"),
                by=OPERATOR,
                lines=amounts.lines,
                excess=amounts.excess,
                refund_payments=pay,
                providers=ALL_PROVIDERS,
            )
            if gives_nothing(wish):
                continue
            after = self.order
            for fact in decide(wish, self.order):
                after = evolve(after, fact, self.now)
            asked = after.refunds_by_id[wish.refund_id]
            if pay:
                assert sum(t.amount.amount for t in asked.transfers) == amount_of(wish)
            left = filled(every, None, after, refund_payments=pay)
            assert gives_nothing(replace(wish, lines=left.lines, excess=left.excess))

    @invariant()
    def the_money_of_every_transfer_stands_somewhere(self) -> None:
        """What is owed and what is returned is told apart, whatever has happened."""
        for refund in self.order.refunds:
            for transfer in refund.transfers:
                standing = standing_of_money(refund, transfer)
                assert (standing is TransferStanding.OWED) == (transfer in refund.owed)
                assert (standing is TransferStanding.RETURNED) == transfer.is_done
                is_claim = transfer in refund.claims
                is_idle = standing in (TransferStanding.RECORDED_ONLY, TransferStanding.VOID)
                assert is_claim != is_idle or standing is TransferStanding.WAITING

    @invariant()
    def attention_is_a_function_of_the_order_and_now(self) -> None:
        """Invariant 9; and a paid order is completed, or asks some day."""
        order = self.order
        due_at = order.attention_due_at(GRACE)
        asks = bool(order.attention_reasons(self.now, GRACE))
        assert asks == (due_at is not None and due_at <= self.now)
        is_ours_to_finish = (
            order.is_paid
            and not order.is_imported
            and order.refund_standing is not RefundStanding.FULL
        )
        if is_ours_to_finish and order.closing is Closing.OPEN:
            assert due_at is not None

    @invariant()
    def every_other_fact_replays_without_the_customers_key(self) -> None:
        """Invariant 10."""
        bare = fold([Told(without_person(told.fact), told.recorded_at) for told in self.history])
        assert impersonal(bare) == impersonal(self.order)
        assert bare.customer is None


def _take(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return StartTransfer(
        now=now, refund_id=refund_id, transfer_id=transfer_id, attempt=1, worker="worker-1"
    )


def _pending(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return ReportTransferPending(
        now=now,
        at=now,
        refund_id=refund_id,
        transfer_id=transfer_id,
        reference=reference_of(transfer_id),
    )


def _done(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return ReportTransferDone(
        now=now,
        at=now,
        refund_id=refund_id,
        transfer_id=transfer_id,
        reference=reference_of(transfer_id),
    )


def _no(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return ReportTransferFailed(
        now=now,
        at=now,
        refund_id=refund_id,
        transfer_id=transfer_id,
        code="declined",
        message="no, Aino",
    )


def _lost(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return ReportTransferUnresolved(
        now=now, at=now, refund_id=refund_id, transfer_id=transfer_id, code="timeout"
    )


def _hand(now: datetime, refund_id: RefundId, transfer_id: TransferId) -> OrderWish:
    return ConfirmManualRefund(now=now, refund_id=refund_id, transfer_id=transfer_id, by=OPERATOR)


def _start_payment(now: datetime, payment_id: PaymentId) -> OrderWish:
    return StartPayment(
        now=now,
        at=now,
        payment_id=payment_id,
        provider="stripe",
        method="card",
        amount=Money(14_000, "EUR"),
    )


def _fail_payment(now: datetime, payment_id: PaymentId) -> OrderWish:
    return FailPayment(
        now=now,
        at=now,
        payment_id=payment_id,
        provider="stripe",
        method="card",
        code="declined",
        message="no, Aino",
    )


def _open_dispute(now: datetime, payment_id: PaymentId) -> OrderWish:
    return OpenDispute(
        now=now,
        at=now,
        dispute_id=DisputeId(f"dispute-of-{payment_id}"),
        payment_id=payment_id,
        amount=Money(4_000, "EUR"),
    )


def _win_dispute(now: datetime, payment_id: PaymentId) -> OrderWish:
    dispute_id = DisputeId(f"dispute-of-{payment_id}")
    return CloseDispute(now=now, at=now, dispute_id=dispute_id, outcome=DisputeOutcome.WON)


def _note(now: datetime, payment_id: PaymentId) -> OrderWish:
    return AddNote(now=now, command_id=f"note-{payment_id}", by=OPERATOR, text="Aino")


def _erase(now: datetime, _: PaymentId) -> OrderWish:
    return EraseCustomerData(now=now, customer_key=CUSTOMER_KEY, by=OPERATOR)


SELDOM = (_start_payment, _fail_payment, _open_dispute, _win_dispute, _win_dispute, _note, _erase)
NEWS: dict[str, Callable[[datetime, RefundId, TransferId], OrderWish]] = {
    "take": _take,
    "pending": _pending,
    "done": _done,
    "no": _no,
    "lost": _lost,
    "hand": _hand,
}

EXAMPLES_VARIABLE = "ORDER_LEDGER_EXAMPLES"
"""Set to look for news: so many random histories. The gate's hundred are the same every time."""

AnyOrder.TestCase.settings = settings(
    max_examples=int(os.environ.get(EXAMPLES_VARIABLE, "100")),
    derandomize=EXAMPLES_VARIABLE not in os.environ,
    stateful_step_count=50,
    deadline=None,
    database=None,
)
TestAnyOrder = AnyOrder.TestCase
