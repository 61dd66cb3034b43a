"""The one home of example values: a course shop's order, its facts and the wishes about it.

Two lines: a course for 100.00 and an order bump for 40.00, both with 25.5 % VAT.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.configuration.settings import (
    AccessRemoval,
    ActionLevel,
    KajabiGrant,
    ReceiptEmail,
    Webhook,
)
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    DisputeId,
    ExternalRefundId,
    LineId,
    OrderId,
    PaymentId,
    RefundId,
    SettingId,
    ShopId,
    TransferId,
)
from domain.money import Money
from domain.order.commands.actions import (
    CancelAction,
    FailAction,
    RequestActions,
    RerunAction,
    StartAction,
    SucceedAction,
)
from domain.order.commands.lifecycle import CompleteOrder, LineAsked, PlaceOrder, StartOrder
from domain.order.commands.payments import FailPayment, ReceivePayment, StartPayment
from domain.order.commands.refunds import (
    LineAmount,
    LineRefund,
    ObserveExternalRefund,
    RecordRefund,
    RequestRefund,
)
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    OrderCompleted,
    OrderFact,
    OrderMarkedCompleted,
    OrderPlaced,
    OrderStarted,
    PaymentFailed,
    PaymentReceived,
    PaymentStarted,
    RefundIssued,
    RefundRequested,
    RefundTransferFailed,
    RefundTransferred,
)
from domain.order.stages import CancelReason
from domain.order.values import (
    Address,
    Answer,
    Customer,
    Line,
    LineKind,
    Link,
    Offer,
    PlannedAction,
    RefundLine,
    RunCause,
    Seller,
    Transfer,
    TransferMethod,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
GRACE = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    """Name a moment by its minutes after the order's start."""
    return START + timedelta(minutes=minutes)


NOW = at(60)
"""When wishes are decided on: long after what the examples' facts tell."""

SHOP = ShopId("courses")
ORDER_ID = OrderId(UUID("0195a6f0-0000-7000-8000-000000000001"))
CUSTOMER_KEY = CustomerKeyId(UUID("7d2f6a3e-4b1c-4d5e-8f60-000000000001"))
OTHER_KEY = CustomerKeyId(UUID("7d2f6a3e-4b1c-4d5e-8f60-000000000002"))
OFFER = Offer(id="spring", name="Spring course")
LINK = Link(id="link-1", source="newsletter", tags=("spring", "early"))
CUSTOMER = Customer(
    email="aino@example.com",
    first_name="Aino",
    last_name="Virtanen",
    address=Address(street="Katu 1", postal_code="00100", city="Helsinki"),
    custom_fields={"Team": "Blue"},
)
COURSE = LineId("course")
BUMP = LineId("bump")
COURSE_LINE = Line(
    line_id=COURSE,
    kind=LineKind.PRODUCT,
    product_id="p-course",
    name="Course",
    quantity=1,
    list_price=10_000,
    discount=0,
    gross=10_000,
    vat_rate=2_550,
    vat=2_032,
)
BUMP_LINE = Line(
    line_id=BUMP,
    kind=LineKind.ORDER_BUMP,
    product_id="p-bump",
    name="Workbook",
    quantity=1,
    list_price=4_000,
    discount=0,
    gross=4_000,
    vat_rate=2_550,
    vat=813,
)
TOTAL = 14_000
RECEIPT = ActionId("receipt")
GRANT = ActionId("grant")
CLUB = ActionId("club")
HOOK = ActionId("hook")
HOOK_SETTING = SettingId("setting-hook")
HOOK_SETTINGS = Webhook(url="https://hooks.example.com/a")
RECEIPT_ACTION = PlannedAction(
    action_id=RECEIPT, name="Receipt", level=ActionLevel.CHECKOUT, settings=ReceiptEmail()
)
GRANT_ACTION = PlannedAction(
    action_id=GRANT,
    name="Course access",
    level=ActionLevel.PRODUCT,
    line_id=COURSE,
    settings=KajabiGrant(offer_name="Course", activation_url="https://kajabi.example.com/on"),
)
CLUB_ACTION = PlannedAction(
    action_id=CLUB,
    name="Club access",
    level=ActionLevel.OFFER,
    settings=KajabiGrant(offer_name="Club", activation_url="https://kajabi.example.com/club"),
)
HOOK_ACTION = PlannedAction(
    action_id=HOOK,
    name="Bookkeeping",
    level=ActionLevel.CHECKOUT,
    settings=HOOK_SETTINGS,
    setting_id=HOOK_SETTING,
    revision=1,
)
PAYMENT = PaymentId("payment-1")
SECOND_PAYMENT = PaymentId("payment-2")
THIRD_PAYMENT = PaymentId("payment-3")
REFUND = RefundId("refund-1")
SECOND_REFUND = RefundId("refund-2")
THIRD_REFUND = RefundId("refund-3")
TRANSFER = TransferId("refund-1/1")
SECOND_TRANSFER = TransferId("refund-1/2")
SECOND_EXTERNAL = ExternalRefundId("re_2")
EXTERNAL = ExternalRefundId("re_external")
DISPUTE = DisputeId("dispute-1")
OPERATOR = "laura"
ALL_PROVIDERS = frozenset({"stripe", "paytrail", "epassi"})


def euros(cents: int) -> Money:
    """Name an amount in the order's currency."""
    return Money(cents, "EUR")


WHOLE = euros(TOTAL)
SELLER = Seller(
    name="Piano school", business_id="FI12345678", address="Koulukatu 2\n00100 Helsinki"
)


# Facts


def started() -> OrderStarted:
    return OrderStarted(
        at=START, shop=SHOP, order_id=ORDER_ID, offer=OFFER, link=LINK, currency="EUR"
    )


def placed(
    *actions: PlannedAction,
    lines: tuple[Line, ...] = (COURSE_LINE, BUMP_LINE),
    imported: bool = False,
) -> OrderPlaced:
    return OrderPlaced(
        at=at(1),
        number="1001",
        customer_key=CUSTOMER_KEY,
        country="FI",
        analytics_consent=True,
        lines=lines,
        total=sum(line.gross for line in lines),
        actions=actions,
        personal=CUSTOMER,
        imported=imported,
    )


def payment_started(
    payment_id: PaymentId = PAYMENT, amount: int = TOTAL, provider: str = "stripe"
) -> PaymentStarted:
    return PaymentStarted(
        at=at(2), payment_id=payment_id, provider=provider, method="card", amount=euros(amount)
    )


def payment_failed(payment_id: PaymentId = PAYMENT) -> PaymentFailed:
    return PaymentFailed(
        at=at(3), payment_id=payment_id, provider="stripe", method="card", code="declined"
    )


def received(
    payment_id: PaymentId = PAYMENT,
    amount: int = TOTAL,
    provider: str = "stripe",
    sub_method: str = "",
    minute: float = 4,
) -> PaymentReceived:
    return PaymentReceived(
        at=at(minute),
        payment_id=payment_id,
        provider=provider,
        method="card",
        sub_method=sub_method,
        amount=euros(amount),
        transaction_id=f"transaction-of-{payment_id}",
    )


def paid(*actions: PlannedAction, provider: str = "stripe") -> tuple[OrderFact, ...]:
    """An order with these actions that was paid at minute 4."""
    history = (started(), placed(*actions), received(provider=provider))
    return history if actions else (*history, OrderCompleted(at=at(4)))


def requested(
    action: PlannedAction = RECEIPT_ACTION,
    run: int = 1,
    cause: RunCause = RunCause.PAYMENT,
    minute: float = 5,
    *,
    forced: bool = False,
    command_id: str = "",
) -> ActionRequested:
    return ActionRequested(
        at=at(minute),
        action_id=action.action_id,
        run=run,
        cause=cause,
        key=f"{ORDER_ID}/{action.action_id}/{run}",
        settings=action.settings,
        revision=action.revision,
        forced=forced,
        command_id=command_id,
    )


def action_started(
    action_id: ActionId = RECEIPT, run: int = 1, attempt: int = 1, minute: float = 6
) -> ActionStarted:
    return ActionStarted(
        at=at(minute), action_id=action_id, run=run, attempt=attempt, worker="worker-1"
    )


def succeeded(
    action_id: ActionId = RECEIPT, run: int = 1, attempt: int = 1, minute: float = 7
) -> ActionSucceeded:
    return ActionSucceeded(
        at=at(minute),
        action_id=action_id,
        run=run,
        attempt=attempt,
        personal=Answer(recipient="aino@example.com", removal_target=f"target-of-{action_id}"),
    )


def failed(
    action_id: ActionId = RECEIPT,
    run: int = 1,
    attempt: int = 1,
    retry_at: datetime | None = None,
    minute: float = 7,
) -> ActionFailed:
    return ActionFailed(
        at=at(minute),
        action_id=action_id,
        run=run,
        attempt=attempt,
        code="http_500",
        retry_at=retry_at,
    )


def done(
    action: PlannedAction, minute: float = 5
) -> tuple[ActionRequested, ActionStarted, ActionSucceeded]:
    """One run of an action that went well."""
    return (
        requested(action, minute=minute),
        action_started(action.action_id, minute=minute + 0.1),
        succeeded(action.action_id, minute=minute + 0.2),
    )


def marked_completed(minute: float = 30, *, restored: bool = False) -> OrderMarkedCompleted:
    return OrderMarkedCompleted(
        at=at(minute),
        command_id=f"completed-at-{minute}",
        by=OPERATOR,
        actions_run=False,
        restored=restored,
    )


def transfer(
    amount: int,
    method: TransferMethod = TransferMethod.PROVIDER,
    *,
    refund_id: RefundId = REFUND,
    number: int = 1,
    payment_id: PaymentId = PAYMENT,
) -> Transfer:
    return Transfer(
        transfer_id=TransferId(f"{refund_id}/{number}"),
        payment_id=payment_id,
        method=method,
        amount=euros(amount),
        key=f"{ORDER_ID}/{refund_id}/{number}",
    )


def refund_requested(
    *transfers: Transfer,
    lines: tuple[RefundLine, ...] = (),
    refund_id: RefundId = REFUND,
    excess: int = 0,
    remove_access: tuple[LineId, ...] = (),
    remove_offer_access: bool = False,
    tell_customer: bool = True,
    minute: float = 20,
) -> RefundRequested:
    return RefundRequested(
        at=at(minute),
        refund_id=refund_id,
        lines=lines,
        transfers=transfers,
        by=OPERATOR,
        excess=excess,
        remove_access=remove_access,
        remove_offer_access=remove_offer_access,
        tell_customer=tell_customer,
    )


COURSE_BACK = RefundLine(line_id=COURSE, amount=10_000, vat=2_032)
BUMP_BACK = RefundLine(line_id=BUMP, amount=4_000, vat=813)


def transferred(
    transfer_id: TransferId = TRANSFER, refund_id: RefundId = REFUND, reference: str = "re_1"
) -> RefundTransferred:
    return RefundTransferred(
        at=at(22), refund_id=refund_id, transfer_id=transfer_id, reference=reference
    )


def transfer_failed(
    transfer_id: TransferId = TRANSFER, refund_id: RefundId = REFUND
) -> RefundTransferFailed:
    return RefundTransferFailed(
        at=at(23), refund_id=refund_id, transfer_id=transfer_id, code="insufficient_funds"
    )


def issued(refund_id: RefundId = REFUND, minute: float = 22) -> RefundIssued:
    return RefundIssued(at=at(minute), refund_id=refund_id)


def refunded(
    *lines: RefundLine,
    method: TransferMethod = TransferMethod.PROVIDER,
    remove_access: tuple[LineId, ...] = (),
    remove_offer_access: bool = False,
) -> tuple[RefundRequested | RefundTransferred | RefundIssued, ...]:
    """One refund in force; its money is back if a provider or somebody elsewhere returned it."""
    amount = sum(line.amount for line in lines)
    asked = refund_requested(
        transfer(amount, method),
        lines=lines,
        remove_access=remove_access,
        remove_offer_access=remove_offer_access,
    )
    if method in (TransferMethod.MANUAL, TransferMethod.NONE):
        return asked, issued()
    return asked, transferred(), issued()


def removal_of(grant: PlannedAction, refund_id: RefundId = REFUND) -> PlannedAction:
    return PlannedAction(
        action_id=ActionId(f"{refund_id}/remove/{grant.action_id}"),
        name=f"Remove access: {grant.name}",
        level=ActionLevel.ORDER,
        line_id=grant.line_id,
        settings=AccessRemoval(granted_by=grant.action_id, refund_id=refund_id),
    )


# Wishes


def start(currency: str = "EUR") -> StartOrder:
    return StartOrder(
        now=NOW,
        at=START,
        shop=SHOP,
        order_id=ORDER_ID,
        offer=OFFER,
        link=LINK,
        currency=currency,
    )


def asked(line: Line, *, discount: int | None = None, vat: int | None = None) -> LineAsked:
    return LineAsked(
        line_id=line.line_id,
        kind=line.kind,
        product_id=line.product_id,
        name=line.name,
        quantity=line.quantity,
        list_price=line.list_price,
        vat_rate=line.vat_rate,
        discount=discount,
        vat=vat,
    )


def place(
    *actions: PlannedAction,
    lines: tuple[LineAsked, ...] = (asked(COURSE_LINE), asked(BUMP_LINE)),
    total: int = TOTAL,
    imported: bool = False,
) -> PlaceOrder:
    return PlaceOrder(
        now=NOW,
        at=at(1),
        number="1001",
        customer=CUSTOMER,
        customer_key=CUSTOMER_KEY,
        country="FI",
        analytics_consent=True,
        currency="EUR",
        lines=lines,
        total=total,
        actions=actions,
        imported=imported,
    )


def start_payment(payment_id: PaymentId = PAYMENT, amount: Money = WHOLE) -> StartPayment:
    return StartPayment(
        now=NOW, at=at(2), payment_id=payment_id, provider="stripe", method="card", amount=amount
    )


def receive_payment(
    payment_id: PaymentId = PAYMENT, amount: int = TOTAL, provider: str = "stripe"
) -> ReceivePayment:
    return ReceivePayment(
        now=NOW,
        at=at(4),
        payment_id=payment_id,
        provider=provider,
        method="card",
        amount=euros(amount),
        transaction_id=f"transaction-of-{payment_id}",
    )


def fail_payment(payment_id: PaymentId = PAYMENT, message: str = "") -> FailPayment:
    return FailPayment(
        now=NOW,
        at=at(3),
        payment_id=payment_id,
        provider="stripe",
        method="card",
        code="declined",
        message=message,
    )


def request_actions() -> RequestActions:
    return RequestActions(now=NOW)


def start_action(
    action_id: ActionId = RECEIPT, run: int = 1, attempt: int = 1, worker: str = "worker-1"
) -> StartAction:
    return StartAction(now=NOW, action_id=action_id, run=run, attempt=attempt, worker=worker)


def succeed(action_id: ActionId = RECEIPT, run: int = 1, attempt: int = 1) -> SucceedAction:
    return SucceedAction(now=NOW, action_id=action_id, run=run, attempt=attempt)


def fail(
    action_id: ActionId = RECEIPT,
    run: int = 1,
    attempt: int = 1,
    *,
    is_retryable: bool = False,
    retry_after_seconds: int = 0,
    jitter: float = 0.0,
) -> FailAction:
    return FailAction(
        now=NOW,
        action_id=action_id,
        run=run,
        attempt=attempt,
        code="http_500",
        is_retryable=is_retryable,
        retry_after_seconds=retry_after_seconds,
        jitter=jitter,
    )


def rerun(
    action_id: ActionId = RECEIPT,
    *,
    command_id: str = "rerun-1",
    confirmed: bool = False,
    force: bool = False,
) -> RerunAction:
    return RerunAction(
        now=NOW,
        command_id=command_id,
        action_id=action_id,
        by=OPERATOR,
        confirmed=confirmed,
        force=force,
    )


def cancel(action_id: ActionId = RECEIPT, run: int = 1) -> CancelAction:
    return CancelAction(
        now=NOW, action_id=action_id, run=run, reason=CancelReason.ACCESS_STILL_JUSTIFIED
    )


def complete(
    command_id: str = "complete-1",
    *,
    run_actions: bool = True,
    restore: bool = False,
    use_latest: bool = False,
) -> CompleteOrder:
    return CompleteOrder(
        now=NOW,
        command_id=command_id,
        by=OPERATOR,
        run_actions=run_actions,
        restore_refunded_data=restore,
        use_latest_configuration=use_latest,
    )


def back(
    line_id: LineId, amount: int, *, remove_access: bool = False, seen: int | None = None
) -> LineRefund:
    return LineRefund(
        line_id=line_id, amount=amount, remove_access=remove_access, maximum_seen=seen
    )


def request_refund(
    *lines: LineRefund,
    refund_id: RefundId = REFUND,
    excess: int = 0,
    refund_payments: bool = True,
    remove_offer_access: bool = False,
    providers: frozenset[str] = ALL_PROVIDERS,
    reason: str = "",
    tell_customer: bool = True,
) -> RequestRefund:
    return RequestRefund(
        now=NOW,
        refund_id=refund_id,
        by=OPERATOR,
        lines=lines,
        excess=excess,
        refund_payments=refund_payments,
        remove_offer_access=remove_offer_access,
        providers=providers,
        reason=reason,
        tell_customer=tell_customer,
    )


def record_refund(
    *lines: LineAmount,
    payment_id: PaymentId | None = None,
    currency: str = "EUR",
    reference: str = "",
    reason: str = "",
) -> RecordRefund:
    return RecordRefund(
        now=NOW,
        at=at(40),
        refund_id=REFUND,
        lines=lines,
        currency=currency,
        payment_id=payment_id,
        reference=reference,
        reason=reason,
    )


def observe(amount: int, external_refund_id: ExternalRefundId = EXTERNAL) -> ObserveExternalRefund:
    return ObserveExternalRefund(
        now=NOW,
        at=at(50),
        external_refund_id=external_refund_id,
        payment_id=PAYMENT,
        amount=euros(amount),
    )
