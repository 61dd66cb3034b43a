"""One order of every kind that somebody may have to look at, by a name to find it again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.configuration.settings import KajabiGrant, ReceiptEmail, SystemeContact, Webhook
from domain.identifiers import CustomerKeyId, DisputeId, ExternalRefundId, PaymentId
from domain.money import Money
from domain.order.commands.lifecycle import DiscountAsked, EraseCustomerData
from domain.order.commands.payments import OpenDispute
from domain.order.commands.refunds import ObserveExternalRefund
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferUnresolved,
)
from domain.order.values import Address, Customer, LineKind, PlannedAction
from scripts.picturing.goods import line, planned
from scripts.picturing.telling import PAYMENT, REFUND, TRANSFER, Telling

SETTING = "crm"
"""The published setting that a failed webhook came from; a newer revision of it is published."""
LONG_NAME = "Valokuvauksen perusteet ja jälkikäsittely alusta loppuun asti 2026"
LONG_EMAIL = "maximilian.von-und-zu-hohenstein-wittgenstein@marketing.example-company.com"

RECEIPT = planned("receipt", "Receipt email", ReceiptEmail())
ACCESS = planned(
    "access",
    "Access to Valokuvauksen peruskurssi",
    KajabiGrant(
        offer_name="Valokuvauksen peruskurssi",
        activation_url="https://school.example.com/on",
        deactivation_url="https://school.example.com/off",
    ),
    line_id="course",
)
CRM = planned(
    "crm",
    "Tell the CRM",
    Webhook(url="https://crm.example.com/orders?token=a"),
    setting_id=SETTING,
)
BOOKS = planned("books", "Bookkeeping", Webhook(url="https://books.example.com/hooks/orders"))
LIST = planned("list", "Customer list", SystemeContact(tags=("buyer", "autumn")))
ALL: Sequence[PlannedAction] = (RECEIPT, ACCESS, CRM, BOOKS, LIST)

COURSE = line("course", "Valokuvauksen peruskurssi", 30_000)
BUMP = line(
    "bump", "Lightroom-esiasetukset", 4_700, kind=LineKind.ORDER_BUMP, vat_rate=1_400, quantity=2
)
UPSELL = line("upsell", "Private lesson", 7_500, kind=LineKind.PRE_UPSELL)
DOWN = "HTTP 503 from Kajabi: service temporarily unavailable (request 7f3a-91)"
SLOW = "Timed out after 10 s: https://crm.example.com/orders?…"
NO_KEY = CustomerKeyId(UUID(int=0))
"""Stands for the customer's, which the ledger gives."""

Kind = Callable[[Telling], Telling]


def customer(number: int) -> Customer:
    """Make up somebody; every field of the billing form is filled in."""
    first, last = (
        ("Anna", "Virtanen"), ("Mikko", "Nieminen"), ("Sofia", "Lindqvist"), ("Jukka", "Mäkelä"),
        ("Elina", "Korhonen"), ("Tuomas", "Heikkinen"),
    )[number % 6]  # fmt: skip
    plain = f"{first}.{last}".lower().replace("ä", "a")
    return Customer(
        email=f"{plain}{number}@example.fi",
        first_name=first,
        last_name=last,
        phone="+358 40 123 4567",
        company="Virtanen Consulting Oy",
        business_id="1234567-8",
        address=Address(street="Hämeentie 12 A 4", postal_code="00530", city="Helsinki"),
        custom_fields={"Camera": "Mirrorless", "Where did you hear of us?": "From a friend"},
    )


def _started(it: Telling) -> Telling:
    return it.started()


def _in_progress(it: Telling) -> Telling:
    return it.started(source="instagram").placed(COURSE, UPSELL, actions=ALL)


def _declined(it: Telling) -> Telling:
    return it.started().placed(COURSE, actions=ALL).paying().declined()


def _processing(it: Telling) -> Telling:
    return it.started().placed(COURSE, BUMP, actions=ALL).paying("paytrail", "bank")


def _paid(it: Telling) -> Telling:
    it.started().placed(COURSE, BUMP, actions=ALL).paid().fired()
    return it.succeeded("receipt").running("access")


def _done(it: Telling, *lines: str) -> Telling:
    chosen = [one for one in (COURSE, BUMP, UPSELL) if one.line_id in lines] or [COURSE]
    it.started(source="website", tags=()).placed(*chosen, actions=[RECEIPT, ACCESS]).paid()
    return it.fired().succeeded("receipt").succeeded("access", "grant_771")


def _failed(it: Telling) -> Telling:
    code = DiscountAsked(code="SYKSY20", amount=2_000)
    it.started().placed(COURSE, BUMP, UPSELL, actions=ALL, discounts=[code]).paying().declined()
    it.paid(payment_id=PaymentId("pay-2"), sub_method="visa").fired()
    it.failed("access", "http_503", DOWN).failed("crm", "timeout", SLOW)
    it.running("books").succeeded("receipt")
    it.failed("list", "http_429", "Too many requests", is_retryable=True)
    it.noted("Called Anna: she has the receipt, but no access to the course yet.")
    return it.noted("Kajabi says they are back by noon.\nRe-run the access after that.")


def _failed_too(it: Telling) -> Telling:
    it.started().placed(COURSE, actions=[RECEIPT, ACCESS, CRM]).paid("paytrail", "bank").fired()
    return it.failed("access", "http_503", DOWN).failed("crm", "timeout", SLOW).succeeded("receipt")


def _marked(it: Telling) -> Telling:
    it.started().placed(COURSE, actions=[RECEIPT, ACCESS]).paid("epassi", "benefit").fired()
    return it.failed("access", "http_503", DOWN).succeeded("receipt").closed()


def _partly_refunded(it: Telling) -> Telling:
    _done(it, "course", "bump").later(90).refunding(("bump", 2_350)).transferring()
    now = it.now()
    return it.then(
        ReportTransferDone(
            now=now, at=now, refund_id=REFUND, transfer_id=TRANSFER, reference="re_81"
        )
    )


def _refunded(it: Telling) -> Telling:
    _done(it, "course").later(60).refunding(("course", 30_000), remove_access=True).transferring()
    now = it.now()
    return it.then(
        ReportTransferDone(
            now=now, at=now, refund_id=REFUND, transfer_id=TRANSFER, reference="re_82"
        )
    )


def _refund_failed(it: Telling) -> Telling:
    _done(it, "course").later(30).refunding(("course", 10_000)).transferring()
    now = it.now()
    return it.then(
        ReportTransferFailed(
            now=now,
            at=now,
            refund_id=REFUND,
            transfer_id=TRANSFER,
            code="charge_already_refunded",
            message="The account has too little money for this refund.",
            attempt=1,
        )
    )


def _refund_unresolved(it: Telling) -> Telling:
    _done(it, "course").later(30).refunding(("course", 5_000)).transferring()
    now = it.now()
    return it.then(
        ReportTransferUnresolved(
            now=now, at=now, refund_id=REFUND, transfer_id=TRANSFER, code="timeout", attempt=1
        )
    )


def _refund_pending(it: Telling) -> Telling:
    return _done(it, "course", "upsell").later(10).refunding(("upsell", 7_500)).transferring()


def _refund_owed(it: Telling) -> Telling:
    it.started().placed(COURSE, actions=[RECEIPT]).paid("paypal", "wallet").fired()
    return it.succeeded("receipt").later(5).refunding(("course", 12_000))


def _epassi(it: Telling) -> Telling:
    it.started().placed(COURSE, BUMP, actions=[RECEIPT]).paid("epassi", "benefit").fired()
    return it.succeeded("receipt")


def _external(it: Telling) -> Telling:
    _done(it, "course").later(15)
    now = it.now()
    return it.then(
        ObserveExternalRefund(
            now=now,
            at=now,
            external_refund_id=ExternalRefundId("re_external_1"),
            payment_id=PAYMENT,
            amount=Money(8_000, "EUR"),
        )
    )


def _disputed(it: Telling) -> Telling:
    _done(it, "course").later(15)
    now = it.now()
    return it.then(
        OpenDispute(
            now=now,
            at=now,
            dispute_id=DisputeId("dp_1"),
            payment_id=PAYMENT,
            amount=Money(30_000, "EUR"),
        )
    )


def _overpaid(it: Telling) -> Telling:
    return _done(it, "course").paid(payment_id=PaymentId("pay-2"), amount=30_000)


def _long(it: Telling) -> Telling:
    it.started(source="very-long-campaign-source-name", tags=("first-tag", "second-tag", "third"))
    it.placed(
        line("course", LONG_NAME, 129_000),
        line("bump", f"{LONG_NAME} II", 4_700, kind=LineKind.ORDER_BUMP, vat_rate=1_400),
        actions=[planned("access", f"Access to {LONG_NAME}", ACCESS.settings, line_id="course")],
        country="DE",
    )
    return it.paid("paytrail", "bank").fired().failed("access", "http_500", f"{DOWN} " * 6)


def _many_lines(it: Telling) -> Telling:
    lines = [
        line(f"l{n}", f"Lesson {n} of the complete course", 990 + n, vat_rate=(2_550, 1_400)[n % 2])
        for n in range(1, 41)
    ]
    return it.started().placed(*lines, actions=[RECEIPT]).paid().fired().succeeded("receipt")


def _foreign(currency: str, price: int, country: str) -> Kind:
    def tell(it: Telling) -> Telling:
        it.started(currency=currency).placed(line("course", "Fotokursus", price), country=country)
        return it.paid().fired()

    return tell


def _erased(it: Telling) -> Telling:
    return _done(it, "course").then(
        EraseCustomerData(now=it.now(), customer_key=NO_KEY, by="laura@example.com")
    )


KINDS: Mapping[str, Kind] = {
    "started": _started,
    "failed": _failed,
    "in-progress": _in_progress,
    "declined": _declined,
    "processing": _processing,
    "paid": _paid,
    "failed-too": _failed_too,
    "completed": lambda it: _done(it, "course", "upsell"),
    "marked": _marked,
    "partly-refunded": _partly_refunded,
    "refunded": _refunded,
    "long": _long,
    "many-lines": _many_lines,
    "refund-failed": _refund_failed,
    "refund-unresolved": _refund_unresolved,
    "refund-pending": _refund_pending,
    "refund-owed": _refund_owed,
    "epassi": _epassi,
    "external": _external,
    "disputed": _disputed,
    "overpaid": _overpaid,
    "yen": _foreign("JPY", 128_000, "JP"),
    "dinar": _foreign("KWD", 99_500, "KW"),
    "krona": _foreign("SEK", 129_000, "SE"),
    "erased": _erased,
}
FILLERS = 40
"""Plain orders of other days, so that lists have pages and reports have columns."""


def told(now: datetime) -> Mapping[str, Telling]:
    """Tell all orders, the newest first."""
    kinds = [*KINDS.items(), *((f"plain-{n}", _plain) for n in range(FILLERS))]
    return {name: _tell(kind, n, now) for n, (name, kind) in enumerate(kinds, 1)}


def _plain(it: Telling) -> Telling:
    return _done(it, *("course", "bump", "upsell")[: 1 + it.order_id.int % 3])


def _tell(kind: Kind, number: int, now: datetime) -> Telling:
    is_filler = number > len(KINDS)
    ago = timedelta(hours=number * number // 3) if is_filler else timedelta(minutes=13 * number)
    person = customer(number)
    if kind is _long:
        person = Customer(email=LONG_EMAIL, first_name="Maximilian", last_name="von " * 12 + "H.")
    return kind(Telling(number, now - ago - timedelta(hours=3), person))
