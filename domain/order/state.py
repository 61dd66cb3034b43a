"""The order as its facts leave it: what decisions ask and what rows show.

Fields are folded from facts by `evolve`; everything else is derived here, by its business name.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    DisputeId,
    ExternalRefundId,
    OrderId,
    PaymentId,
    RefundId,
    ShopId,
    TransferId,
)
from domain.order import attention, money, status
from domain.order.attention import AttentionReason
from domain.order.parts import (
    ActionState,
    Dispute,
    ExternalRefund,
    Note,
    Payment,
    Refund,
    TransferState,
)
from domain.order.stages import Closing, OrderStatus, PaymentStatus, RefundStanding
from domain.order.values import Customer, Discount, Line, Link, Offer, PlannedAction


class Order(Struct, frozen=True, kw_only=True):
    """One visit to the checkout, from opening it to the last refund."""

    shop: ShopId = ShopId("")
    order_id: OrderId | None = None
    created_at: datetime | None = None
    offer: Offer | None = None
    link: Link | None = None
    currency: str = ""
    number: str = ""
    customer: Customer | None = None
    customer_key: CustomerKeyId | None = None
    customer_keys: frozenset[CustomerKeyId] = frozenset()
    """Every key that something of this order was ever sealed with."""
    erased_keys: frozenset[CustomerKeyId] = frozenset()
    country: str = ""
    analytics_consent: bool = False
    is_imported: bool = False
    lines: tuple[Line, ...] = ()
    discounts: tuple[Discount, ...] = ()
    planned_actions: tuple[PlannedAction, ...] = ()
    """The actions as the checkout stated them; `actions` tells what became of each."""
    original_total: int = 0
    payments_by_id: dict[PaymentId, Payment] = {}
    disputes_by_id: dict[DisputeId, Dispute] = {}
    actions_by_id: dict[ActionId, ActionState] = {}
    refunds_by_id: dict[RefundId, Refund] = {}
    external_refunds_by_id: dict[ExternalRefundId, ExternalRefund] = {}
    notes: tuple[Note, ...] = ()
    closing: Closing = Closing.OPEN
    is_closed_since_refund: bool = False
    """A person closed the order after the refund standing last changed."""
    is_excess_acknowledged: bool = False
    """A person closed the order after money last arrived."""
    is_return_acknowledged: bool = False
    """A person closed the order after money was last returned."""
    paid_recorded_at: datetime | None = None
    paid_by: PaymentId | None = None
    """The payment with which as much was received as was asked."""
    received_recorded_at: datetime | None = None
    returned_recorded_at: datetime | None = None
    command_ids: frozenset[str] = frozenset()
    """Wishes of people that were granted and must not be granted twice."""

    @property
    def is_started(self) -> bool:
        """The checkout was opened, as far as we know."""
        return self.created_at is not None

    @property
    def is_placed(self) -> bool:
        """The billing form was filled in."""
        return self.number != ""

    @property
    def is_paid(self) -> bool:
        """As much was received as was asked; never untrue again."""
        return self.paid_recorded_at is not None

    @property
    def is_closed_by_hand(self) -> bool:
        """A person completed the order."""
        return self.closing is Closing.MARKED

    @property
    def payments(self) -> tuple[Payment, ...]:
        """All payments, the first first."""
        return tuple(self.payments_by_id.values())

    @property
    def actions(self) -> tuple[ActionState, ...]:
        """All actions in the order in which they came."""
        return tuple(self.actions_by_id.values())

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """All refunds, the first first."""
        return tuple(self.refunds_by_id.values())

    @property
    def external_refunds(self) -> tuple[ExternalRefund, ...]:
        """All refunds that providers made by themselves, the first first."""
        return tuple(self.external_refunds_by_id.values())

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All chargebacks, the first first."""
        return tuple(self.disputes_by_id.values())

    @property
    def transfers(self) -> tuple[tuple[Refund, TransferState], ...]:
        """All transfers, each with its refund, the first first."""
        return tuple((r, t) for r in self.refunds_by_id.values() for t in r.transfers)

    def transfer(self, refund_id: RefundId, transfer_id: TransferId) -> TransferState | None:
        """Find a transfer of a refund."""
        refund = self.refunds_by_id.get(refund_id)
        transfers = refund.transfers if refund else ()
        return next((t for t in transfers if t.transfer_id == transfer_id), None)

    @property
    def shown_payment(self) -> Payment | None:
        """The payment that paid, else the latest."""
        return next((p for p in self.payments if p.is_received), None) or next(
            reversed(self.payments_by_id.values()), None
        )

    @property
    def received_total(self) -> int:
        """All money that providers confirmed."""
        return sum(p.amount.amount for p in self.payments_by_id.values() if p.is_received)

    @property
    def refunded_total(self) -> int:
        """What the refunds in force take off the order's data."""
        return sum(r.amount for r in self.refunds_by_id.values() if r.is_in_force)

    @property
    def total(self) -> int:
        """The order's data total: the original less the refunds in force."""
        return self.original_total - self.refunded_total

    @property
    def returned_total(self) -> int:
        """What was paid back, whether or not the refunds are still in force."""
        return sum(m.returned for m in money.by_payment(self).values())

    @property
    def returnable_total(self) -> int:
        """What can still be paid back."""
        return money.returnable_total(self)

    @property
    def refund_standing(self) -> RefundStanding:
        """How much of the order the refunds in force take back."""
        return status.refund_standing(self)

    @property
    def status(self) -> OrderStatus:
        """The status shown."""
        return status.shown_status(
            status.lifecycle(self), self.refund_standing, is_closed=self.is_closed_since_refund
        )

    @property
    def payment_status(self) -> PaymentStatus:
        """Where the order's money stands."""
        return status.payment_status(self)

    @property
    def has_all_actions_done(self) -> bool:
        """Nothing that is wanted of the order's actions is left to do."""
        return self.is_imported or all(a.is_finished for a in self.actions_by_id.values())

    @property
    def is_ready_to_complete(self) -> bool:
        """Paid, everything done, and nobody has completed it yet."""
        return self.is_paid and self.closing is Closing.OPEN and self.has_all_actions_done

    def attention_reasons(self, now: datetime, grace: timedelta) -> tuple[AttentionReason, ...]:
        """Say why the order needs a look, at a given time; () when it needs none."""
        return tuple(r for r in attention.reasons(self) if r.asks_at(grace) <= now)

    def attention_due_at(self, grace: timedelta) -> datetime | None:
        """Say from when on the order needs a look if nothing more happens; None for never."""
        return min((r.asks_at(grace) for r in attention.reasons(self)), default=None)


NEW_ORDER = Order()
"""The order before its first fact."""
