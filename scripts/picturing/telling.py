"""Tells one order's life as wishes, each some time after the one before.

The rule to know: nothing is recorded that the order itself would refuse, so no picture shows what
cannot be.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    LineId,
    OrderId,
    PaymentId,
    RefundId,
    ShopId,
    TransferId,
)
from domain.money import Money
from domain.order.commands.actions import FailAction, RequestActions, StartAction, SucceedAction
from domain.order.commands.lifecycle import (
    AddNote,
    CompleteOrder,
    DiscountAsked,
    LineAsked,
    PlaceOrder,
    StartOrder,
)
from domain.order.commands.payments import FailPayment, ReceivePayment, StartPayment
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.commands.transfers import StartTransfer
from domain.order.decide import OrderWish
from domain.order.values import Answer, Customer, Link, Offer, PlannedAction

SHOP = ShopId("kurssit")
PERSON = "laura@example.com"
PROVIDERS = frozenset({"stripe", "paytrail", "epassi"})
PAYMENT = PaymentId("pay-1")
REFUND = RefundId("refund-1")
TRANSFER = TransferId("refund-1/1")
STEP = timedelta(seconds=20)


class Telling:
    """One order: what happened to it, in the order in which it is told."""

    def __init__(self, number: int, began_at: datetime, customer: Customer) -> None:
        self.order_id = OrderId(UUID(int=number))
        self.number = f"K-{10_000 + number}"
        self.customer = customer
        self.wishes: list[OrderWish] = []
        self._now = began_at
        self._currency = "EUR"
        self._total = 0

    def later(self, minutes: float) -> "Telling":
        """Let time go by."""
        self._now += timedelta(minutes=minutes)
        return self

    def then(self, wish: OrderWish) -> "Telling":
        """Let something happen that has no words of its own here."""
        self.wishes.append(wish)
        return self

    def now(self) -> datetime:
        """Let a moment go by, and say when it is."""
        self._now += STEP
        return self._now

    def started(
        self,
        *,
        currency: str = "EUR",
        source: str = "newsletter",
        tags: Sequence[str] = ("autumn", "email"),
        offer: str = "Syksyn valokuvauspaketti",
    ) -> "Telling":
        """Open the checkout."""
        self._currency = currency
        now = self.now()
        return self.then(
            StartOrder(
                now=now,
                at=now,
                shop=SHOP,
                order_id=self.order_id,
                offer=Offer(id="offer-1", name=offer),
                link=Link(id="link-1", source=source, tags=tuple(tags)),
                currency=currency,
            )
        )

    def placed(
        self,
        *lines: LineAsked,
        actions: Sequence[PlannedAction] = (),
        discounts: Sequence[DiscountAsked] = (),
        country: str = "FI",
    ) -> "Telling":
        """Fill in the billing form."""
        now = self.now()
        self._total = sum(one.list_price for one in lines) - sum(one.amount for one in discounts)
        return self.then(
            PlaceOrder(
                now=now,
                at=now,
                number=self.number,
                customer=self.customer,
                customer_key=CustomerKeyId(UUID(int=0)),
                country=country,
                analytics_consent=country == "FI",
                currency=self._currency,
                lines=lines,
                total=self._total,
                discounts=tuple(discounts),
                actions=tuple(actions),
            )
        )

    def paying(self, provider: str = "stripe", method: str = "card") -> "Telling":
        """Send the customer to a provider."""
        now = self.now()
        amount = Money(self._total, self._currency)
        return self.then(
            StartPayment(
                now=now,
                at=now,
                payment_id=PAYMENT,
                provider=provider,
                method=method,
                amount=amount,
            )
        )

    def declined(self, payment_id: PaymentId = PAYMENT) -> "Telling":
        """Let the card be refused."""
        now = self.now()
        return self.then(
            FailPayment(
                now=now,
                at=now,
                payment_id=payment_id,
                provider="stripe",
                method="card",
                code="card_declined",
                message="The card has insufficient funds.",
            )
        )

    def paid(
        self,
        provider: str = "stripe",
        method: str = "card",
        *,
        payment_id: PaymentId = PAYMENT,
        amount: int = 0,
        sub_method: str = "",
    ) -> "Telling":
        """Confirm the money; all of it unless told otherwise."""
        now = self.now()
        return self.then(
            ReceivePayment(
                now=now,
                at=now,
                payment_id=payment_id,
                provider=provider,
                method=method,
                amount=Money(amount or self._total, self._currency),
                transaction_id=f"ch_3PzQ{self.order_id.int:012d}-{payment_id}",
                sub_method=sub_method,
            )
        )

    def fired(self) -> "Telling":
        """Ask for all actions."""
        return self.then(RequestActions(now=self.now()))

    def running(self, action_id: str, attempt: int = 1) -> "Telling":
        """Let a worker take an attempt."""
        return self.then(
            StartAction(
                now=self.now(),
                action_id=ActionId(action_id),
                run=1,
                attempt=attempt,
                worker="worker-1",
            )
        )

    def succeeded(self, action_id: str, reference: str = "msg_0198f1c2") -> "Telling":
        """Let an action take effect."""
        self.running(action_id)
        answer = Answer(recipient=self.customer.email, reference=reference)
        return self.then(
            SucceedAction(
                now=self.now(), action_id=ActionId(action_id), run=1, attempt=1, answer=answer
            )
        )

    def failed(
        self, action_id: str, code: str, message: str, *, is_retryable: bool = False
    ) -> "Telling":
        """Let an attempt come to nothing; for good, unless it is retryable."""
        self.running(action_id)
        return self.then(
            FailAction(
                now=self.now(),
                action_id=ActionId(action_id),
                run=1,
                attempt=1,
                code=code,
                message=message,
                is_retryable=is_retryable,
                retry_after_seconds=7_200 if is_retryable else 0,
            )
        )

    def closed(self, *, run_actions: bool = False) -> "Telling":
        """Let a person complete the order."""
        return self.then(
            CompleteOrder(
                now=self.now(),
                command_id=f"complete-{self.number}",
                by=PERSON,
                run_actions=run_actions,
            )
        )

    def noted(self, text: str) -> "Telling":
        """Write a note."""
        return self.then(
            AddNote(now=self.now(), command_id=f"note-{len(self.wishes)}", by=PERSON, text=text)
        )

    def refunding(
        self,
        *amounts: tuple[str, int],
        refund_payments: bool = True,
        by_hand: bool = False,
        refund_id: RefundId = REFUND,
        remove_access: bool = False,
    ) -> "Telling":
        """Ask for amounts of lines back."""
        return self.then(
            RequestRefund(
                now=self.now(),
                refund_id=refund_id,
                by=PERSON,
                lines=tuple(
                    LineRefund(line_id=LineId(name), amount=amount, remove_access=remove_access)
                    for name, amount in amounts
                ),
                refund_payments=refund_payments,
                by_hand=by_hand,
                reason="The course turned out to be too easy for me.",
                providers=PROVIDERS,
            )
        )

    def transferring(self) -> "Telling":
        """Let a worker take the refund to its provider."""
        return self.then(
            StartTransfer(
                now=self.now(),
                refund_id=REFUND,
                transfer_id=TRANSFER,
                attempt=1,
                worker="worker-1",
            )
        )
