"""The stable name under which each fact is stored. A name never changes, and is never reused."""

from typing import get_args

from domain.configuration.events import ConfigurationEvent
from domain.credit_notes.events import CreditNoteEvent
from domain.message import Event
from domain.order.events import OrderFact

EVENT_TYPES: dict[str, type[Event]] = {
    fact.__name__: fact
    for fact in (*get_args(OrderFact), *get_args(ConfigurationEvent), CreditNoteEvent)
}
"""Every fact by its stored name."""

NAMES_BY_TYPE: dict[type[Event], str] = {fact: name for name, fact in EVENT_TYPES.items()}


def name_of(event: Event) -> str:
    """Name a fact as it is stored; KeyError for what is never stored."""
    return NAMES_BY_TYPE[type(event)]
