"""Examples for publishers: one valid message of each type, and some that are refused.

The rule to know: they are documents, so they are written as a publisher writes them, in JSON's
own types. The valid ones tell one order from beginning to end.
"""

from typing import Any, NamedTuple

from adapters.messaging.refusals import (
    ImplausibleTime,
    InvalidContent,
    InvalidEnvelope,
    NotJson,
    NulCharacter,
    Refusal,
    UnknownType,
    UnknownVersion,
    WrongShop,
    WrongSubject,
)

SHOP = "demo"
ORDER_ID = "0c7a3c1e-5a50-4a86-9d3e-5e1b6f0d7c11"
SETTING_ID = "welcome-webhook"
TIME = "2026-11-20T10:15:00+02:00"

Json = dict[str, Any]

_STARTED: Json = {
    "offer": {"id": "offer-7", "name": "Sourdough at home"},
    "link": {"id": "link-3", "source": "newsletter", "tags": ["autumn", "email"]},
    "currency": "EUR",
}
_PLACED: Json = {
    "number": "1042",
    "customer": {
        "email": "maija@example.com",
        "first_name": "Maija",
        "last_name": "Mallikas",
        "phone": "+358 40 000 0000",
        "address": {"street": "Esimerkkikatu 1", "postal_code": "00100", "city": "Helsinki"},
        "custom_fields": {"How did you find us?": "A friend"},
    },
    "country": "FI",
    "currency": "EUR",
    "analytics_consent": True,
    "lines": [
        {
            "line_id": "line-1",
            "kind": "product",
            "product_id": "course-7",
            "name": "Sourdough at home",
            "list_price": 12000,
            "vat_rate": 2550,
        },
        {
            "line_id": "line-2",
            "kind": "order_bump",
            "product_id": "ebook-2",
            "name": "Twelve loaves (e-book)",
            "list_price": 2500,
            "vat_rate": 1400,
        },
    ],
    "discounts": [{"code": "AUTUMN", "amount": 2000, "line_ids": ["line-1"]}],
    "total": 12500,
    "actions": [
        {
            "action_id": "action-1",
            "name": "Receipt",
            "level": "checkout",
            "settings": {"kind": "receipt_email"},
        },
        {
            "action_id": "action-2",
            "name": "Tell the warehouse",
            "level": "offer",
            "settings": {"kind": "webhook", "url": "https://warehouse.example.com/orders"},
            "setting_id": SETTING_ID,
            "revision": 3,
        },
    ],
}
_PAYMENT: Json = {
    "payment_id": "payment-1",
    "provider": "stripe",
    "method": "card",
    "sub_method": "visa",
}
_AMOUNT: Json = {"amount": {"amount": 12500, "currency": "EUR"}}
_FAILURE: Json = {"code": "card_declined", "message": "Your card was declined."}

DATA_BY_TYPE: dict[str, Json] = {
    "order.started.v1": _STARTED,
    "order.placed.v1": _PLACED,
    "payment.started.v1": _PAYMENT | _AMOUNT,
    "payment.failed.v1": _PAYMENT | {"payment_id": "payment-0"} | _FAILURE,
    "payment.received.v1": _PAYMENT | _AMOUNT | {"transaction_id": "pi_example"},
    "refund.recorded.v1": {
        "refund_id": "refund-1",
        "currency": "EUR",
        "lines": [{"line_id": "line-2", "amount": 2500}],
        "payment_id": "payment-1",
        "reference": "re_example",
        "reason": "Bought twice by mistake",
    },
    "action.configured.v1": {
        "level": "offer",
        "level_id": "offer-7",
        "name": "Tell the warehouse",
        "settings": {"kind": "webhook", "url": "https://warehouse.example.com/v2/orders"},
        "revision": 4,
    },
    "action.configuration_removed.v1": {"revision": 5},
}


class RefusedExample(NamedTuple):
    """A message that the door turns away, and as what."""

    name: str
    subject: str
    body: str | Json
    refusal: type[Refusal]


def envelope_of(message_type: str) -> Json:
    """Give the valid example of a type, as a CloudEvent."""
    return {
        "specversion": "1.0",
        "id": f"{message_type}-1",
        "source": f"/checkout/{SHOP}",
        "type": message_type,
        "subject": topic_of(message_type),
        "time": TIME,
        "data": DATA_BY_TYPE[message_type],
    }


def topic_of(message_type: str) -> str:
    """Give the id that the example is about."""
    return SETTING_ID if message_type.startswith("action.") else ORDER_ID


def subject_of(message_type: str) -> str:
    """Give the NATS subject of the example."""
    kind = "config" if message_type.startswith("action.") else "order"
    suffix = message_type.replace(".", "-")
    return f"checkout.{SHOP}.{kind}.{topic_of(message_type)}.{suffix}"


def refused_examples() -> list[RefusedExample]:
    """Give messages that differ from the valid payment in one thing each."""
    name = "payment.received.v1"
    good, subject = envelope_of(name), subject_of(name)
    return [
        RefusedExample("not-json", subject, "payment received: 125.00 EUR", NotJson),
        RefusedExample("field-missing", subject, _without_id(good), InvalidEnvelope),
        RefusedExample("unknown-field", subject, _with_data(good, fee=30), InvalidContent),
        RefusedExample(
            "amount-as-text", subject, _with_data(good, amount="125.00"), InvalidContent
        ),
        RefusedExample(
            "unknown-type",
            subject.replace("received", "pondered"),
            good | {"type": "payment.pondered.v1"},
            UnknownType,
        ),
        RefusedExample(
            "unknown-version",
            subject.replace("-v1", "-v9"),
            good | {"type": "payment.received.v9"},
            UnknownVersion,
        ),
        RefusedExample("other-shop", subject, good | {"source": "/checkout/other"}, WrongShop),
        RefusedExample(
            "other-type-in-subject", subject_of("payment.failed.v1"), good, WrongSubject
        ),
        RefusedExample(
            "nul-character", subject, _with_data(good, transaction_id="pi\x00"), NulCharacter
        ),
        RefusedExample(
            "year-9999", subject, good | {"time": "9999-12-31T23:59:59Z"}, ImplausibleTime
        ),
    ]


def _without_id(envelope: Json) -> Json:
    return {name: value for name, value in envelope.items() if name != "id"}


def _with_data(envelope: Json, **changes: object) -> Json:
    return envelope | {"data": envelope["data"] | changes}
