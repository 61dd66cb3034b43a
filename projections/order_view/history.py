"""The history of an order: each fact with who caused it, and what it changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.catalogue import name_of
from domain.message import Actor, Recorded
from domain.money import Money
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.state import NEW_ORDER, Order
from projections.order_view.masking import masked_fact
from projections.order_view.sentences import sentence_of


class Change(Struct, frozen=True, kw_only=True):
    """What people look at on the order, before and after a fact; None before there is one."""

    what: str
    before: str | Money | None
    after: str | Money | None


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One fact of an order."""

    version: int
    position: int
    event_id: UUID
    event: str
    at: datetime
    """When it happened, by its source."""
    recorded_at: datetime
    """When the ledger recorded it."""
    actor: Actor
    says: str
    changes: tuple[Change, ...]
    data: dict[str, object]
    """The fact's own fields, secrets masked."""


def history(facts: Sequence[Recorded[OrderFact]]) -> list[HistoryEntry]:
    """Tell an order's facts, the first first; give all of them from the beginning."""
    entries = []
    before = NEW_ORDER
    for fact in facts:
        after = evolve(before, fact.event, fact.recorded_at)
        entries.append(_entry(fact, before, after))
        before = after
    return entries


def _entry(fact: Recorded[OrderFact], before: Order, after: Order) -> HistoryEntry:
    return HistoryEntry(
        version=fact.version,
        position=fact.position,
        event_id=fact.event_id,
        event=name_of(fact.event),
        at=fact.event.at,
        recorded_at=fact.recorded_at,
        actor=fact.metadata.actor,
        says=sentence_of(fact.event, after),
        changes=tuple(
            Change(what=what, before=look(before), after=look(after))
            for what, look in WATCHED.items()
            if look(before) != look(after)
        ),
        data=msgspec.to_builtins(masked_fact(fact.event), builtin_types=(datetime, UUID)),
    )


def _status(order: Order) -> str | None:
    return order.status if order.is_started else None


def _payment_status(order: Order) -> str | None:
    return order.payment_status if order.is_placed else None


def _total(order: Order) -> Money | None:
    return Money(order.total, order.currency) if order.is_placed else None


def _received(order: Order) -> Money | None:
    return Money(order.received_total, order.currency) if order.is_placed else None


def _returned(order: Order) -> Money | None:
    return Money(order.returned_total, order.currency) if order.is_placed else None


WATCHED: dict[str, Callable[[Order], str | Money | None]] = {
    "status": _status,
    "payment_status": _payment_status,
    "total": _total,
    "received": _received,
    "returned": _returned,
}
