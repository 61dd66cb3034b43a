"""An account at Stripe: its refunds and disputes, and a ledger of the money that went back.

The rule to know: money leaves when a refund is taken, also while it is pending, and comes back when
the refund fails. What was done is told in `told`, the events in the order in which things happened.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from scripts.receivers.stripe_ids import Paid, paid_by

FAILED = frozenset({"failed", "canceled"})
OPEN = frozenset({"pending", "requires_action"})


class Manner(StrEnum):
    """What it does with a refund that is in order."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SHORT = "short"
    """The balance is too small: a card's refund waits, any other fails."""
    FAILED = "failed"
    CANCELED = "canceled"


class Refund(Struct, kw_only=True):
    """A refund, as Stripe writes it."""

    id: str
    amount: int
    currency: str
    charge: str
    payment_intent: str
    created: int
    status: str
    metadata: dict[str, str]
    reason: str | None = None
    failure_reason: str | None = None
    pending_reason: str | None = None
    object: str = "refund"


class Dispute(Struct, kw_only=True):
    """A dispute, as Stripe writes it."""

    id: str
    amount: int
    currency: str
    charge: str
    payment_intent: str
    created: int
    status: str
    reason: str = "general"
    object: str = "dispute"


class Movement(Struct, frozen=True, kw_only=True):
    """Money that left the account, or came back to it: the ledger's lines, never changed."""

    payment_intent: str
    refund_id: str
    amount: int
    """What went to the customer; negative when it came back."""


class Denied(Exception):
    """What is asked is refused, in Stripe's words."""

    def __init__(
        self, status: int, code: str, message: str, param: str = "", kind: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {
            "type": kind or "invalid_request_error",
            "code": code,
            "message": message,
            "param": param,
        }


class StripeAccount:
    """The account; what was asked of it, and its money."""

    def __init__(self) -> None:
        self.refunds: list[Refund] = []
        self.disputes: list[Dispute] = []
        self.movements: list[Movement] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        """Events that are to be told: their types, and the objects as they were then."""
        self.manner = Manner.SUCCEEDED
        self.manner_next: int | None = None
        """How many refunds it still befalls; None until told otherwise."""

    def refund(
        self,
        transaction: str,
        amount: int | None,
        metadata: dict[str, str],
        reason: str | None = None,
    ) -> Refund:
        """Make a refund, in the manner that it was told; raise Denied."""
        paid = self._refundable(transaction)
        left = paid.amount - self._given(paid)
        wanted = left if amount is None else amount
        if not left:
            raise Denied(400, "charge_already_refunded", f"Charge {paid.charge} has been refunded")
        if not 1 <= wanted <= left:
            message = f"Refund amount ({wanted}) is greater than unrefunded amount ({left})"
            raise Denied(400, "", message, "amount")
        made = self._made(paid, wanted, metadata, self._next_manner())
        made.reason = reason
        self.refunds.append(made)
        self._tell("refund.created", made)
        self._tell_of_charge(paid)
        if made.status in FAILED:
            self._tell("refund.failed", made)
        else:
            self._move(made, made.amount)
        return made

    def end(self, refund: Refund, status: str, failure_reason: str | None) -> bool:
        """Let a refund go on: to success, or to failure, also after success; say if it did."""
        if refund.status in FAILED or status == refund.status:
            return False
        refund.status, refund.failure_reason, refund.pending_reason = status, failure_reason, None
        if status in FAILED:
            self._move(refund, -refund.amount)
            self._tell("refund.failed", refund)
        self._tell("refund.updated", refund)
        return True

    def dispute(self, transaction: str, amount: int | None, status: str) -> Dispute:
        """Open a dispute, or let the one of a payment go on; raise Denied."""
        paid = _known(transaction)
        known = next((one for one in self.disputes if one.charge == paid.charge), None)
        if known is not None:
            known.status = status
            is_over = status in ("won", "lost", "warning_closed")
            self._tell(f"charge.dispute.{'closed' if is_over else 'updated'}", known)
            return known
        made = Dispute(
            id=f"dp_{len(self.disputes) + 1:024d}",
            amount=paid.amount if amount is None else amount,
            currency=paid.currency,
            charge=paid.charge,
            payment_intent=paid.payment_intent,
            created=_now(),
            status=status,
        )
        self.disputes.append(made)
        self._tell("charge.dispute.created", made)
        return made

    def returned(self) -> dict[str, int]:
        """Sum what went back, by payment."""
        sums: dict[str, int] = {}
        for movement in self.movements:
            before = sums.get(movement.payment_intent, 0)
            sums[movement.payment_intent] = before + movement.amount
        return sums

    def _refundable(self, transaction: str) -> Paid:
        paid = _known(transaction)
        disputed = [one for one in self.disputes if one.charge == paid.charge]
        if any(one.status in ("needs_response", "under_review", "lost") for one in disputed):
            raise Denied(400, "charge_disputed", f"Charge {paid.charge} has been charged back")
        return paid

    def _made(self, paid: Paid, amount: int, metadata: dict[str, str], manner: Manner) -> Refund:
        made = Refund(
            id=f"re_{paid.tail[:8]}{len(self.refunds) + 1:016d}",
            amount=amount,
            currency=paid.currency,
            charge=paid.charge,
            payment_intent=paid.payment_intent,
            created=_now(),
            status=manner.value,
            metadata=metadata,
        )
        if manner is Manner.SHORT:
            made.status = "pending" if paid.is_card else "failed"
            made.pending_reason = "insufficient_funds" if paid.is_card else None
            made.failure_reason = None if paid.is_card else "insufficient_funds"
        elif manner is Manner.FAILED:
            made.failure_reason = "expired_or_canceled_card"
        return made

    def _given(self, paid: Paid) -> int:
        return sum(
            one.amount
            for one in self.refunds
            if one.charge == paid.charge and one.status not in FAILED
        )

    def _move(self, refund: Refund, amount: int) -> None:
        moved = Movement(payment_intent=refund.payment_intent, refund_id=refund.id, amount=amount)
        self.movements.append(moved)

    def _tell(self, kind: str, about: Refund | Dispute) -> None:
        self.told.append((kind, asdict(about)))

    def _tell_of_charge(self, paid: Paid) -> None:
        charge = {
            "id": paid.charge,
            "object": "charge",
            "payment_intent": paid.payment_intent,
            "amount": paid.amount,
            "amount_refunded": self._given(paid),
            "currency": paid.currency,
        }
        self.told.append(("charge.refunded", charge))

    def _next_manner(self) -> Manner:
        manner = self.manner
        if self.manner_next is not None:
            self.manner_next -= 1
            if not self.manner_next:
                self.manner, self.manner_next = Manner.SUCCEEDED, None
        return manner


def _known(transaction: str) -> Paid:
    paid = paid_by(transaction)
    if paid is None:
        param = "payment_intent" if transaction.startswith("pi_") else "charge"
        raise Denied(400, "resource_missing", f"No such {param}: '{transaction}'", param)
    return paid


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
