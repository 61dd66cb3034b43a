"""What a webhook of Stripe's tells: only what matters is read, and nothing of a person's.

The rule to know: other kinds of events are answered for and forgotten. `charge.refunded` names no
refund, so the charge's refunds are asked for. Source: https://docs.stripe.com/api/events/types
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from adapters.providers.stripe.amounts import NotPayable
from adapters.providers.stripe.reading import (
    DisputeObject,
    Id,
    RefundObject,
    Seconds,
    dispute_seen,
    moment,
    refund_seen,
)
from processors.provider_news import News, RefundsChanged

REFUND_TYPES = frozenset(
    ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
)
CHARGE_TYPES = frozenset(("charge.refunded",))
DISPUTE_TYPES = frozenset(
    (
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    )
)


class NotUnderstood(Exception):
    """An event of a kind that matters says something else than Stripe documents."""


class _Content(Struct, frozen=True):
    object: Raw


class _Event(Struct, frozen=True):
    id: Id
    type: str
    created: Seconds
    data: _Content


class _Charge(Struct, frozen=True):
    id: Id
    payment_intent: Id | None = None


def news_in(body: bytes) -> Sequence[News]:
    """Read what an event tells the ledger, if anything; raise NotUnderstood."""
    try:
        event = msgspec.json.decode(body, type=_Event)
        news = _told(event.type, event.data.object, event)
    except (msgspec.DecodeError, NotPayable) as error:
        raise NotUnderstood from error
    return [] if news is None else [news]


def _told(kind: str, content: Raw, event: _Event) -> News | None:
    at: datetime = moment(event.created)
    if kind in REFUND_TYPES:
        return refund_seen(msgspec.json.decode(content, type=RefundObject), at)
    if kind in CHARGE_TYPES:
        charge = msgspec.json.decode(content, type=_Charge)
        return RefundsChanged(transaction_id=charge.payment_intent or charge.id, cause=event.id)
    if kind in DISPUTE_TYPES:
        return dispute_seen(msgspec.json.decode(content, type=DisputeObject), at)
    return None
