"""A merchant's account at Paytrail: payments, refunds, and a ledger of the money that went back.

The rule to know: it knows no repeat by refund stamp, which the real one does not document either; so
a refund that is asked for twice is paid twice, and both ledgers show it.
"""

from enum import StrEnum
from uuid import uuid4

import msgspec
from msgspec import Struct

from scripts.receivers.paytrail_ids import paid_by

BY_EMAIL_ONLY = frozenset({"spankki", "alandsbanken"})
ONCE_ONLY = frozenset({"nordea"})


class Manner(StrEnum):
    """What it does with a refund that is in order."""

    OK = "ok"
    PENDING = "pending"
    """Taken; it ends when it is told to."""
    FAIL = "fail"
    SHORT = "short"
    """Taken, then called back as failed: the account's balance was too small."""
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"


class CallbackUrls(Struct, frozen=True):
    """Where it calls."""

    success: str
    cancel: str


class Asked(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is posted to refund a payment."""

    amount: int
    callback_urls: CallbackUrls
    refund_stamp: str = ""
    refund_reference: str = ""
    email: str = ""


class Refund(Struct, kw_only=True):
    """One refund, and which callbacks were made and how they were answered."""

    transaction_id: str
    """Empty: it failed before a transaction of its own was made."""
    payment_id: str
    provider: str
    status: str
    by_email: bool
    asked: Asked
    callbacks: list[str] = []


class Movement(Struct, frozen=True, kw_only=True):
    """Money that left the account, or came back to it: the ledger's lines, never changed."""

    payment_id: str
    refund_id: str
    stamp: str
    amount: int
    """Cents that went back to the customer."""


class Denied(Exception):
    """A refund is refused."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class PaytrailAccount:
    """The account; what was asked of it, and its money."""

    def __init__(self) -> None:
        self.refunds: list[Refund] = []
        self.movements: list[Movement] = []

    def refund(self, payment_id: str, asked: Asked, manner: Manner) -> Refund:
        """Take a refund; one that is in order goes in this manner. Raises Denied."""
        paid = paid_by(payment_id)
        if paid is None:
            raise Denied(404, "Transaction not found")
        if not 1 <= asked.amount <= paid.amount - self._given(payment_id):
            raise Denied(400, "Refund amount is not available on the payment")
        by_email = self._goes_by_email(payment_id, paid.provider, asked)
        if manner is Manner.UNSUPPORTED:
            raise Denied(422, "Payment method provider does not support refunds")
        if manner is Manner.REFUSED:
            raise Denied(400, "The payment method provider refused the refund")
        made = Refund(
            transaction_id="" if manner is Manner.SHORT else str(uuid4()),
            payment_id=payment_id,
            provider=paid.provider,
            status="pending",
            by_email=by_email,
            asked=asked,
        )
        self.refunds.append(made)
        if manner is not Manner.PENDING:
            self.end(made, "ok" if manner is Manner.OK else "fail")
        return made

    def find(self, transaction_id: str) -> Refund | None:
        """Find a refund by its own transaction."""
        return next((r for r in self.refunds if r.transaction_id == transaction_id), None)

    def end(self, refund: Refund, status: str) -> None:
        """Let a refund end; money moves when it becomes ok, and never again."""
        if refund.status != "pending":
            return
        refund.status = status
        if status == "ok":
            movement = Movement(
                payment_id=refund.payment_id,
                refund_id=refund.transaction_id,
                stamp=refund.asked.refund_stamp,
                amount=refund.asked.amount,
            )
            self.movements.append(movement)

    def returned(self) -> dict[str, int]:
        """Sum what went back, by payment."""
        sums: dict[str, int] = {}
        for movement in self.movements:
            sums[movement.payment_id] = sums.get(movement.payment_id, 0) + movement.amount
        return sums

    def _goes_by_email(self, payment_id: str, provider: str, asked: Asked) -> bool:
        is_spent = provider in ONCE_ONLY and self._given(payment_id) > 0
        if not is_spent and provider not in BY_EMAIL_ONLY:
            return False
        if asked.email:
            return True
        if is_spent:
            raise Denied(400, "The payment was refunded already")
        raise Denied(422, "Payment method provider does not support refunds")

    def _given(self, payment_id: str) -> int:
        """Sum what went back or is about to."""
        return sum(
            refund.asked.amount
            for refund in self.refunds
            if refund.payment_id == payment_id and refund.status != "fail"
        )


def read_asked(body: bytes) -> Asked:
    """Read what was posted; raise Denied."""
    try:
        return msgspec.json.decode(body, type=Asked)
    except msgspec.DecodeError as error:
        raise Denied(400, "The request body is not valid") from error
